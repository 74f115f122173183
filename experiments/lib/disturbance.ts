// How much of the machine programs use that have nothing to do with an experiment: over a second or more, as the
// kernel's accounts are in ticks.

import { cpuSecondsOf, machineCpuSeconds } from "./process-facts.ts";

interface Reading {
  readonly atMs: number;
  readonly othersSeconds: number;
}

const WINDOW_MS = 1_000;

export class DisturbanceMeter {
  /** The processes of the experiment, this one apart. */
  readonly #pids: () => readonly number[];
  #readings: readonly Reading[] = [];

  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
    this.note();
  }

  /** From here on, at the latest, the time of the next run is looked at. */
  note(): void {
    const reading = this.#read();
    const before = this.#readings.findLastIndex(({ atMs }) => atMs <= reading.atMs - WINDOW_MS);
    this.#readings = [...this.#readings.slice(Math.max(0, before)), reading];
  }

  /** Other processes began or ended: what was read before says nothing about those that are there now. */
  forget(): void {
    this.#readings = [];
    this.note();
  }

  /** Resolves when a second has been looked at: at once, but soon after `forget`. */
  async ready(): Promise<void> {
    const sinceMs = performance.now() - (this.#readings[0]?.atMs ?? 0);
    if (sinceMs < WINDOW_MS) await Bun.sleep(WINDOW_MS - sinceMs);
  }

  /** Cores that others have used on average since the last `note`, and for a second at least where that is known. */
  othersCores(): number {
    const now = this.#read();
    const last = this.#readings.at(-1)?.atMs ?? now.atMs;
    const early = this.#readings.findLast(({ atMs }) => atMs <= Math.min(now.atMs - WINDOW_MS, last));
    const from = early ?? this.#readings[0] ?? now;
    if (from.atMs === now.atMs) return 0;
    return Math.max(0, ((now.othersSeconds - from.othersSeconds) / (now.atMs - from.atMs)) * 1_000);
  }

  #read(): Reading {
    const { user, system } = process.cpuUsage();
    const own = this.#pids().reduce((sum, pid) => sum + secondsOf(pid), (user + system) / 1_000_000);
    return { atMs: performance.now(), othersSeconds: machineCpuSeconds() - own };
  }
}

/** 0 once it is gone. */
function secondsOf(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return 0;
  }
}
