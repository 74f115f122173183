// Frames with something wrong in them, thousands over real sockets, always the same; as many as wanted: fuzz-frames.ts.
import { describe, expect, test } from "bun:test";

import { fuzzFrames } from "./fuzz-frames.ts";
import { fuzzedStream } from "./lib/fuzzed-stream.ts";
import { startTestNode } from "./lib/test-node.ts";

describe("mutated frames", () => {
  test("40 000 of them: each whole request is answered, each session leaves a row and nothing else", async () => {
    const node = await startTestNode();
    const report = await fuzzFrames(node, { count: 40_000, seed: 7 });
    expect(report.frames).toBeGreaterThanOrEqual(40_000);
    expect(report.grownBytes).toBeLessThan(64 * 1_048_576);
    expect(Object.keys(report.ends).toSorted()).toEqual([
      "close",
      "disconnect",
      "wire.bad_magic",
      "wire.frame_too_large",
      "wire.truncated",
      "wire.unknown_frame_type",
    ]);
    await node.stop();
  }, 60_000);

  test("are the same for the same seed, so that a failure can be replayed", () => {
    expect(fuzzedStream(7, 12)).toEqual(fuzzedStream(7, 12));
    expect(fuzzedStream(7, 12)).not.toEqual(fuzzedStream(7, 13));
    expect(fuzzedStream(7, 12)).not.toEqual(fuzzedStream(8, 12));
  });
});
