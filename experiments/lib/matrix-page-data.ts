// What the page of the matrix draws: a summary of each cell, with sessions binned and thinned, so that it stays small.

import { quantileSorted } from "simple-statistics";

import type { Interval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import type { CellResult, CellSeries } from "./matrix-cells.ts";
import { ratioIn } from "./matrix-comparisons.ts";
import { limitedIn } from "./matrix-generator.ts";
import { FLOOR_RATIO_MAX, floorRatios } from "./matrix-levels.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { matrixTitles } from "./matrix-words.ts";
import { withoutOutliersByZ } from "./outliers.ts";

const BINS = 30;
/** Shares at which the distribution of sessions is drawn: evenly, and closer in the tail. */
const SHARES = [...Array.from({ length: 40 }, (_, index) => index / 40), 0.985, 0.99, 0.995, 1];
const DIGITS = 4;
const MILLISECONDS = 1_000;

/** Value, low, high. */
type Triple = readonly [number, number, number];

/** Times in milliseconds. */
interface PageSeries {
  readonly runs: number;
  readonly time: Triple;
  /** Of sessions within three standard deviations of the cell's mean. */
  readonly filteredMean: number;
  readonly removed: number;
  readonly sessions: number;
  readonly messagesPerSecond: number;
  /** Sessions in each bin of the cell. */
  readonly bins: readonly number[];
  /** At each of `shares`. */
  readonly quantiles: readonly number[];
}

interface PageCell {
  /** The first bin begins here, and each is as wide as `binRatio` times the one before. */
  readonly binStart: number;
  readonly binRatio: number;
  readonly limited: string;
  readonly series: Readonly<Partial<Record<MatrixImplementation, PageSeries>>>;
  /** By names of the pair: the time of the first over that of the second. */
  readonly ratios: Readonly<Record<string, Triple>>;
}

export interface MatrixPageData {
  readonly implementations: readonly { readonly name: MatrixImplementation; readonly title: string }[];
  readonly workMs: readonly number[];
  readonly messages: readonly number[];
  readonly servers: readonly number[];
  readonly clients: readonly number[];
  readonly shares: readonly number[];
  readonly floorRatioMax: number;
  /** In the order work, messages, servers, clients; null where nothing was measured. */
  readonly cells: readonly (PageCell | null)[];
  readonly floors: readonly {
    readonly name: MatrixImplementation;
    readonly workMs: number;
    readonly messages: number;
    readonly ratio: Triple;
  }[];
}

export function matrixPageData(analysis: MatrixAnalysis): MatrixPageData {
  const { cells, present, data } = analysis;
  const { workMs, messages, servers, clients } = data.manifest.plan;
  return {
    implementations: present.map((name) => ({ name, title: matrixTitles[name] })),
    workMs,
    messages,
    servers,
    clients,
    shares: SHARES,
    floorRatioMax: FLOOR_RATIO_MAX,
    cells: cells.map((cell) => (cell.series.size === 0 ? null : pageCell(cell, analysis))),
    floors: floorRatios(analysis).map((floor) => ({
      name: floor.implementation,
      workMs: floor.workMs,
      messages: floor.messages,
      ratio: tripleOf(floor.ratio),
    })),
  };
}

function pageCell(cell: CellResult, { costs }: MatrixAnalysis): PageCell {
  const sorted = [...cell.series].map(([name, series]) => ({ name, series, sessions: sessionsOf(series) }));
  const least = Math.min(...sorted.map(({ sessions }) => sessions[0]!));
  const most = Math.max(...sorted.map(({ sessions }) => sessions.at(-1)!));
  const binRatio = (most / least) ** (1 / BINS) || 1;
  const names = sorted.map(({ name }) => name);
  const pairs = names.flatMap((ours, index) => names.slice(index + 1).map((theirs) => [ours, theirs] as const));
  return {
    binStart: rounded(least),
    binRatio: Number(binRatio.toPrecision(6)),
    limited: limitedIn(costs, cell),
    series: Object.fromEntries(
      sorted.map(({ name, series, sessions }) => [
        name,
        pageSeries(series, sessions, (ms) => binOf(ms / least, binRatio)),
      ]),
    ),
    ratios: Object.fromEntries(
      pairs.flatMap(([ours, theirs]) => {
        const ratio = ratioIn(cell, ours, theirs);
        return ratio === undefined ? [] : [[`${ours}/${theirs}`, tripleOf(ratio)]];
      }),
    ),
  };
}

function pageSeries(series: CellSeries, sessions: number[], binAt: (ms: number) => number): PageSeries {
  const { kept, removed } = withoutOutliersByZ(sessions);
  const { value, low, high } = series.interval;
  const rates = series.runs.map(({ replies, seconds }) => replies / seconds);
  const bins = Array.from({ length: BINS }, () => 0);
  for (const ms of sessions) bins[binAt(ms)]! += 1;
  return {
    runs: series.runs.length,
    time: tripleOf({ value: value * MILLISECONDS, low: low * MILLISECONDS, high: high * MILLISECONDS }),
    filteredMean: rounded(kept.reduce((sum, each) => sum + each, 0) / kept.length),
    removed,
    sessions: sessions.length,
    messagesPerSecond: rounded(rates.reduce((sum, each) => sum + each, 0) / rates.length),
    bins,
    quantiles: SHARES.map((share) => rounded(quantileSorted(sessions, share))),
  };
}

/** In milliseconds, in order. */
function sessionsOf({ runs }: CellSeries): number[] {
  return runs
    .flatMap(({ responseSeconds }) => responseSeconds.map((seconds) => seconds * MILLISECONDS))
    .sort((one, other) => one - other);
}

function binOf(timesLeast: number, binRatio: number): number {
  if (binRatio === 1) return 0;
  return Math.min(BINS - 1, Math.max(0, Math.floor(Math.log(timesLeast) / Math.log(binRatio))));
}

const tripleOf = ({ value, low, high }: Interval): Triple => [rounded(value), rounded(low), rounded(high)];

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
