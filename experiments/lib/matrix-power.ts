// What few runs cannot show, however much they differ: whether any cell of a family of tests can be told from chance.

import { type Comparison, SIGNIFICANT_BELOW } from "./matrix-comparisons.ts";
import { counted, renderP } from "./matrix-words.ts";

/** Whether the greatest difference there can be would have p below 0.05 after Holm's method. */
export const canTell = (family: readonly Comparison[]): boolean => leastHolmP(family) < SIGNIFICANT_BELOW;

/** Nothing where a cell of the family can be told from chance; `which` names the family. */
export function powerWords(family: readonly Comparison[], which: string): readonly string[] {
  if (family.length === 0 || canTell(family)) return [];
  return [
    `No cell can be told from chance ${which} with ${runWords(family)} of each, however much it differs: ` +
      `over ${counted(family.length, "test")} the least p (Holm) there can be is ${renderP(leastHolmP(family))}.`,
  ];
}

/** "7 runs": the most that a side of a comparison has. */
export const runWords = (family: readonly Comparison[]): string =>
  counted(Math.max(...family.flatMap(countsOf)), "run");

/** Whatever comes first in Holm's order is multiplied by the count of tests, and no other can be below it. */
const leastHolmP = (family: readonly Comparison[]): number =>
  Math.min(1, family.length * Math.min(...family.map((each) => leastPOf(...countsOf(each)))));

const countsOf = ({ cell, ours, theirs }: Comparison): [ours: number, theirs: number] => [
  cell.series.get(ours)!.runs.length,
  cell.series.get(theirs)!.runs.length,
];

/** Of the exact Mann–Whitney test, when all of ours are below all of theirs: two of all ways to choose. */
function leastPOf(ours: number, theirs: number): number {
  let ways = 1;
  for (let index = 1; index <= ours; index++) ways = (ways * (theirs + index)) / index;
  return Math.min(1, 2 / ways);
}
