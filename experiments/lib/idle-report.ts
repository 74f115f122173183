// The idle-sessions experiment's result as a page to read, beside the levels it is held to.

import { type Environment, renderEnvironment } from "./environment.ts";
import { type ImplementationName, implementations, type MissingServer } from "./implementations.ts";
import { type Level, levelOf, renderInterval, renderLevels } from "./level.ts";
import { conclude, type Conclusion } from "./result.ts";
import type { MedianInterval, Summary } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

export interface IdleParameters {
  readonly sessions: number;
  readonly pairs: number;
  readonly requests: number;
  readonly connections: number;
  /** Waited after the server has come to rest, before its memory is read. */
  readonly settleMs: number;
  readonly only: readonly ImplementationName[];
}

export interface IdleResult {
  readonly name: ImplementationName;
  readonly sessions: number;
  readonly emptyBytes: number;
  readonly fullBytes: number;
  readonly bytesPerSession: number;
  readonly bytesPerSessionOfSecondHalf: number;
  /** Processor share of the server while all sessions are idle. */
  readonly restCpuShare: number;
  /** Requests per second of the active connections. */
  readonly without: Summary;
  readonly beside: Summary;
  readonly ratio: MedianInterval;
  readonly verified: boolean;
  /** Idle sessions the server closed by itself; any is a failure. */
  readonly lost: number;
}

export interface IdleReport {
  readonly environment: Environment;
  readonly parameters: IdleParameters;
  readonly missing: readonly MissingServer[];
  readonly results: readonly IdleResult[];
}

export function renderIdleSessions(report: IdleReport): string {
  const { pairs, requests, connections } = report.parameters;
  return [
    renderEnvironment(report.environment),
    `${connections} active connections, ${formatCount(requests)} requests a load, ${pairs} pairs`,
    ...report.missing.map(({ name, why }) => `MISSING: ${implementations[name].title}: ${why}`),
    ...report.results.filter(({ verified }) => !verified).map(({ name }) => `NOT VERIFIED: ${name}`),
    ...report.results.filter(({ lost }) => lost > 0).map(({ name, lost }) => `LOST: ${name} closed ${lost} sessions`),
    "",
    renderMemory(report.results),
    "",
    renderThroughput(report.results),
    "",
    renderLevels(levelsOf(report.results)),
  ].join("\n");
}

export function concludeIdleSessions({ results }: IdleReport): Conclusion {
  const figures = results.map(({ name, sessions, bytesPerSession, ratio }) => {
    const beside = `throughput beside ${formatCount(sessions)} of them / without ${renderInterval(ratio)}`;
    return `${implementations[name].title}: ${formatCount(bytesPerSession)} B a session, ${beside}`;
  });
  return conclude(levelsOf(results), figures);
}

function levelsOf(results: readonly IdleResult[]): Level[] {
  const correio = results.find(({ name }) => name === "correio");
  const bytes = correio?.bytesPerSession;
  const memory = bytes === undefined ? undefined : { count: 1, median: bytes, low: bytes, high: bytes };
  return [
    levelOf("bytes of an idle session above the empty server", "at most", 4_096, memory),
    levelOf("throughput beside idle sessions / without them", "at least", 0.7, correio?.ratio),
  ];
}

function renderMemory(results: readonly IdleResult[]): string {
  const heading = ["server", "idle sessions", "empty MB", "full MB", "B/session", "B/session, 2nd half", "CPU at rest"];
  const rows = results.map((result) => [
    implementations[result.name].title,
    formatCount(result.sessions),
    (result.emptyBytes / 1_048_576).toFixed(1),
    (result.fullBytes / 1_048_576).toFixed(1),
    formatCount(result.bytesPerSession),
    formatCount(result.bytesPerSessionOfSecondHalf),
    `${(result.restCpuShare * 100).toFixed(0)} %`,
  ]);
  return renderTable([heading, ...rows]);
}

function renderThroughput(results: readonly IdleResult[]): string {
  const rows = results.map(({ name, without, beside, ratio }) => [
    implementations[name].title,
    formatCount(without.median),
    formatCount(beside.median),
    renderInterval(ratio),
  ]);
  return renderTable([["server", "requests/s alone", "beside idle ones", "ratio"], ...rows]);
}
