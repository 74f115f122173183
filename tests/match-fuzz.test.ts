// Hostile messages from strangers and players on both match ports: no actor crashes, and two who play notice nothing.
import { describe, expect, test } from "bun:test";

import { fuzzMatches } from "./fuzz-matches.ts";
import { fuzzedMessages } from "./lib/fuzzed-messages.ts";

describe("fuzzed messages", () => {
  test("2 000 of them crash nothing, leave nobody behind, and cost no memory that stays", async () => {
    const report = await fuzzMatches({ count: 2_000, seed: 7 });
    expect(report.messages).toBeGreaterThanOrEqual(2_000);
    expect(report.games).toBeGreaterThan(0);
    expect(report.grownBytes).toBeLessThan(8 * 1_048_576);
    expect(report.ends).toEqual(["control_gone", "exit", "wire.line_too_long"]);
  }, 60_000);

  test("are the same for the same seed, so that a failure can be replayed", () => {
    const options = { seed: 7, number: 3, count: 50 };
    expect(fuzzedMessages(options)).toEqual(fuzzedMessages(options));
    expect(fuzzedMessages(options)).not.toEqual(fuzzedMessages({ ...options, seed: 8 }));
    expect(fuzzedMessages(options)).not.toEqual(fuzzedMessages({ ...options, number: 4 }));
  });
});
