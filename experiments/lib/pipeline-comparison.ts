// From the samples of the pipeline experiment to what it says: summaries, paired ratios, and the levels it is held to.

import type { ImplementationName } from "./implementations.ts";
import { type Level, levelOf } from "./level.ts";
import { type MedianInterval, pairedDifference, pairedRatio, summarise, type Summary } from "./statistics.ts";

export type InFlight = number | "all";

export interface Cell {
  readonly connections: number;
  readonly inFlight: InFlight;
}

/** One run of one implementation in one cell. Latencies only where one request is in flight on one connection. */
export interface RunSample {
  readonly name: ImplementationName;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Processor time of the server per request, opening and ending the sessions included. */
  readonly serverCpuUs: number;
  readonly driverCpuShare: number;
  readonly verified: boolean;
  readonly p50Us?: number;
  readonly p99Us?: number;
}

export interface CellSamples extends Cell {
  readonly samples: readonly RunSample[];
}

export interface ImplementationSummary {
  readonly name: ImplementationName;
  readonly requestsPerSecond: Summary;
  readonly serverCpuUs: number;
  readonly driverCpuShare: number;
  readonly verified: boolean;
  readonly p50Us?: Summary;
  readonly p99Us?: Summary;
  /** Correio's requests per second over this one's, round by round. */
  readonly correioRatio?: MedianInterval;
  /** This one's p50 minus the raw program's, round by round. */
  readonly p50AboveRawUs?: MedianInterval;
}

export interface CellComparison extends Cell {
  readonly implementations: readonly ImplementationSummary[];
}

export interface PipelineComparison {
  readonly cells: readonly CellComparison[];
  readonly levels: readonly Level[];
}

export function comparePipeline(cells: readonly CellSamples[]): PipelineComparison {
  const compared = cells.map(compareCell);
  const busy = compared.find((cell) => cell.connections === 50 && cell.inFlight === "all");
  const single = compared.find((cell) => cell.connections === 1 && cell.inFlight === 1);
  const toRaw = summaryOf(busy, "raw")?.correioRatio;
  const toGo = summaryOf(busy, "go")?.correioRatio;
  const p50AboveRawUs = summaryOf(single, "correio")?.p50AboveRawUs;
  return {
    cells: compared,
    levels: [
      levelOf("Correio / raw, 50 connections, all in flight", "at least", 0.75, toRaw),
      levelOf("Correio / buffered Go, 50 connections, all in flight", "at least", 1.8, toGo),
      levelOf("p50 above raw, one connection, one in flight, µs", "at most", 10, p50AboveRawUs),
    ],
  };
}

function compareCell(cell: CellSamples): CellComparison {
  const names = [...new Set(cell.samples.map(({ name }) => name))];
  return {
    connections: cell.connections,
    inFlight: cell.inFlight,
    implementations: names.map((name) => summariseImplementation(cell.samples, name)),
  };
}

function summariseImplementation(samples: readonly RunSample[], name: ImplementationName): ImplementationSummary {
  const own = samples.filter((sample) => sample.name === name);
  const rates = valuesOf(samples, name, "requestsPerSecond");
  const correioRates = valuesOf(samples, "correio", "requestsPerSecond");
  const p50s = valuesOf(samples, name, "p50Us");
  const rawP50s = valuesOf(samples, "raw", "p50Us");
  const comparable = name !== "correio" && correioRates.length > 0;
  const aboveRaw = name !== "raw" && p50s.length > 0 && rawP50s.length > 0;
  return {
    name,
    requestsPerSecond: summarise(rates),
    serverCpuUs: summarise(own.map(({ serverCpuUs }) => serverCpuUs)).mean,
    driverCpuShare: summarise(own.map(({ driverCpuShare }) => driverCpuShare)).mean,
    verified: own.every(({ verified }) => verified),
    ...(p50s.length > 0 && { p50Us: summarise(p50s), p99Us: summarise(valuesOf(samples, name, "p99Us")) }),
    ...(comparable && { correioRatio: pairedRatio(correioRates, rates) }),
    ...(aboveRaw && { p50AboveRawUs: pairedDifference(p50s, rawP50s) }),
  };
}

function valuesOf(
  samples: readonly RunSample[],
  name: ImplementationName,
  field: "requestsPerSecond" | "p50Us" | "p99Us",
): number[] {
  return samples.flatMap((sample) => (sample.name === name && sample[field] !== undefined ? [sample[field]] : []));
}

function summaryOf(cell: CellComparison | undefined, name: ImplementationName): ImplementationSummary | undefined {
  return cell?.implementations.find((implementation) => implementation.name === name);
}
