// Gives memory back after a crowd: the engine by itself keeps what that left behind until others come.
import type { Clock } from "./base/clock.ts";
import { limits } from "./limits.ts";

export interface Collected {
  /** Actors that came into memory so far: players who log in or begin to play, for example. */
  arrivals(): number;
  /** Processor time of the process so far, in milliseconds. */
  cpuMs(): number;
  /** Stops the process for some tens of milliseconds, more with tens of thousands of actors in memory. */
  collect(): void;
}

export interface QuietCollector {
  stop(): void;
}

/** Collects once after each crowd, as soon as the process has little to do; never while it is busy, and not often. */
export function startQuietCollector(clock: Clock, collected: Collected): QuietCollector {
  let arrivals = collected.arrivals();
  let cpuMs = collected.cpuMs();
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const usedMs = collected.cpuMs() - cpuMs;
    cpuMs += usedMs;
    const isQuiet = usedMs <= limits.collectLookMs * limits.collectCpuShareMax;
    const isLongAgo = clock.monotonicMs() - collectedAtMs >= limits.collectEveryMs;
    if (isQuiet && isLongAgo && collected.arrivals() - arrivals >= limits.collectAfterArrivals) {
      collectedAtMs = clock.monotonicMs();
      arrivals = collected.arrivals();
      collected.collect();
      cpuMs = collected.cpuMs();
    }
    cancel = clock.after(limits.collectLookMs, look);
  };
  let cancel = clock.after(limits.collectLookMs, look);
  return { stop: () => cancel() };
}
