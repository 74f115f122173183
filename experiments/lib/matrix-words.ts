// How the report of the matrix names things and writes numbers: the same on every machine, in units that fit.

import type { Interval } from "./bootstrap.ts";
import type { GeneratorCapacity } from "./generator-capacity.ts";
import type { Verdict } from "./matrix-data.ts";
import type { MatrixCell, MatrixImplementation } from "./matrix-plan.ts";
import { formatCount } from "./table.ts";

export const matrixTitles: Readonly<Record<MatrixImplementation, string>> = {
  correio: "Correio",
  raw: "raw Bun",
  go: "Go",
  python: "Python",
};

export const verdictTitles: Readonly<Record<Verdict, string>> = {
  valid: "valid",
  died: "a server died",
  late: "time was up before all replies were there",
  wrong: "replies were wrong",
  unrecorded: "rows were missing in what the servers record",
  disturbed: "other programs used the machine",
};

export interface TimeUnit {
  readonly name: string;
  readonly perSecond: number;
}

const [MICROSECONDS, MILLISECONDS, SECONDS]: readonly [TimeUnit, TimeUnit, TimeUnit] = [
  { name: "µs", perSecond: 1e6 },
  { name: "ms", perSecond: 1e3 },
  { name: "s", perSecond: 1 },
];

/** One unit for all times of a table, by their geometric middle: neither all zeroes nor all thousands. */
export function timeUnitOf(seconds: readonly number[]): TimeUnit {
  const positive = seconds.filter((each) => each > 0);
  if (positive.length === 0) return MILLISECONDS;
  const least = positive.reduce((one, other) => Math.min(one, other));
  const most = positive.reduce((one, other) => Math.max(one, other));
  const middle = Math.sqrt(least * most);
  if (middle < 0.000_5) return MICROSECONDS;
  return middle < 1 ? MILLISECONDS : SECONDS;
}

/** In a unit of its own, for a sentence: "1.25 s". */
export function renderTime(seconds: number): string {
  const unit = timeUnitOf([seconds]);
  return `${renderSeconds(seconds, unit)} ${unit.name}`;
}

export const renderSeconds = (seconds: number, unit: TimeUnit): string => significant(seconds * unit.perSecond);

/** "12.3 [11.9, 12.8]". */
export const renderTimes = ({ value, low, high }: Interval, unit: TimeUnit): string =>
  between([value, low, high].map((each) => renderSeconds(each, unit)));

/** "0.412 [0.398, 0.431]". */
export const renderRatios = ({ value, low, high }: Interval): string => between([value, low, high].map(renderRatio));

export function renderRatio(ratio: number): string {
  if (ratio >= 1_000) return formatCount(ratio);
  return ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(3);
}

/** "2.43 times as fast", of a ratio of times. */
export function renderSpeed(ratio: number): string {
  const factor = renderFactor(1 / ratio);
  return factor === "1.000" ? "as fast" : `${factor} times as fast`;
}

/** Three digits in a sentence; near 1, where the third decides, one more. */
const renderFactor = (factor: number): string => (Math.abs(factor - 1) < 0.1 ? factor.toFixed(3) : significant(factor));

/** Three digits that say something, and no exponent. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000) return formatCount(value);
  if (size === 0) return "0";
  const digits = 2 - Math.floor(Math.log10(size));
  return value.toFixed(Math.min(Math.max(digits, 0), 6));
}

export const renderPercent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const renderP = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** 0 stands for what was not measured yet; two digits, as it differs that much from time to time. */
export function renderCapacity(capacities: readonly GeneratorCapacity[]): string {
  if (capacities.length === 0) return "not measured";
  const rates = capacities.map(({ requestsPerSecond }) => Number(requestsPerSecond.toPrecision(2)));
  const [least, most] = [Math.min(...rates), Math.max(...rates)].map(formatCount);
  return least === most
    ? `${most} requests a second`
    : `${least} to ${most} requests a second, by clients and messages`;
}

export const renderWork = (workMs: number): string => (workMs === 0 ? "without work" : `with ${workMs} ms of work`);

/** "4 servers, 50 clients, 1 000 messages". */
export function renderPlace({ servers, clients, messages }: MatrixCell): string {
  return [counted(servers, "server"), counted(clients, "client"), counted(messages, "message")].join(", ");
}

export const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;

export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "none") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

const between = ([value, low, high]: readonly string[]): string => `${value} [${low}, ${high}]`;
