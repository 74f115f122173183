// The edge of many delays: the average of the least, whatever the order in which they come.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { edgeCount, LowEdge } from "./edge.ts";

describe("the edge", () => {
  test("is the average of the least delays and of when they were, in any order", () => {
    const delays = fc.array(fc.record({ delayMs: fc.integer(), atMs: fc.nat() }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(delays, fc.integer({ min: 1, max: 20 }), (all, count) => {
        const edge = new LowEdge(count);
        for (const { delayMs, atMs } of all) edge.add(delayMs, atMs);
        const least = all.toSorted((one, other) => one.delayMs - other.delayMs).slice(0, count);
        expect(edge.average().delayMs).toBeCloseTo(averageOf(least.map(({ delayMs }) => delayMs)), 3);
        expect(edge.average().atMs).toBeCloseTo(averageOf(least.map(({ atMs }) => atMs)), 3);
      }),
    );
  });

  test("is one delay of few, and an ever smaller share of many", () => {
    expect([1, 8, 64, 256, 1_024].map(edgeCount)).toEqual([1, 1, 4, 8, 16]);
  });
});

function averageOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
