// A whole server killed while people talk: what was acknowledged is there once, and nobody who returns misses a line.
import { describe, expect, test } from "bun:test";

import { chatThroughKills } from "./chat-crash.ts";

describe("a chat on a server that is killed three times while six clients talk", () => {
  test("keeps every acknowledged message once, with its number, and everybody hears all of them", async () => {
    const { acknowledged, retried, problems } = await chatThroughKills(3, 20_261_121);
    expect(problems).toEqual([]);
    // Work was done, or the checks have checked nothing.
    expect(acknowledged).toBeGreaterThan(100);
    expect(retried).toBeGreaterThan(10);
  }, 60_000);
});
