// When memory is given back: after a crowd, once, and only while the process has little else to do.
import { describe, expect, test } from "bun:test";

import { limits } from "./limits.ts";
import { startQuietCollector } from "./quiet-collector.ts";
import { FakeClock } from "./testing/fake-clock.ts";

const LOOK_MS = limits.collectLookMs;
const CROWD = limits.collectAfterArrivals;
const QUIET_MS = LOOK_MS * limits.collectCpuShareMax;

function process() {
  const clock = new FakeClock();
  const state = { arrivals: 7, cpuMs: 1_000, collections: 0 };
  const collector = startQuietCollector(clock, {
    arrivals: () => state.arrivals,
    cpuMs: () => state.cpuMs,
    collect() {
      state.collections++;
      state.cpuMs += 10 * QUIET_MS;
    },
  });
  return { clock, state, collector };
}

describe("a process that has come to rest", () => {
  test("collects once after a crowd", async () => {
    const { clock, state } = process();
    state.arrivals += CROWD;
    state.cpuMs += QUIET_MS;
    await clock.advance(LOOK_MS - 1);
    expect(state.collections).toBe(0);
    await clock.advance(1);
    expect(state.collections).toBe(1);
    await clock.advance(10 * LOOK_MS);
    expect(state.collections).toBe(1);
  });

  test("does not collect for fewer, and counts them until there are enough", async () => {
    const { clock, state } = process();
    state.arrivals += CROWD - 1;
    await clock.advance(5 * LOOK_MS);
    expect(state.collections).toBe(0);
    state.arrivals++;
    await clock.advance(LOOK_MS);
    expect(state.collections).toBe(1);
  });

  test("collects again after the next crowd, whatever the collection took, but not often", async () => {
    const { clock, state } = process();
    for (const collections of [1, 2, 3]) {
      state.arrivals += CROWD;
      await clock.advance(LOOK_MS);
      expect(state.collections).toBe(collections);
      state.arrivals += CROWD;
      await clock.advance(limits.collectEveryMs - 2 * LOOK_MS);
      expect(state.collections).toBe(collections);
      state.arrivals -= CROWD;
      await clock.advance(LOOK_MS);
    }
  });
});

test("a busy process does not collect before it is quiet", async () => {
  const { clock, state } = process();
  state.arrivals += 10 * CROWD;
  for (let look = 0; look < 5; look++) {
    state.cpuMs += QUIET_MS + 1;
    await clock.advance(LOOK_MS);
  }
  expect(state.collections).toBe(0);
  await clock.advance(LOOK_MS);
  expect(state.collections).toBe(1);
});

test("a process that ends looks no more", async () => {
  const { clock, state, collector } = process();
  state.arrivals += CROWD;
  collector.stop();
  await clock.advance(5 * LOOK_MS);
  expect(state.collections).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
