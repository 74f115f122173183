// What Linux says of a process and its children from moment to moment: processor time to the nanosecond, and memory.

import { readdirSync, readFileSync } from "node:fs";

import { cpuSecondsOf } from "./process-facts.ts";

const PAGE_BYTES = 4_096;
const NS_PER_SECOND = 1e9;

export interface ProcessReading {
  /** So far, of all threads and children; what has ended counts as it was last seen. */
  readonly cpuSeconds: number;
  /** Resident, the children's too; pages that two of them share count twice. */
  readonly residentBytes: number;
}

/** A process, its threads and its children, for as long as they are there. */
export class RecordedProcess {
  readonly #pid: number;
  readonly #nsOfThreads = new Map<string, number>();
  /** Where the kernel does not keep the time of threads, ticks of 10 ms must do. */
  readonly #hasThreadTimes = readText("/proc/self/schedstat") !== undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Undefined once it is gone. */
  read(): ProcessReading | undefined {
    const pids = withChildren(this.#pid);
    if (pids.length === 0) return undefined;
    const pages = pids.reduce((sum, pid) => sum + Number(readText(`/proc/${pid}/statm`)?.split(" ")[1] ?? 0), 0);
    return { cpuSeconds: this.#cpuSeconds(pids), residentBytes: pages * PAGE_BYTES };
  }

  #cpuSeconds(pids: readonly number[]): number {
    if (!this.#hasThreadTimes) return pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
    for (const pid of pids) {
      for (const thread of listFolder(`/proc/${pid}/task`)) {
        const times = readText(`/proc/${pid}/task/${thread}/schedstat`);
        if (times !== undefined) this.#nsOfThreads.set(thread, Number.parseInt(times, 10));
      }
    }
    return this.#nsOfThreads.values().reduce((sum, ns) => sum + ns, 0) / NS_PER_SECOND;
  }
}

/** Its proportional share of what it shares with others, in bytes; the kernel walks all its pages for it. */
export function proportionalBytesOf(pid: number): number | undefined {
  const found = /^Pss:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/smaps_rollup`) ?? "");
  return found === null ? undefined : Number(found[1]) * 1_024;
}

/** Itself first; none when it is gone. One that has ended and waits for its parent is gone too. */
function withChildren(pid: number): readonly number[] {
  const state = readText(`/proc/${pid}/stat`)?.replace(/^.*\) /s, "");
  if (state === undefined || state.startsWith("Z")) return [];
  const children = listFolder(`/proc/${pid}/task`).flatMap((thread) =>
    (readText(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter((word) => word !== ""),
  );
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}

/** Undefined where it cannot be read: a process may end at any moment. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
