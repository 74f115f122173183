// From the samples of the mailbox experiment to what it says: summaries, paired ratios, and the levels it is held to.

import { type Level, levelOf } from "./level.ts";
import type { SubjectName } from "./mailbox-programs.ts";
import { isMemoryRow, type MailboxSample, type Row, type RowKind } from "./mailbox-rows.ts";
import { type MedianInterval, medianInterval, pairedRatio, summarise, type Summary } from "./statistics.ts";

export interface SubjectSample extends MailboxSample {
  readonly name: SubjectName;
  readonly verified: boolean;
}

export interface RowSamples extends Row {
  readonly samples: readonly SubjectSample[];
}

export interface SubjectSummary {
  readonly name: SubjectName;
  /** Operations per second, or bytes of heap for each actor. */
  readonly value: Summary;
  /** Correio's value over this one's, round by round: above 1 is faster, but larger. */
  readonly correioRatio?: MedianInterval;
  /** Of rows about memory: bytes that the kernel gave, for each actor, and for the whole process. */
  readonly residentBytes?: Summary;
  readonly processBytes?: Summary;
}

export interface RowComparison extends Row {
  readonly subjects: readonly SubjectSummary[];
}

export interface MailboxComparison {
  readonly rows: readonly RowComparison[];
  readonly levels: readonly Level[];
}

const million = 1_000_000;
const gigabyte = 1e9;

export function compareMailboxes(rows: readonly RowSamples[]): MailboxComparison {
  return { rows: rows.map(compareRow), levels: [...levelsOfSpeed(rows), ...levelsOfMemory(rows)] };
}

function compareRow({ samples, ...row }: RowSamples): RowComparison {
  const names = [...new Set(samples.map(({ name }) => name))];
  const ours = valuesOf(row, samples, "correio");
  const subjects = names.map((name): SubjectSummary => {
    const values = valuesOf(row, samples, name);
    const own = samples.filter((sample) => sample.name === name);
    const comparable = name !== "correio" && ours.length > 0 && [...ours, ...values].every((value) => value > 0);
    return {
      name,
      value: summarise(values),
      ...(comparable && { correioRatio: pairedRatio(ours, values) }),
      ...(isMemoryRow(row) && {
        residentBytes: summarise(own.map(({ residentBytes = 0, operations }) => residentBytes / operations)),
        processBytes: summarise(own.map(({ processBytes = 0 }) => processBytes)),
      }),
    };
  });
  return { ...row, subjects };
}

/** Less than half a byte for each actor is what a process leaves here and there, not what an actor takes. */
function valuesOf(row: Row, samples: readonly SubjectSample[], name: SubjectName): number[] {
  const own = samples.filter((sample) => sample.name === name);
  return own.map(({ operations, seconds, heapBytes = 0 }) =>
    isMemoryRow(row) ? Math.max(0, Math.round(heapBytes / operations)) : operations / seconds,
  );
}

function levelsOfSpeed(rows: readonly RowSamples[]): Level[] {
  const rate = (kind: RowKind, unit: number, size?: number): MedianInterval | undefined => {
    const row = rowOf(rows, kind, size);
    return row && intervalOf(valuesOf(row, row.samples, "correio").map((value) => value / unit));
  };
  const ratio = (kind: RowKind, name: SubjectName, size?: number): MedianInterval | undefined =>
    ratioOf(rowOf(rows, kind, size), name);
  return [
    levelOf("ask in sequence, M/s", "at least", 2.5, rate("ask", million)),
    levelOf("ask in sequence / Erlang", "at least", 1.5, ratio("ask", "erlang")),
    levelOf("ask in sequence / nact", "at least", 10, ratio("ask", "nact")),
    levelOf("tell, counted at the receiver, M/s", "at least", 20, rate("tell", million)),
    levelOf("tell / Erlang", "at least", 1, ratio("tell", "erlang")),
    levelOf("tell / nact", "at least", 10, ratio("tell", "nact")),
    levelOf("activation with state from SQLite, a second", "at least", 100_000, rate("wake", 1)),
    levelOf("durable asks with fsync, 256 at once, a second", "at least", 50_000, rate("durable", 1, 256)),
    levelOf("durable asks / raw SQLite, 256 at once", "at least", 0.5, ratio("durable", "floor", 256)),
  ];
}

function levelsOfMemory(rows: readonly RowSamples[]): Level[] {
  const heap = (kind: RowKind, size?: number): MedianInterval | undefined => {
    const row = rowOf(rows, kind, size);
    return row && intervalOf(valuesOf(row, row.samples, "correio"));
  };
  const largest = rowOf(rows, "memory", million)?.samples.filter(({ name }) => name === "correio") ?? [];
  return [
    levelOf("heap of an idle actor, 100 000 resident, B", "at most", 400, heap("memory", 100_000)),
    levelOf("heap of an idle actor, 1 000 000 resident, B", "at most", 400, heap("memory", million)),
    levelOf("heap of a sleeping durable actor, B", "at most", 0, heap("asleep")),
    levelOf(
      "process with 1 000 000 resident, GB",
      "at most",
      0.6,
      intervalOf(largest.map(({ processBytes = 0 }) => processBytes / gigabyte)),
    ),
  ];
}

function rowOf(rows: readonly RowSamples[], kind: RowKind, size?: number): RowSamples | undefined {
  return rows.find((row) => row.kind === kind && (size === undefined || row.size === size));
}

function ratioOf(row: RowSamples | undefined, name: SubjectName): MedianInterval | undefined {
  const subject = row && compareRow(row).subjects.find((each) => each.name === name);
  return subject?.correioRatio;
}

function intervalOf(values: readonly number[]): MedianInterval | undefined {
  return values.length === 0 ? undefined : medianInterval(values);
}
