// Who is quicker in which cell, by how much, and whether that can be chance: of all cells of a matrix at once.

import { geometricMeanRatio, type Interval, ratioInterval } from "./bootstrap.ts";
import { type CellResult, pairedMeans } from "./matrix-cells.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { holm, type Magnitude, magnitudeOf, mannWhitney, varghaDelaney } from "./rank-tests.ts";

export const SIGNIFICANT_BELOW = 0.05;

/** Of the measures of `ours` and `theirs` in one cell. */
export interface Comparison {
  readonly cell: CellResult;
  readonly ours: MatrixImplementation;
  readonly theirs: MatrixImplementation;
  /** Ours over theirs, in the blocks in which both ran: below 1, ours is quicker. */
  readonly ratio: Interval;
  /** Of all runs of both. */
  readonly p: number;
  /** Adjusted for all comparisons it was made among. */
  readonly holmP: number;
  /** The chance that a run of ours takes longer than one of theirs. */
  readonly a12: number;
  readonly magnitude: Magnitude;
}

/** Correio beside each other implementation, in every cell that has runs of both in one block; one family of tests. */
export function correioComparisons(
  cells: readonly CellResult[],
  others: readonly MatrixImplementation[],
): readonly Comparison[] {
  return adjusted(cells.flatMap((cell) => others.flatMap((other) => compare(cell, "correio", other))));
}

/** In every cell that has two of these or more: the one with the least mean beside the next; one family of tests. */
export function winnerComparisons(
  cells: readonly CellResult[],
  among: readonly MatrixImplementation[],
): readonly Comparison[] {
  return adjusted(
    cells.flatMap((cell) => {
      const meanOf = (name: MatrixImplementation): number => cell.series.get(name)!.interval.value;
      const [first, second] = among
        .filter((name) => cell.series.has(name))
        .toSorted((one, other) => meanOf(one) - meanOf(other));
      return first === undefined || second === undefined ? [] : compare(cell, first, second);
    }),
  );
}

export const isSignificant = ({ holmP }: Comparison): boolean => holmP < SIGNIFICANT_BELOW;

/** The geometric mean of ours over theirs over these cells; undefined when there are none. */
export function overallRatio(comparisons: readonly Comparison[]): Interval | undefined {
  if (comparisons.length === 0) return undefined;
  return geometricMeanRatio(
    comparisons.map(({ cell, ours, theirs }) => pairedMeans(cell.series.get(ours)!, cell.series.get(theirs)!)),
  );
}

/** Ours over theirs in this cell; undefined when no block has both. */
export function ratioIn(
  { series }: CellResult,
  ours: MatrixImplementation,
  theirs: MatrixImplementation,
): Interval | undefined {
  const [our, their] = [series.get(ours), series.get(theirs)];
  if (our === undefined || their === undefined) return undefined;
  const pairs = pairedMeans(our, their);
  return pairs.ours.length === 0 ? undefined : ratioInterval(pairs.ours, pairs.theirs);
}

/** One run of each: its ratio is no interval, and nothing is known of chance. */
export const isOnce = ({ low, high }: Interval): boolean => low === high;

type Unadjusted = Omit<Comparison, "holmP">;

function compare(cell: CellResult, ours: MatrixImplementation, theirs: MatrixImplementation): readonly Unadjusted[] {
  const ratio = ratioIn(cell, ours, theirs);
  if (ratio === undefined) return [];
  const [our, their] = [cell.series.get(ours)!.means, cell.series.get(theirs)!.means];
  const a12 = varghaDelaney(our, their);
  return [{ cell, ours, theirs, ratio, p: mannWhitney(our, their).p, a12, magnitude: magnitudeOf(a12) }];
}

function adjusted(comparisons: readonly Unadjusted[]): readonly Comparison[] {
  const holmPs = holm(comparisons.map(({ p }) => p));
  return comparisons.map((comparison, index) => ({ ...comparison, holmP: holmPs[index]! }));
}
