// The mailbox experiment's result as a page to read.

import { type Environment, renderEnvironment } from "./environment.ts";
import { renderInterval, renderLevels } from "./level.ts";
import type { MailboxComparison, RowComparison, RowSamples, SubjectSummary } from "./mailbox-comparison.ts";
import { type MissingSubject, type SubjectName, subjects } from "./mailbox-programs.ts";
import { isMemoryRow, type Row, type RowKind } from "./mailbox-rows.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { formatCount, renderTable } from "./table.ts";

export interface MailboxParameters {
  /** Each round runs every program once, in turn, in a process of its own. */
  readonly rounds: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
  /** Messages told before the receiver's count is asked for, the same for all. */
  readonly burst: number;
  /** Asks in flight. */
  readonly inFlight: number;
  /** Durable actors that sleep and wake. */
  readonly sleepers: number;
  /** Resident actors, one row for each number. */
  readonly held: readonly number[];
  /** Concurrent durable askers, one row for each number. */
  readonly concurrent: readonly number[];
  readonly rows: readonly RowKind[];
  readonly subjects: readonly SubjectName[];
}

export interface MailboxReport {
  readonly environment: Environment;
  /** Of the file system that the durable rows write to. */
  readonly fileSystem: string;
  readonly parameters: MailboxParameters;
  readonly missing: readonly MissingSubject[];
  readonly rows: readonly RowSamples[];
  readonly comparison: MailboxComparison;
}

const notes = [
  "a ratio above 1 is faster, or larger; a tell is counted at the receiver, which is asked after each burst",
  "floor: a promise and a microtask for an ask; three arrays and a call for a tell; a Map of plain objects for actors;",
  "  for what is durable bun:sqlite alone: a transaction with an upsert for each concurrent ask, WAL, FULL, same bytes",
  "Erlang: plain processes and references, no deadlines, one scheduler (two are slower here); nact: query and dispatch",
  "—: not a part of it. XState has no ask; neither it nor nact, nor Erlang without a database, keeps state on disk;",
  `  of nact and XState ${formatCount(subjects.nact.heldMax)} are held at most: more take long and say the same`,
];

export function renderMailbox(report: MailboxReport): string {
  const { rows, levels } = report.comparison;
  const tested = report.parameters.subjects.filter((name) => !report.missing.some((missing) => missing.name === name));
  return [
    renderEnvironment(report.environment),
    renderMethod(report),
    ...report.missing.map(({ name, why }) => `MISSING: ${subjects[name].title}: ${why}`),
    renderVerdict(report.rows),
    "",
    ...renderRates(
      rows.filter((row) => !isMemoryRow(row)),
      tested,
    ),
    ...renderMemory(rows.filter(isMemoryRow), tested),
    ...notes,
    "",
    renderLevels(levels),
  ].join("\n");
}

export function concludeMailbox({ comparison: { levels } }: MailboxReport): Conclusion {
  return conclude(levels, figuresOf(levels));
}

export function titleOf({ kind, size }: Row): string {
  switch (kind) {
    case "ask":
      return "ask, in sequence";
    case "in-flight":
      return `ask, ${formatCount(size)} in flight`;
    case "tell":
      return `tell, bursts of ${formatCount(size)}`;
    case "chain":
      return "ask through three actors";
    case "activation":
      return "activation, new actors";
    case "wake":
      return "activation, state from SQLite";
    case "hibernation":
      return "hibernation, durable actors";
    case "durable":
      return `durable ask, fsync, ${formatCount(size)} at once`;
    case "memory":
      return `idle, ${formatCount(size)} resident`;
    case "asleep":
      return `asleep, ${formatCount(size)} durable`;
  }
}

function renderMethod({ parameters: { rounds, sampleMs, warmUpMs }, fileSystem }: MailboxReport): string {
  return [
    `${rounds} rounds, a process for each sample: ${warmUpMs} ms warm-up, ${sampleMs} ms timed; files on ${fileSystem}`,
    "medians, [95 % bootstrap interval of paired rounds]",
  ].join("\n");
}

function renderVerdict(rows: readonly RowSamples[]): string {
  const samples = rows.flatMap((row) => row.samples);
  const wrong = samples.filter(({ verified }) => !verified).length;
  if (wrong > 0) return `NOT VERIFIED: ${wrong} of ${samples.length} runs`;
  const sent = samples.reduce((sum, sample) => sum + sample.sent, 0);
  return `verified: each of ${formatCount(sent)} messages arrived once, with its amount`;
}

function renderRates(rows: readonly RowComparison[], tested: readonly SubjectName[]): string[] {
  const lines = rows.flatMap((row) =>
    cells(row, tested, ({ value, correioRatio }) => [
      formatCount(value.median),
      formatCount(value.min),
      formatCount(value.max),
      ((100 * value.sd) / value.mean).toFixed(1),
      correioRatio === undefined ? "" : renderInterval(correioRatio),
    ]),
  );
  const heading = ["row", "program", "a second", "min", "max", "sd %", "Correio / this"];
  return lines.length === 0 ? [] : [renderTable([heading, ...lines]), ""];
}

function renderMemory(rows: readonly RowComparison[], tested: readonly SubjectName[]): string[] {
  const lines = rows.flatMap((row) =>
    cells(row, tested, ({ value, residentBytes, processBytes, correioRatio }) => [
      formatCount(value.median),
      formatCount(residentBytes?.median ?? 0),
      formatCount((processBytes?.median ?? 0) / 1e6),
      correioRatio === undefined ? "" : renderInterval(correioRatio),
    ]),
  );
  const heading = ["row", "program", "heap B each", "RSS B each", "RSS MB in all", "Correio / this"];
  return lines.length === 0 ? [] : [renderTable([heading, ...lines]), ""];
}

/** A line for each program that has the row, and one with a dash for those that do not. */
function cells(
  row: RowComparison,
  tested: readonly SubjectName[],
  render: (summary: SubjectSummary) => readonly string[],
): string[][] {
  const lines = row.subjects.map((summary) => [subjects[summary.name].title, ...render(summary)]);
  const without = tested.filter((name) => !row.subjects.some((subject) => subject.name === name));
  if (without.length > 0) lines.push([without.map((name) => subjects[name].title).join(", "), "—"]);
  return lines.map((line, index) => [index === 0 ? titleOf(row) : "", ...line]);
}
