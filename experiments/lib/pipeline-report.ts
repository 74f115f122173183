// The pipeline experiment's result as a page to read.

import { type Environment, renderEnvironment } from "./environment.ts";
import { type ImplementationName, implementations, type MissingServer } from "./implementations.ts";
import { renderInterval, renderLevels } from "./level.ts";
import type { Cell, CellComparison, CellSamples, InFlight, PipelineComparison } from "./pipeline-comparison.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { formatCount, renderTable } from "./table.ts";

export interface PipelineParameters {
  /** Each round runs every implementation once, in turn. */
  readonly rounds: number;
  /** Requests of one run where many are in flight; fewer where few are, so that runs take about as long. */
  readonly requests: number;
  readonly connections: readonly number[];
  readonly inFlight: readonly InFlight[];
  readonly only: readonly ImplementationName[];
}

export interface PipelineReport {
  readonly environment: Environment;
  readonly parameters: PipelineParameters;
  readonly missing: readonly MissingServer[];
  readonly cells: readonly CellSamples[];
  readonly comparison: PipelineComparison;
}

/** Above this share of a core, the driver rather than the server sets the pace. */
const driverBoundShare = 0.9;

export function renderPipeline(report: PipelineReport): string {
  const { rounds, requests } = report.parameters;
  const { cells, levels } = report.comparison;
  const samples = report.cells.flatMap((cell) => cell.samples);
  const wrong = samples.filter(({ verified }) => !verified).length;
  const total = samples.reduce((sum, sample) => sum + sample.requests, 0);
  return [
    renderEnvironment(report.environment),
    `${rounds} rounds, up to ${formatCount(requests)} requests a run; medians, [95 % bootstrap interval, paired runs]`,
    ...report.missing.map(({ name, why }) => `MISSING: ${implementations[name].title}: ${why}`),
    wrong === 0
      ? `verified: each of ${formatCount(total)} replies`
      : `NOT VERIFIED: ${wrong} of ${samples.length} runs`,
    "",
    renderThroughput(cells),
    "!: the driver had no processor time left, so requests/s and its ratio say little there; server CPU still does",
    ...renderLatency(cells),
    "",
    renderLevels(levels),
  ].join("\n");
}

/** Of the fullest cell: who many connections are answered by, and how much sooner; then the levels. */
export function concludePipeline({ comparison: { cells, levels } }: PipelineReport): Conclusion {
  const fullest = cells.filter(({ inFlight }) => inFlight === "all").at(-1);
  const correio = fullest?.implementations.find(({ name }) => name === "correio");
  const ratios = fullest?.implementations.flatMap(({ name, correioRatio }) =>
    correioRatio === undefined ? [] : `Correio / ${implementations[name].title} ${renderInterval(correioRatio)}`,
  );
  const single = levels.filter(({ what }) => what.startsWith("p50"));
  return conclude(levels, [
    correio &&
      `${formatCount(correio.requestsPerSecond.median)} requests/s, ${fullest?.connections} connections, all in flight`,
    ...(ratios ?? []),
    ...figuresOf(single),
  ]);
}

function renderThroughput(cells: readonly CellComparison[]): string {
  const heading = [
    "conns × in flight",
    "implementation",
    "requests/s",
    "min",
    "max",
    "sd %",
    "server CPU µs/req",
    "driver CPU",
    "Correio / this",
  ];
  const rows = cells.flatMap((cell) =>
    cell.implementations.map(({ name, requestsPerSecond, serverCpuUs, driverCpuShare, correioRatio }, index) => [
      index === 0 ? cellTitle(cell) : "",
      implementations[name].title,
      formatCount(requestsPerSecond.median),
      formatCount(requestsPerSecond.min),
      formatCount(requestsPerSecond.max),
      ((100 * requestsPerSecond.sd) / requestsPerSecond.mean).toFixed(1),
      serverCpuUs.toFixed(2),
      `${(driverCpuShare * 100).toFixed(0)} %${driverCpuShare > driverBoundShare ? " !" : ""}`,
      correioRatio === undefined ? "" : renderInterval(correioRatio),
    ]),
  );
  return renderTable([heading, ...rows]);
}

/** One table for the cell with one request in flight on one connection, if it was measured. */
function renderLatency(cells: readonly CellComparison[]): string[] {
  const rows = cells.flatMap((cell) =>
    cell.implementations.flatMap(({ name, p50Us, p99Us, p50AboveRawUs }) =>
      p50Us === undefined || p99Us === undefined
        ? []
        : [
            [
              implementations[name].title,
              p50Us.median.toFixed(1),
              p99Us.median.toFixed(1),
              p50AboveRawUs === undefined ? "" : renderInterval(p50AboveRawUs),
            ],
          ],
    ),
  );
  if (rows.length === 0) return [];
  const heading = ["one request in flight, closed loop", "p50 µs", "p99 µs", "p50 above raw, µs"];
  return ["", renderTable([heading, ...rows])];
}

function cellTitle({ connections, inFlight }: Cell): string {
  return `${connections} × ${inFlight}`;
}
