// How many bytes of the JavaScript heap a piece of work takes, garbage included.

import { heapStats } from "bun:jsc";

/** How the figure is taken, for those who read it. */
export const allocationMethod =
  "B/frame: growth of heapStats().heapCapacity over a run too short for a collection, least of three runs";

/** JavaScriptCore starts its first collection after 8 MiB; half of that leaves room for a low estimate. */
const budgetBytes = 4 * 1_048_576;
const probeBytes = 64;
/** What is allocated for a frame is so in each of them; a block that the compiler or a timer takes is not. */
const rounds = 3;

/**
 * `run` does its work `times` times. Heap size counts what was alive at the last collection, so it is blind to garbage;
 * capacity grows by each new block of 16 KiB. Repeats until the growth is well above a block, or `timesMax` is reached.
 */
export function bytesAllocatedPerRun(run: (times: number) => void, timesMax: number): number {
  run(Math.min(timesMax, 1_000));
  let times = Math.min(timesMax, 1_000);
  while (true) {
    const grown = Math.min(...Array.from({ length: rounds }, () => growthOf(run, times)));
    const enough = grown > budgetBytes / 8 || times >= timesMax;
    if (enough) return Math.max(0, grown) / times;
    times = Math.min(timesMax, times * 8);
  }
}

/** What the method says of a loop that allocates one small object each time: if it says 0, it sees nothing. */
export function calibrateAllocation(): number {
  const kept: unknown[] = [undefined];
  const run = (times: number): void => {
    for (let index = 0; index < times; index++) kept[0] = { index, previous: times };
  };
  return bytesAllocatedPerRun(run, Math.floor(budgetBytes / probeBytes));
}

function growthOf(run: (times: number) => void, times: number): number {
  Bun.gc(true);
  const before = heapStats();
  run(times);
  const after = heapStats();
  return after.heapCapacity - before.heapCapacity + Math.max(0, after.extraMemorySize - before.extraMemorySize);
}
