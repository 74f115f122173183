// Who is the quickest in each cell of the matrix, by how much, and whether that can be chance.

import type { Interval } from "./bootstrap.ts";
import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { type CellResult, valuesOf } from "./matrix-cells.ts";
import { type Comparison, isSignificant } from "./matrix-comparisons.ts";
import { type Block, details, heading, type Rows, table, text } from "./matrix-document.ts";
import { limitedIn } from "./matrix-generator.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { powerWords } from "./matrix-power.ts";
import { counted, matrixTitles, renderP, renderRatios, renderTimes, renderWork, timeUnitOf } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

export const PLACE_HEADS = ["work ms", "servers", "clients", "messages"];

export const placeCells = ({ workMs, servers, clients, messages }: CellResult): readonly string[] => [
  String(workMs),
  String(servers),
  String(clients),
  formatCount(messages),
];

/** The second look at the same runs is not a fresh one. */
export const WINNER_CAUTION =
  "A cell's winner is tested against the next with the runs that it was chosen by, so its p is optimistic; the tests " +
  "of Correio beside each other implementation, chosen before, are not.";

export function winnersSection(analysis: MatrixAnalysis): readonly Block[] {
  const { winners, winnersAboveFloor, cells } = analysis;
  const title = heading("Winners by scenario");
  if (winners.length === 0) return [title, text("No cell has runs of two implementations: there are no winners.")];
  const compared = `${formatCount(winners.length)} of ${counted(cells.length, "cell")}`;
  return [
    title,
    text(
      `The quickest of a cell is the one with the least mean; it is compared with the next, in the ${compared} that ` +
        `have both in one block. Holm's method is over the tests of its table.`,
    ),
    text(WINNER_CAUTION),
    ...tablesOf("among all", winners, analysis),
    ...(winnersAboveFloor.length === 0 ? [] : tablesOf("without the floor", winnersAboveFloor, analysis)),
  ];
}

function tablesOf(among: string, winners: readonly Comparison[], analysis: MatrixAnalysis): readonly Block[] {
  const full = valuesOf(analysis.cells, "workMs").flatMap((workMs) => {
    const own = winners.filter(({ cell }) => cell.workMs === workMs);
    return own.length === 0
      ? []
      : [table(`The quickest of each cell ${renderWork(workMs)}, ${among}`, fullRows(own, analysis))];
  });
  return [
    table(`Cells won, ${among}`, countRows(winners, analysis)),
    ...powerWords(winners, `in this table, ${among},`).map(text),
    details(`All cells: the quickest beside the next, ${among}`, full),
  ];
}

function countRows(winners: readonly Comparison[], { cells, present }: MatrixAnalysis): Rows {
  const compared = present.filter((name) => winners.some(({ ours, theirs }) => ours === name || theirs === name));
  const rows = valuesOf(cells, "workMs").flatMap((workMs) => {
    const own = winners.filter(({ cell }) => cell.workMs === workMs);
    const counts = wonCounts(own);
    const without = compared.filter((name) => !counts.some((each) => each.name === name));
    return [...counts, ...without.map((name) => ({ name, won: [] }))].map(({ name, won }) => {
      return [
        String(workMs),
        matrixTitles[name],
        `${formatCount(won.length)} of ${formatCount(own.length)}`,
        formatCount(won.filter(isSignificant).length),
        formatCount(won.filter(({ magnitude }) => magnitude === "large").length),
      ];
    });
  });
  return [["work ms", "implementation", "quickest in cells", "beyond chance", "large by A12"], ...rows];
}

const meanOf = ({ cell, ours }: Comparison): Interval => cell.series.get(ours)!.interval;

function fullRows(winners: readonly Comparison[], { costs }: MatrixAnalysis): Rows {
  const unit = timeUnitOf(winners.map((winner) => meanOf(winner).value));
  const heads = [
    ...PLACE_HEADS,
    "quickest",
    `its mean, ${unit.name} [95 %]`,
    "next",
    "next / quickest [95 %]",
    "p",
    "p (Holm)",
    "A12",
    "effect",
    "runs",
    "limited by the generator",
  ];
  const rows = winners.map((winner) => [
    ...placeCells(winner.cell),
    matrixTitles[winner.ours],
    renderTimes(meanOf(winner), unit),
    matrixTitles[winner.theirs],
    renderRatios(inverse(winner.ratio)),
    renderP(winner.p),
    renderP(winner.holmP),
    winner.a12.toFixed(2),
    winner.magnitude,
    runsOf(winner),
    limitedIn(costs, winner.cell),
  ]);
  return [heads, ...rows];
}

/** What was won by whom, who won most first. */
export const wonCounts = (
  winners: readonly Comparison[],
): readonly { readonly name: MatrixImplementation; readonly won: readonly Comparison[] }[] =>
  [...Map.groupBy(winners, ({ ours }) => ours)]
    .map(([name, won]) => ({ name, won }))
    .toSorted((one, other) => other.won.length - one.won.length);

/** "10, 9": valid runs of ours and of theirs. */
export const runsOf = ({ cell, ours, theirs }: Comparison): string =>
  [ours, theirs].map((name) => cell.series.get(name)!.runs.length).join(", ");

/** Theirs over ours: how many times as fast ours is. */
export const inverse = ({ value, low, high }: Interval): Interval => ({
  value: 1 / value,
  low: 1 / high,
  high: 1 / low,
});
