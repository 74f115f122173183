// What Linux says of a process and its children from moment to moment: processor time to the nanosecond, and memory.

import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;
const NS_PER_SECOND = 1e9;
/** `USER_HZ`: 100 on every Linux that runs Bun. */
const TICKS_PER_SECOND = 100;

/** Of /proc/PID/stat, counted from the state, which comes behind the name. */
const FIELD = { userTicks: 11, waitedSystemTicks: 14, startedTicks: 19 } as const;

export interface SingleReading {
  readonly pid: number;
  /** When it was started: process ids come again. */
  readonly startedTicks: number;
  /** Of the program in it, which may become another one. */
  readonly program: string;
  /** So far, of all its threads. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export interface ProcessReading {
  /** So far, of all threads and children; what has ended counts as it was last seen, or as its parent was told. */
  readonly cpuSeconds: number;
  /** Resident, the children's too; pages that two of them share count twice. */
  readonly residentBytes: number;
  /** Itself first. */
  readonly each: readonly SingleReading[];
}

interface Stat {
  readonly pid: number;
  readonly program: string;
  readonly startedTicks: number;
  /** Its own, and those of children that have ended and that it has waited for. */
  readonly ticks: number;
  readonly ownTicks: number;
}

/** A process, its threads and its children, for as long as they are there. */
export class RecordedProcess {
  readonly #pid: number;
  /** Of those that live, by thread. */
  #nsOfThreads = new Map<string, Map<string, number>>();
  #goneSeconds = 0;
  /** Of children that came and went between two readings: only whoever waited for them knows. */
  #unseenSeconds = 0;
  /** Where the kernel does not keep the time of threads, ticks of 10 ms must do. */
  readonly #hasThreadTimes = readText("/proc/self/schedstat") !== undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Undefined once it is gone. */
  read(): ProcessReading | undefined {
    const living = withChildren(this.#pid);
    if (living.length === 0) return undefined;
    const each = living.map((stat) => this.#readSingle(stat));
    this.#forget(living);
    const seen = this.#goneSeconds + each.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const told = living.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
    this.#unseenSeconds = Math.max(this.#unseenSeconds, told - seen);
    const residentBytes = each.reduce((sum, one) => sum + one.residentBytes, 0);
    return { cpuSeconds: seen + this.#unseenSeconds, residentBytes, each };
  }

  /** Its proportional share of what it shares with others; the kernel walks all its pages for it. */
  proportionalBytes(): number | undefined {
    const found = /^Pss:\s+(\d+) kB$/m.exec(readText(`/proc/${this.#pid}/smaps_rollup`) ?? "");
    return found === null ? undefined : Number(found[1]) * 1_024;
  }

  #readSingle(stat: Stat): SingleReading {
    const { pid, program, startedTicks, ownTicks } = stat;
    const pages = Number(readText(`/proc/${pid}/statm`)?.split(" ")[1] ?? 0);
    const cpuSeconds = this.#hasThreadTimes ? this.#threadSeconds(stat) : ownTicks / TICKS_PER_SECOND;
    return { pid, startedTicks, program, cpuSeconds, residentBytes: pages * PAGE_BYTES };
  }

  /** A thread that has ended counts as it was last seen. */
  #threadSeconds(stat: Stat): number {
    const key = keyOf(stat);
    const known = this.#nsOfThreads.get(key) ?? new Map<string, number>();
    this.#nsOfThreads.set(key, known);
    for (const thread of listFolder(`/proc/${stat.pid}/task`)) {
      const times = readText(`/proc/${stat.pid}/task/${thread}/schedstat`);
      if (times !== undefined) known.set(thread, Number.parseInt(times, 10));
    }
    return secondsOf(known);
  }

  #forget(living: readonly Stat[]): void {
    const kept = new Set(living.map(keyOf));
    for (const [key, known] of this.#nsOfThreads) {
      if (kept.has(key)) continue;
      this.#goneSeconds += secondsOf(known);
      this.#nsOfThreads.delete(key);
    }
  }
}

const keyOf = ({ pid, startedTicks }: Stat): string => `${pid} ${startedTicks}`;

const secondsOf = (nsOfThreads: ReadonlyMap<string, number>): number =>
  nsOfThreads.values().reduce((sum, ns) => sum + ns, 0) / NS_PER_SECOND;

/** Itself first; none when it is gone. One that has ended and waits for its parent is gone too. */
function withChildren(pid: number): readonly Stat[] {
  const stat = readStat(pid);
  if (stat === undefined) return [];
  const children = listFolder(`/proc/${pid}/task`).flatMap((thread) =>
    (readText(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter((word) => word !== ""),
  );
  return [stat, ...children.flatMap((child) => withChildren(Number(child)))];
}

function readStat(pid: number): Stat | undefined {
  const found = /\((.*)\) (\S.*)$/s.exec(readText(`/proc/${pid}/stat`) ?? "");
  if (found === null) return undefined;
  const [, program = "", rest = ""] = found;
  const fields = rest.split(" ");
  if (fields[0] === "Z") return undefined;
  const ticks = fields.slice(FIELD.userTicks, FIELD.waitedSystemTicks + 1).map(Number);
  const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = ticks;
  const ownTicks = user + system;
  const startedTicks = Number(fields[FIELD.startedTicks]);
  return { pid, program, startedTicks, ownTicks, ticks: ownTicks + waitedUser + waitedSystem };
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
