// The framing experiment runs with tiny parameters, finds every frame, and sees allocation where there is some.

import { describe, expect, test } from "bun:test";

import { runFraming } from "./framing.ts";
import { calibrateAllocation } from "./lib/allocation.ts";
import { renderFraming } from "./lib/framing-report.ts";
import { createFramingWork } from "./lib/framing-work.ts";

describe("the framing experiment", () => {
  test.each([16, 17, 80, 81, 128, 1_024, 65_536])("does the same work in every way, at %d bytes", (payloadBytes) => {
    for (const shape of ["stream", "single"] as const) {
      const work = createFramingWork(payloadBytes, shape);
      const { expected, encodedFrames } = work;
      expect([work.walk(), work.decode(), work.decodeText(), work.parse()]).toEqual(Array(4).fill(expected));
      expect(work.encode()).toBe(encodedFrames * payloadBytes);
    }
  });

  test("sets its levels beside what it measured", async () => {
    const report = await runFraming({ sizes: [128, 65_536], pairs: 1, sampleMs: 1, allocationFrames: 5_000 });
    expect(report.cases.map(({ shape, payloadBytes }) => `${shape} ${payloadBytes}`)).toEqual([
      "stream 128",
      "stream 65536",
      "single 128",
      "single 65536",
    ]);
    const page = renderFraming(report);
    expect(page).toContain("decode / bare DataView walk, 128 B");
    expect(page).toContain("bytes allocated a frame, 64 KiB");
  });

  test("counts bytes in a way that sees garbage", () => {
    expect(calibrateAllocation()).toBeGreaterThan(8);
  });
});
