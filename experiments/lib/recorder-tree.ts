// A program with all its processes: read as one, and remembered one by one, as long as each of them is there.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { shortened } from "./marked-lines.ts";
import { type ProcessReading, RecordedProcess, type SingleReading } from "./recorder-process.ts";
import { MEGABYTE, type RecordedCurves } from "./recorder.ts";

const NAME_LENGTH_MAX = 40;
/** Until then a process may still become what it was started for. */
const YOUNG_MS = 1_000;

export interface SingleProcess extends RecordedCurves {
  /** Absent of those that are shown as one. */
  readonly pid?: number;
}

type Figures = Omit<RecordedCurves, "name">;

interface Remembered {
  readonly pid: number;
  program: string;
  name: string;
  /** Number of the reading in which it was first there; it was in all until it was gone. */
  readonly fromReading: number;
  readonly cpuSeconds: number[];
  readonly residentBytes: number[];
}

/** For `Recorder.watch`, which reads it once at first, and then for each sample. */
export class RecordedTree {
  readonly #process: RecordedProcess;
  readonly #readAtMs: number[] = [];
  readonly #remembered = new Map<string, Remembered>();

  constructor(pid: number) {
    this.#process = new RecordedProcess(pid);
  }

  read(): ProcessReading | undefined {
    const reading = this.#process.read();
    for (const each of reading?.each ?? []) this.#remember(each);
    this.#readAtMs.push(performance.now());
    return reading;
  }

  /** The command itself first. */
  livingPids(): readonly number[] {
    return this.#process.read()?.each.map(({ pid }) => pid) ?? [];
  }

  /** Each by itself, in the order of their coming: the `countMax` that took most, and all others as one. */
  processes(countMax: number): readonly SingleProcess[] {
    const all = [...this.#remembered.values()];
    const first = all.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, countMax);
    const names = first.map(({ name }) => name);
    const shown = all.filter((each) => first.includes(each));
    const others = all.filter((each) => !first.includes(each));
    const singles = shown.map((each) => {
      const isAlone = names.filter((name) => name === each.name).length === 1;
      return { pid: each.pid, name: isAlone ? each.name : `${each.name} (${each.pid})`, ...this.#curvesOf(each) };
    });
    if (others.length === 0) return singles;
    return [...singles, { name: `${others.length} more`, ...together(others.map((each) => this.#curvesOf(each))) }];
  }

  #remember({ pid, startedTicks, program, cpuSeconds, residentBytes }: SingleReading): void {
    const key = `${pid} ${startedTicks}`;
    let known = this.#remembered.get(key);
    if (known === undefined) {
      const fromReading = this.#readAtMs.length;
      known = { pid, program: "", name: "", fromReading, cpuSeconds: [], residentBytes: [] };
      this.#remembered.set(key, known);
    }
    const isYoung = performance.now() - (this.#readAtMs[known.fromReading] ?? performance.now()) < YOUNG_MS;
    if (known.program !== program || isYoung) Object.assign(known, { program, name: nameOf(pid, program) });
    known.cpuSeconds.push(cpuSeconds);
    known.residentBytes.push(residentBytes);
  }

  #curvesOf({ fromReading, cpuSeconds, residentBytes }: Remembered): Figures {
    const at = <Value>(values: readonly Value[], reading: number): Value | undefined => values[reading - fromReading];
    const readings = this.#readAtMs.slice(1).map((atMs, index) => ({ atMs, reading: index + 1 }));
    return {
      cpuPercent: readings.map(({ atMs, reading }) => {
        const seconds = at(cpuSeconds, reading);
        const before = at(cpuSeconds, reading - 1) ?? 0;
        return seconds === undefined ? null : ((seconds - before) / (atMs - this.#readAtMs[reading - 1]!)) * 100_000;
      }),
      residentMegabytes: readings.map(({ reading }) => {
        const bytes = at(residentBytes, reading);
        return bytes === undefined ? null : bytes / MEGABYTE;
      }),
      cpuSeconds: (cpuSeconds.at(-1) ?? 0) - (fromReading === 0 ? (cpuSeconds[0] ?? 0) : 0),
    };
  }
}

/** Processor time counts; of those that took hardly any, memory. */
const weightOf = ({ cpuSeconds, residentBytes }: Remembered): number =>
  (cpuSeconds.at(-1) ?? 0) + (residentBytes.at(-1) ?? 0) / 1e12;

/** Its file without folders, and its arguments. */
function nameOf(pid: number, program: string): string {
  const [file = "", ...words] = commandLineOf(pid);
  const name = file === "" ? program : [basename(file), ...words].join(" ").replaceAll(/\s+/g, " ");
  return shortened(name, NAME_LENGTH_MAX);
}

function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

function together(curves: readonly Figures[]): Figures {
  return {
    cpuPercent: added(curves.map(({ cpuPercent }) => cpuPercent)),
    residentMegabytes: added(curves.map(({ residentMegabytes }) => residentMegabytes)),
    cpuSeconds: curves.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
  };
}

/** For each sample, of those that were there. */
function added(values: readonly (readonly (number | null)[])[]): readonly (number | null)[] {
  return (values[0] ?? []).map((_, index) => {
    const there = values.map((each) => each[index] ?? null).filter((value) => value !== null);
    return there.length === 0 ? null : there.reduce((total, value) => total + value, 0);
  });
}
