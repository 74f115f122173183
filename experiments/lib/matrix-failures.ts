// The runs of a matrix that do not count: how many for which reason, and each of them.

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { isValid } from "./matrix-cells.ts";
import { type RunRecord, VERDICTS } from "./matrix-data.ts";
import { type Block, details, heading, type Rows, table, text } from "./matrix-document.ts";
import { counted, matrixTitles, verdictTitles } from "./matrix-words.ts";
import { formatCount } from "./table.ts";

/** More than these are folded. */
const SHOWN_COUNT = 20;

export function failuresSection({ data }: MatrixAnalysis): readonly Block[] {
  const failed = data.runs.filter((run) => !isValid(run));
  const title = heading("Invalid and failed runs");
  if (failed.length === 0) return [title, text(`None: all ${counted(data.runs.length, "run")} count.`)];
  const each = table("Each run that does not count", everyRun(failed));
  const folded = failed.length > SHOWN_COUNT ? details("Each run that does not count", [each]) : each;
  return [
    title,
    text(`${formatCount(failed.length)} of ${counted(data.runs.length, "run")} do not count.`),
    table("Runs that do not count, by reason", countRows(failed)),
    folded,
  ];
}

function countRows(failed: readonly RunRecord[]): Rows {
  const names = [...new Set(failed.map(({ implementation }) => implementation))];
  const rows = VERDICTS.flatMap((verdict) => {
    const own = failed.filter((run) => run.verdict === verdict);
    if (own.length === 0) return [];
    const counts = names.map((name) => formatCount(own.filter(({ implementation }) => implementation === name).length));
    return [[verdict, verdictTitles[verdict], ...counts, formatCount(own.length)]];
  });
  return [["verdict", "reason", ...names.map((name) => matrixTitles[name]), "all"], ...rows];
}

function everyRun(failed: readonly RunRecord[]): Rows {
  const heads = [
    "run",
    "block",
    "attempt",
    "implementation",
    "work ms",
    "servers",
    "clients",
    "messages",
    "verdict",
    "detail",
  ];
  const rows = failed.map((run) => [
    formatCount(run.run),
    String(run.block),
    String(run.attempt),
    matrixTitles[run.implementation],
    String(run.workMs),
    String(run.servers),
    String(run.clients),
    formatCount(run.messages),
    run.verdict,
    run.detail,
  ]);
  return [heads, ...rows];
}
