// When the network is parted, by word and by a plan.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "./fake-clock.ts";
import { Partition, type Partitioned, type PlannedPartition } from "./relay-partition.ts";

function parted(planned: readonly PlannedPartition[] = []) {
  const clock = new FakeClock();
  const partition = new Partition(clock, planned);
  const cut = (): Partitioned => {
    const [up, down] = [partition.cuts("up"), partition.cuts("down")];
    return up && down ? "both" : up ? "up" : down ? "down" : "none";
  };
  return { clock, partition, cut };
}

describe("a network", () => {
  test.each(["both", "up", "down", "none"] as const)("is parted as it is told: %s", (word) => {
    const { partition, cut } = parted();
    partition.set(word);
    expect(cut()).toBe(word);
  });

  test("is parted from the planned time up to the planned time", async () => {
    const { clock, cut } = parted([{ fromMs: 5, untilMs: 8 }]);
    const seen: Partitioned[] = [];
    for (let ms = 0; ms < 10; ms++) {
      seen.push(cut());
      await clock.advance(1);
    }
    expect(seen.flatMap((word, ms) => (word === "both" ? [ms] : []))).toEqual([5, 6, 7]);
  });

  test("is cut where word and plan say so together", async () => {
    const { clock, partition, cut } = parted([{ fromMs: 0, untilMs: 8, cut: "up" }]);
    partition.set("down");
    expect(cut()).toBe("both");
    await clock.advance(8);
    expect(cut()).toBe("down");
  });

  test("tells those who wait for it at each change, until they do not want to hear", async () => {
    const { clock, partition, cut } = parted([{ fromMs: 5, untilMs: 8 }]);
    const heard: Partitioned[] = [];
    const stopHearing = partition.onChange(() => void heard.push(cut()));
    await clock.advance(10);
    partition.set("up");
    stopHearing();
    partition.set("none");
    expect(heard).toEqual(["both", "none", "up"]);
  });

  test("that is stopped leaves no timer", () => {
    const { clock, partition } = parted([{ fromMs: 5, untilMs: 8 }]);
    partition.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    [8, 5],
    [5, 5],
    [-1, 5],
    [0, Number.POSITIVE_INFINITY],
    [Number.NaN, 5],
  ])("cannot be parted from %p to %p", (fromMs, untilMs) => {
    expect(() => parted([{ fromMs, untilMs }])).toThrow(TypeError);
  });
});
