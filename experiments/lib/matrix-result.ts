// A matrix in short: its answer, and the levels with the ratios they are judged by.

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { headlineOf } from "./matrix-conclusions.ts";
import { levelsOf } from "./matrix-levels.ts";
import { conclude, type Conclusion } from "./result.ts";

export function concludeMatrix(analysis: MatrixAnalysis): Conclusion {
  const count = analysis.data.manifest.plan.runs;
  const levels = levelsOf(analysis).map(({ what, name, ratio, verdict }) => ({
    what: `Correio's time, a part ${name}`,
    wanted: `(${what})`,
    ...(ratio && { measured: { count, median: ratio.value, low: ratio.low, high: ratio.high } }),
    // What is undecided is not reached; what was not measured is not judged.
    ...(verdict !== "not judged" && { reached: verdict === "reached" }),
  }));
  return conclude(
    levels,
    headlineOf(analysis).map((sentence) => sentence.replace(/\.$/, "")),
  );
}
