// How late messages are on a path that loses some: fifty a second, ten milliseconds each way, in a simulated network.
import { describe, expect, test } from "bun:test";

import type { Lane } from "./frames.ts";
import { TestNetwork } from "./test-network.ts";

const COUNT = 5_000;
const EVERY_MS = 20;
const STARTED_MS = 1_000;

function latencies(loss: number, lane: Lane): { readonly p50: number; readonly p99: number } {
  const network = new TestNetwork(7, { delayMs: 10, loss }, { compress: false });
  let count = 0;
  const say = (): void => {
    network.left.say(String(network.nowMs).padEnd(100, " "), lane);
    if (++count < COUNT) network.at(network.nowMs + EVERY_MS, say);
  };
  network.at(STARTED_MS, say);
  network.run(STARTED_MS + COUNT * EVERY_MS + 5_000);
  const { arrived } = network.right;
  expect(arrived).toHaveLength(COUNT);
  const sorted = arrived.map(({ text, atMs }) => atMs - Number(text)).sort((one, other) => one - other);
  return { p50: sorted[COUNT / 2] as number, p99: sorted[(COUNT * 99) / 100] as number };
}

describe.each([0, 1] as const)("messages in lane %d", (lane) => {
  test.each([
    [0, 10, 10],
    [0.01, 10, 37],
    [0.05, 10, 37],
    [0.2, 10, 63],
  ])("at a loss of %d are half of them not later than %d ms, and 99 in 100 not later than %d ms", (loss, p50, p99) => {
    const measured = latencies(loss, lane);
    expect(measured.p50).toBeCloseTo(p50, 6);
    expect(measured.p99).toBeLessThanOrEqual(p99);
  });
});
