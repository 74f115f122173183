// General statistics of the matrix by work, messages and implementation: raw, and beside it what filters leave.

import { mean, medianAbsoluteDeviation } from "simple-statistics";

import { bootstrapInterval, type Interval, percentileInterval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type CellResult, valuesOf } from "./matrix-cells.ts";
import type { MatrixRun } from "./matrix-data.ts";
import { type Block, heading, type Rows, table, text } from "./matrix-document.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { matrixTitles, renderSeconds, renderTimes, renderWork, type TimeUnit, timeUnitOf } from "./matrix-words.ts";
import { withoutOutliersByMad, withoutOutliersByZ } from "./outliers.ts";
import { summarise } from "./statistics.ts";
import { formatCount } from "./table.ts";

/** A percentile needs ten sessions beyond it, or it is the luck of a few. */
const BEYOND_MIN = 10;
const SHARES = [0.5, 0.9, 0.99];
/** With that many values or fewer, no |z| can be above 3. */
const Z_BLIND_COUNT = 10;
/** The row of all counts of messages. */
const ALL = "all";

/** All runs of one implementation in some cells. */
interface Group {
  readonly messages: string;
  readonly implementation: MatrixImplementation;
  /** Of each cell. */
  readonly meansByCell: readonly (readonly number[])[];
  readonly sessionsByCell: readonly (readonly number[])[];
  /** Of each block, over all cells: what is drawn for intervals. */
  readonly meansByBlock: readonly (readonly number[])[];
  readonly sessionsByBlock: readonly (readonly number[])[];
}

export function generalSection({ cells, present, data }: MatrixAnalysis): readonly Block[] {
  const { runs } = data.manifest.plan;
  return [
    heading("General statistics"),
    text(
      "Pooled over servers and clients, so spread is also that between cells; the rows of all counts of messages mix " +
        "sessions that differ a thousandfold, and are there for comparison with other reports.",
    ),
    text(
      "Filtered: without what is more than three standard deviations from the mean of its own cell (|z| > 3). " +
        zWords(runs) +
        " On sessions it can, but what it removes there is the tail, which is part of the result: so raw figures are " +
        "what this report compares, and the filtered ones stand beside them. Far by MAD: runs whose modified z-score " +
        "(0.6745 × distance from the median of the cell / MAD) is above 3.5; they are counted, not removed. " +
        "Cells lose different numbers of values: that shifts a pooled mean towards the cells that lose fewer, " +
        "upwards too. So the rows of all counts of messages have no filtered mean.",
    ),
    ...valuesOf(cells, "workMs").flatMap((workMs) =>
      tablesOf(
        renderWork(workMs),
        groupsOf(
          cells.filter((cell) => cell.workMs === workMs),
          present,
        ),
      ),
    ),
    text(`A percentile is given where at least ${BEYOND_MIN} sessions lie beyond it: p99 from 1 000 sessions.`),
  ];
}

function zWords(runs: number): string {
  return runs <= Z_BLIND_COUNT
    ? `On runs it can remove nothing here: among ten or fewer no |z| can be above 3, and a cell has at most ${runs}.`
    : `On runs it works on the ${runs} of a cell.`;
}

function groupsOf(cells: readonly CellResult[], present: readonly MatrixImplementation[]): readonly Group[] {
  const counts = valuesOf(cells, "messages");
  const groups = counts.map((messages) => ({
    messages: formatCount(messages),
    cells: cells.filter((cell) => cell.messages === messages),
  }));
  if (counts.length > 1) groups.push({ messages: ALL, cells: [...cells] });
  return groups.flatMap((group) => present.flatMap((name) => groupOf(group.messages, group.cells, name)));
}

function groupOf(
  messages: string,
  cells: readonly CellResult[],
  implementation: MatrixImplementation,
): readonly Group[] {
  const series = cells.flatMap((cell) => cell.series.get(implementation) ?? []);
  if (series.length === 0) return [];
  const runsByBlock = Map.groupBy(
    series.flatMap(({ runs, means }) => runs.map((run, index) => ({ run, mean: means[index]! }))),
    ({ run }) => run.block,
  );
  const blocks = [...runsByBlock.values()];
  return [
    {
      messages,
      implementation,
      meansByCell: series.map(({ means }) => means),
      sessionsByCell: series.map(({ runs }) => sessionsOf(runs)),
      meansByBlock: blocks.map((block) => block.map((each) => each.mean)),
      sessionsByBlock: blocks.map((block) => sessionsOf(block.map(({ run }) => run))),
    },
  ];
}

