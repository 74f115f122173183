// Hybrid logical time: it orders events by cause and effect, and is as close to the wall clock as that allows.
import { limits } from "#runtime/mod.ts";

export interface HybridTime {
  /** Unix milliseconds, whole. */
  readonly wallMs: number;
  /** Tells events of one millisecond apart: 0 to `limits.hybridClockCountMax`. */
  readonly count: number;
}

export type HybridProblem = "bad_clock" | "clock_from_future";

const TEXT = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,4})$/;

/**
 * Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", 2014, figure 5. The times that it gives only
 * grow, also where the wall clock goes back. A count that is used up goes over into the next millisecond.
 */
export class HybridClock {
  #now: HybridTime;

  /** `now` is absent or what another clock of this process has come to. */
  constructor(now: HybridTime = { wallMs: 0, count: 0 }) {
    this.#now = now;
  }

  get now(): HybridTime {
    return this.#now;
  }

  /** Before every event of our own, at this wall time: the event's time. */
  tick(nowMs: number): HybridTime {
    return this.#advance(nowMs, this.#now);
  }

  /** For the time that came with a message, from whomever. Where there is a problem nothing has changed. */
  receive(remote: HybridTime, nowMs: number): HybridProblem | undefined {
    if (!isHybridTime(remote)) return "bad_clock";
    if (remote.wallMs > nowMs + limits.hybridClockAheadMs) return "clock_from_future";
    this.#advance(nowMs, compareHybridTimes(remote, this.#now) > 0 ? remote : this.#now);
    return undefined;
  }

  /** To the wall time, or where that is not later than the latest time known, to the time after that. */
  #advance(nowMs: number, latest: HybridTime): HybridTime {
    const wallMs = Math.floor(nowMs);
    this.#now = wallMs > latest.wallMs ? { wallMs, count: 0 } : next(latest);
    return this.#now;
  }
}

/** Below 0 where the first is earlier, above 0 where it is later, 0 where they are the same. */
export function compareHybridTimes(one: HybridTime, other: HybridTime): number {
  return one.wallMs - other.wallMs || one.count - other.count;
}

/** `<wallMs>.<count>`, both in decimal; one text for one time. */
export function formatHybridTime({ wallMs, count }: HybridTime): string {
  return `${wallMs}.${count}`;
}

export function parseHybridTime(text: string): HybridTime | undefined {
  const [, wallMs, count] = TEXT.exec(text) ?? [];
  const time = { wallMs: Number(wallMs), count: Number(count) };
  return isHybridTime(time) ? time : undefined;
}

function next({ wallMs, count }: HybridTime): HybridTime {
  return count < limits.hybridClockCountMax ? { wallMs, count: count + 1 } : { wallMs: wallMs + 1, count: 0 };
}

function isHybridTime({ wallMs, count }: HybridTime): boolean {
  return isBetween(wallMs, Number.MAX_SAFE_INTEGER - 1) && isBetween(count, limits.hybridClockCountMax);
}

function isBetween(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
