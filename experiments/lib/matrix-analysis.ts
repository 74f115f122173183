// All that the report of a matrix and its page say, worked out once from the data.

import { type CellResult, cellResults, presentImplementations, type Progress, progressOf } from "./matrix-cells.ts";
import { type Comparison, correioComparisons, winnerComparisons } from "./matrix-comparisons.ts";
import type { MatrixData } from "./matrix-data.ts";
import { type GeneratorCost, generatorCosts } from "./matrix-generator.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";

export interface MatrixAnalysis {
  readonly data: MatrixData;
  readonly cells: readonly CellResult[];
  readonly progress: Progress;
  /** Those of the plan that were there; the others are named in the manifest. */
  readonly present: readonly MatrixImplementation[];
  /** Of `present`, all but Correio. */
  readonly others: readonly MatrixImplementation[];
  readonly correio: readonly Comparison[];
  /** In each cell, the quickest beside the next. */
  readonly winners: readonly Comparison[];
  /** The same without the floor, which no server with actors can be expected to beat. */
  readonly winnersAboveFloor: readonly Comparison[];
  readonly costs: readonly GeneratorCost[];
}

export function analyseMatrix(data: MatrixData): MatrixAnalysis {
  const cells = cellResults(data);
  const present = presentImplementations(data);
  const others = present.filter((name) => name !== "correio");
  return {
    data,
    cells,
    progress: progressOf(data, cells),
    present,
    others,
    correio: correioComparisons(cells, others),
    winners: winnerComparisons(cells, present),
    winnersAboveFloor: winnerComparisons(
      cells,
      present.filter((name) => name !== "raw"),
    ),
    costs: generatorCosts(cells, data.manifest.generatorCapacity),
  };
}
