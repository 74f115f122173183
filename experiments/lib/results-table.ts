// The table of all experiments in experiments/README.md, made from the kept results.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Value } from "@sinclair/typebox/value";

import { type Experiment, fullWords, RESULTS_FOLDER } from "./experiment-list.ts";
import { type Result, RESULT_SCHEMA } from "./result.ts";

const BEGIN = "<!-- made by: bun experiments/all.ts --table -->";
const END = "<!-- end of what is made -->";

/** Undefined where there is none yet; throws for a file that is not a result. */
export function readResult(projectFolder: string, name: string): Result | undefined {
  const file = join(projectFolder, RESULTS_FOLDER, `${name}.json`);
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  const problem = Value.Errors(RESULT_SCHEMA, value).First();
  if (problem !== undefined) throw new Error(`Cannot use ${file}: ${problem.path}: ${problem.message}`);
  return value as Result;
}

/** The document with its table made anew from the results that are kept in the project's folder. */
export function withTable(document: string, experiments: readonly Experiment[], projectFolder: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Cannot find the table: it is between "${BEGIN}" and "${END}"`);
  const rows = experiments.map((experiment) => rowOf(experiment, readResult(projectFolder, experiment.name)));
  const table = renderColumns([["question", "command", "last result", "machine", "date"], ...rows]);
  return `${document.slice(0, begin)}${BEGIN}\n\n${table}\n\n${document.slice(end)}`;
}

function rowOf(experiment: Experiment, result: Result | undefined): readonly string[] {
  const words = ["bun", ...(fullWords(experiment) ?? [`experiments/${experiment.name}.ts`, "--help"])].join(" ");
  if (result === undefined) {
    const nothing = experiment.full === undefined ? "has no result of its own" : "none is kept yet";
    return [experiment.question, `\`${words}\``, nothing, "", ""];
  }
  const { question, command, machine, bun, date, commit } = result;
  const when = `${date.slice(0, 10)}, commit ${commit}`;
  return [question, `\`${command}\``, `${result.result}. ${levelsIn(result)}`.trim(), `${machine}, Bun ${bun}`, when];
}

function levelsIn({ levels }: Result): string {
  if (levels.length === 0) return "";
  const named = (title: string, wasReached: boolean | undefined): string => {
    const own = levels.filter(({ reached }) => reached === wasReached).map(({ what, wanted }) => `${what} ${wanted}`);
    return own.length === 0 ? "" : ` ${title}: ${own.join("; ")}.`;
  };
  const count = `${levels.filter(({ reached }) => reached === true).length} of ${levels.length} levels reached.`;
  return `${count}${named("**Not reached**", false)}${named("Not measured", undefined)}`;
}

/** As the formatter writes it, so that it leaves the file alone. */
function renderColumns(rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const [heading = [], ...rest] = escaped;
  const widths = heading.map((_, index) => Math.max(...escaped.map((row) => (row[index] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  return [line(heading), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}
