// A matrix in short: its answer, and the levels with the ratios they are judged by.

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { headlineOf } from "./matrix-conclusions.ts";
import { levelsOf } from "./matrix-levels.ts";
import { conclude, type Conclusion } from "./result.ts";

export function concludeMatrix(analysis: MatrixAnalysis): Conclusion {
  const count = analysis.data.manifest.plan.runs;
  const levels = levelsOf(analysis).map(({ name, wanted, ratio, verdict }) => ({
    what: `Correio's time, a part ${name}`,
    wanted,
    ...(ratio && { measured: { count, median: ratio.value, low: ratio.low, high: ratio.high } }),
    // What chance may explain is neither reached nor missed.
    ...((verdict === "reached" || verdict === "NOT REACHED") && { reached: verdict === "reached" }),
  }));
  return conclude(levels, [headlineOf(analysis).join(" ").replace(/\.$/, "")]);
}
