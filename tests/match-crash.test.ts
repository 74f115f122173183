// A whole server killed while matches are played: no acknowledged move is lost, and every match counts once.
import { describe, expect, test } from "bun:test";

import { playThroughKills } from "./match-crash.ts";

describe("a server that is killed three times or more while six clients play hosted matches", () => {
  test("keeps every acknowledged move once, ends every match once, and leaves nobody in one", async () => {
    const { matches, acknowledged, retried, problems } = await playThroughKills(3, 20_261_122);
    expect(problems).toEqual([]);
    // Work was done, or the checks have checked nothing.
    expect(matches).toBeGreaterThan(10);
    expect(acknowledged).toBeGreaterThan(30);
    expect(retried).toBeGreaterThan(0);
  }, 60_000);
});
