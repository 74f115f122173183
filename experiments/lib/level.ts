// A level an experiment is held to, beside what it measured; a level is reported, it does not fail a test.

import type { MedianInterval } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

export interface Level {
  readonly what: string;
  readonly wanted: string;
  /** Absent when this run did not measure it. */
  readonly measured?: MedianInterval;
  readonly reached?: boolean;
}

/** A level of at least (or at most) `bound`, judged by the median; undefined when it was not measured. */
export function levelOf(
  what: string,
  kind: "at least" | "at most",
  bound: number,
  measured: MedianInterval | undefined,
): Level {
  const wanted = `${kind === "at least" ? "≥" : "≤"} ${bound}`;
  if (measured === undefined) return { what, wanted };
  const reached = kind === "at least" ? measured.median >= bound : measured.median <= bound;
  return { what, wanted, measured, reached };
}

export function renderLevels(levels: readonly Level[]): string {
  const rows = levels.map(({ what, wanted, measured, reached }) => [
    what,
    wanted,
    measured === undefined ? "not measured" : renderInterval(measured),
    measured === undefined ? "" : reached === true ? "reached" : "NOT REACHED",
  ]);
  return renderTable([["level", "wanted", "measured", ""], ...rows]);
}

/** "0.81 [0.78, 0.84]": the median and its 95 % bootstrap interval; the value alone of one run. */
export function renderInterval({ median, low, high, count }: MedianInterval): string {
  if (count === 1) return Number.isInteger(median) ? formatCount(median) : renderNumber(median);
  return `${renderNumber(median)} [${renderNumber(low)}, ${renderNumber(high)}]`;
}

function renderNumber(value: number): string {
  return Math.abs(value) >= 100 ? formatCount(value) : value.toFixed(2);
}
