// Where Correio and the others differ most, and how that goes with messages, clients and servers.

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { valuesOf } from "./matrix-cells.ts";
import { type Comparison, isSignificant, overallRatio } from "./matrix-comparisons.ts";
import { type Block, heading, type Rows, subheading, table, text } from "./matrix-document.ts";
import { limitedIn } from "./matrix-generator.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { powerWords } from "./matrix-power.ts";
import { PLACE_HEADS, placeCells, runsOf } from "./matrix-winners.ts";
import { matrixTitles, renderP, renderRatios, renderWork } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

const LARGEST_COUNT = 10;
const DIMENSIONS = ["messages", "clients", "servers"] as const;

export function differencesSection(analysis: MatrixAnalysis): readonly Block[] {
  const { correio } = analysis;
  const title = heading("Differences");
  if (correio.length === 0) {
    return [title, text("No cell has runs of Correio and of another implementation in one block.")];
  }
  const byRatio = correio.toSorted((one, other) => one.ratio.value - other.ratio.value);
  const quicker = byRatio.filter(({ ratio }) => ratio.value < 1).slice(0, LARGEST_COUNT);
  const slower = byRatio
    .filter(({ ratio }) => ratio.value > 1)
    .toReversed()
    .slice(0, LARGEST_COUNT);
  return [
    title,
    text(
      "Each figure is Correio's time over that of the other: below 1 Correio is quicker. Over several cells it is " +
        "the geometric mean of the cells' ratios. Beyond chance counts cells, either way.",
    ),
    ...powerWords(correio, "in these tables").map(text),
    subheading("The largest"),
    ...largest("Correio is quicker: the largest differences", quicker, analysis),
    ...largest("Correio is slower: the largest differences", slower, analysis),
    ...DIMENSIONS.flatMap((dimension) => byDimension(correio, dimension, analysis)),
  ];
}

function largest(name: string, comparisons: readonly Comparison[], { costs }: MatrixAnalysis): readonly Block[] {
  if (comparisons.length === 0) return [text(`${name}: none, in no cell.`)];
  const heads = [
    ...PLACE_HEADS,
    "other",
    "Correio / other [95 %]",
    "p (Holm)",
    "effect",
    "runs",
    "limited by the generator",
  ];
  const rows = comparisons.map((each) => [
    ...placeCells(each.cell),
    matrixTitles[each.theirs],
    renderRatios(each.ratio),
    renderP(each.holmP),
    each.magnitude,
    runsOf(each),
    limitedIn(costs, each.cell),
  ]);
  return [table(name, [heads, ...rows])];
}

type Dimension = (typeof DIMENSIONS)[number];

function byDimension(
  comparisons: readonly Comparison[],
  dimension: Dimension,
  { others, cells }: MatrixAnalysis,
): readonly Block[] {
  const heads = [dimension, ...others.flatMap((other) => [`Correio / ${matrixTitles[other]} [95 %]`, "beyond chance"])];
  return [
    subheading(`By ${dimension}`),
    ...valuesOf(cells, "workMs").flatMap((workMs) => {
      const own = comparisons.filter(({ cell }) => cell.workMs === workMs);
      if (own.length === 0) return [];
      const rows: Rows = [
        ...valuesOf(cells, dimension).map((value) =>
          ratioRow(
            formatCount(value),
            others,
            own.filter(({ cell }) => cell[dimension] === value),
          ),
        ),
        // As the headline has it; it is the same by clients and by servers.
        ...(dimension === "messages" ? [ratioRow("all", others, own)] : []),
      ];
      return [table(`By ${dimension}, ${renderWork(workMs)}`, [heads, ...rows])];
    }),
  ];
}

const ratioRow = (
  name: string,
  others: readonly MatrixImplementation[],
  comparisons: readonly Comparison[],
): readonly string[] => [
  name,
  ...others.flatMap((other) => ratioCells(comparisons.filter(({ theirs }) => theirs === other))),
];

/** The ratio over these cells; in how many of them the difference, whichever way, is beyond chance. */
function ratioCells(comparisons: readonly Comparison[]): readonly string[] {
  const overall = overallRatio(comparisons);
  if (overall === undefined) return ["–", "–"];
  const surely = comparisons.filter(isSignificant).length;
  return [renderRatios(overall), `${formatCount(surely)} of ${formatCount(comparisons.length)}`];
}