const sessionsOf = (runs: readonly MatrixRun[]): readonly number[] =>
  runs.flatMap(({ responseSeconds }) => responseSeconds);

function tablesOf(title: string, groups: readonly Group[]): readonly Block[] {
  if (groups.length === 0) return [text(`No valid runs ${title}.`)];
  const unit = timeUnitOf(groups.flatMap(({ meansByCell }) => meansByCell.flat()));
  return [
    table(`Runs ${title}: mean response time of a run, ${unit.name}`, runRows(groups, unit)),
    table(`Sessions ${title}: response time of a session, ${unit.name}`, sessionRows(groups, unit)),
  ];
}

function runRows(groups: readonly Group[], unit: TimeUnit): Rows {
  const heads = [
    "mean [95 %]",
    "median",
    "sd",
    "min",
    "max",
    "MAD",
    "filtered mean",
    "filtered sd",
    "removed",
    "far by MAD",
  ];
  const rows = groups.map(({ messages, implementation, meansByCell, meansByBlock }) => {
    const raw = meansByCell.flat();
    const summary = summarise(raw);
    const filtered = filteredOf(meansByCell);
    const farByMad = meansByCell.reduce((sum, means) => sum + withoutOutliersByMad(means).removed, 0);
    const figures = [summary.median, summary.sd, summary.min, summary.max, medianAbsoluteDeviation(raw)];
    return [
      messages,
      matrixTitles[implementation],
      formatCount(summary.count),
      renderTimes(pooledMean(meansByBlock), unit),
      ...figures.map((each) => renderSeconds(each, unit)),
      ...filteredCells(messages, filtered, unit),
      formatCount(filtered.removed),
      formatCount(farByMad),
    ];
  });
  return [["messages", "implementation", "runs", ...heads], ...rows];
}

function sessionRows(groups: readonly Group[], unit: TimeUnit): Rows {
  const heads = ["p50 [95 %]", "p90 [95 %]", "p99 [95 %]", "mean", "sd", "filtered mean", "filtered sd", "removed"];
  const rows = groups.map(({ messages, implementation, sessionsByCell, sessionsByBlock }) => {
    const raw = summarise(sessionsByCell.flat());
    const filtered = filteredOf(sessionsByCell);
    const percentiles = SHARES.map((share) =>
      share > 0.5 && raw.count * (1 - share) < BEYOND_MIN - 1e-9
        ? "–"
        : renderTimes(percentileInterval(sessionsByBlock, share), unit),
    );
    return [
      messages,
      matrixTitles[implementation],
      formatCount(raw.count),
      ...percentiles,
      ...[raw.mean, raw.sd].map((each) => renderSeconds(each, unit)),
      ...filteredCells(messages, filtered, unit),
      formatCount(filtered.removed),
    ];
  });
  return [["messages", "implementation", "sessions", ...heads], ...rows];
}

/** Whole blocks are drawn, so that each drawing has the cells of the plan. */
function pooledMean(blocks: readonly (readonly number[])[]): Interval {
  const sums = blocks.map((values) => values.reduce((sum, each) => sum + each, 0));
  return bootstrapInterval(blocks.length, (indices) => {
    let total = 0;
    let count = 0;
    for (const index of indices) {
      total += sums[index]!;
      count += blocks[index]!.length;
    }
    return total / count;
  });
}

interface Filtered {
  readonly mean: number;
  readonly sd: number;
  readonly removed: number;
}

const filteredCells = (messages: string, filtered: Filtered, unit: TimeUnit): readonly string[] =>
  [filtered.mean, filtered.sd].map((each) => (messages === ALL ? "–" : renderSeconds(each, unit)));

function filteredOf(byCell: readonly (readonly number[])[]): Filtered {
  const filtered = byCell.map((values) => withoutOutliersByZ(values));
  const kept = filtered.flatMap((each) => each.kept);
  return {
    mean: mean(kept),
    sd: summarise(kept).sd,
    removed: filtered.reduce((sum, { removed }) => sum + removed, 0),
  };
}
