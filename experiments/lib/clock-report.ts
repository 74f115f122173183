// The clock experiment's result as a page to read: errors, bounds, what took place, and the levels it is held to.

import { CLOSE_MS } from "./clock-figures.ts";
import {
  CLOCK_SCENARIOS,
  CLOCK_WAY_TITLES,
  CLOCK_WAYS,
  type ClockParameters,
  type ClockReport,
  type ClockRun,
  type ClockWay,
  type ClockWayResult,
} from "./clock-plan.ts";
import { type Environment, renderEnvironment } from "./environment.ts";
import { type Level, levelOf, renderLevels } from "./level.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { type MedianInterval, medianInterval, onceMeasured } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

const P99_MS_MAX = 0.5;
const TIMES_BETTER_MIN = 20;

export function clockReport(
  environment: Environment,
  parameters: ClockParameters,
  runs: readonly ClockRun[],
): ClockReport {
  const wrong = runs.flatMap((run) => run.wrong.map((what) => `${titleOf(run)}: ${what}`));
  return { environment, parameters, runs, levels: levelsOf(runs), wrong };
}

export function renderClocks(report: ClockReport): string {
  const { environment, parameters, runs, wrong, levels } = report;
  const { warmUpMs, measuredMs, afterEventMs, everyMs, heartbeatMs } = parameters;
  return [
    renderEnvironment(environment),
    [
      "Two clusters of five servers at once, in one process: true time is known.",
      `First offsets within ±500 ms, drifts within ±100 ppm; heartbeat each ${inSeconds(heartbeatMs)} s.`,
      `From ${inSeconds(warmUpMs)} s after the last election all honest clocks are compared each ${everyMs} ms`,
      `for ${inSeconds(measuredMs)} s, and for ${inSeconds(afterEventMs)} s more where something happens then.`,
    ].join("\n"),
    wrong.length === 0 ? "verified" : wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    ...runs
      .filter(({ isValid }) => !isValid)
      .map((run) => `NOT VALID: ${titleOf(run)}: the clocks were looked at too late`),
    "How far two clocks are apart, ms",
    renderErrors(runs),
    "Bounds that servers declare, and clocks that went back",
    renderBounds(runs),
    ...(runs.some(({ ways }) => ways.estimate.succession)
      ? ["After the death of a coordinator", renderSuccessions(runs)]
      : []),
    "What took place, from the beginning",
    renderWork(runs),
    renderLevels(levels),
  ].join("\n\n");
}

export function concludeClocks({ levels }: ClockReport): Conclusion {
  return conclude(levels, figuresOf(levels));
}

type Row = readonly string[];

function renderErrors(runs: readonly ClockRun[]): string {
  const rows = rowsOf(runs, (run, way, { figures }) => [
    ...[figures.p50Ms, figures.p99Ms, figures.maxMs, figures.meanMs].map((ms) => ms.toFixed(3)),
    way === "estimate" ? timesBetter(run).toFixed(1) : "",
    seconds(figures.closeAfterMs),
    formatCount(figures.pairs),
  ]);
  const heading = [
    "p50",
    "p99",
    "max",
    "mean",
    "p99 published / estimated",
    `within ${CLOSE_MS} ms after, s`,
    "compared",
  ];
  return renderTable([["scenario", "by", ...heading], ...rows]);
}

function renderBounds(runs: readonly ClockRun[]): string {
  const rows = rowsOf(runs, (_, way, { figures }) => [
    ...(way === "estimate"
      ? [
          `${((1 - figures.boundsBroken / Math.max(1, figures.boundPairs)) * 100).toFixed(2)} %`,
          formatCount(figures.boundPairs),
          figures.boundMedianMs?.toFixed(2) ?? "none",
          `${(figures.unboundShare * 100).toFixed(2)} %`,
        ]
      : ["", "", "", ""]),
    String(figures.backwardSteps),
    String(figures.furtherSteps),
    figures.jumpMaxMs.toFixed(3),
  ]);
  const bounds = ["true", "of", "median of a server, ms", "without"];
  return renderTable([
    ["scenario", "by", ...bounds, "back", "steps after joining", "jump within a sample, ms"],
    ...rows,
  ]);
}

function renderSuccessions(runs: readonly ClockRun[]): string {
  const rows = rowsOf(runs, (_, _way, { succession, figures }) =>
    succession === undefined
      ? []
      : [seconds(succession.electedAfterMs), seconds(succession.correctedAfterMs), figures.jumpMaxMs.toFixed(3)],
  );
  const heading = ["another coordinates after, s", "all are corrected after, s", "greatest jump of a clock, ms"];
  return renderTable([["scenario", "by", ...heading], ...rows.filter((row) => row.length > 2)]);
}

function renderWork(runs: readonly ClockRun[]): string {
  const rows = rowsOf(runs, ({ lagP99Ms, cpuShare, load }, way, { work }) => [
    ...[work.requests, work.replies, work.lostSegments, work.rounds, work.corrections, work.correctionsRefused].map(
      formatCount,
    ),
    ...(way === "estimate" ? ["", "", ""] : [lagP99Ms.toFixed(1), (cpuShare * 100).toFixed(0), load.toFixed(2)]),
  ]);
  const work = ["segments there", "back", "lost", "rounds", "corrections", "refused"];
  return renderTable([["scenario", "by", ...work, "looked late by p99, ms", "CPU of all, %", "load"], ...rows]);
}

function rowsOf(
  runs: readonly ClockRun[],
  cells: (run: ClockRun, way: ClockWay, result: ClockWayResult) => Row,
): readonly Row[] {
  return runs.flatMap((run) =>
    CLOCK_WAYS.map((way, index) => [
      index === 0 ? titleOf(run) : "",
      CLOCK_WAY_TITLES[way],
      ...cells(run, way, run.ways[way]),
    ]),
  );
}

function titleOf({ name, round }: ClockRun): string {
  const { title } = CLOCK_SCENARIOS[name];
  return round === 0 ? title : `${title} (${round + 1})`;
}

function levelsOf(runs: readonly ClockRun[]): readonly Level[] {
  const jitter = runs.filter(({ name, isValid }) => name === "jitter" && isValid);
  const all = (ways: readonly ClockWay[], of: (result: ClockWayResult) => number): MedianInterval | undefined =>
    runs.length === 0
      ? undefined
      : onceMeasured(runs.reduce((sum, run) => ways.reduce((more, way) => more + of(run.ways[way]), sum), 0));
  return [
    levelOf(
      "p99 with jitter, estimated, ms",
      "at most",
      P99_MS_MAX,
      overRounds(jitter.map(({ ways }) => ways.estimate.figures.p99Ms)),
    ),
    levelOf(
      "p99 with jitter, published / estimated",
      "at least",
      TIMES_BETTER_MIN,
      overRounds(jitter.map(timesBetter)),
    ),
    levelOf(
      "pairs of clocks further apart than declared",
      "at most",
      0,
      all(["estimate"], ({ figures }) => figures.boundsBroken),
    ),
    levelOf(
      "times that a clock went back",
      "at most",
      0,
      all(CLOCK_WAYS, ({ figures }) => figures.backwardSteps),
    ),
  ];
}

function overRounds(values: readonly number[]): MedianInterval | undefined {
  return values.length === 0 ? undefined : medianInterval(values);
}

function timesBetter({ ways }: ClockRun): number {
  return ways.berkeley.figures.p99Ms / ways.estimate.figures.p99Ms;
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "never" : inSeconds(ms).toFixed(1);
}

function inSeconds(ms: number): number {
  return ms / 1_000;
}
