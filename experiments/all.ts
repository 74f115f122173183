// Runs every experiment, one after the other: small, to see that all work, or in full, to keep their results.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { parseNames, runCommandLine } from "./lib/command-line.ts";
import { type Experiment, EXPERIMENTS, fullWords, smallWords } from "./lib/experiment-list.ts";
import { withTable } from "./lib/results-table.ts";
import { OUTCOMES, runInTurn, type Task, type TaskEnd } from "./lib/run-in-turn.ts";
import { renderTable } from "./lib/table.ts";

const projectFolder = join(import.meta.dirname, "..");
const tableFile = join(import.meta.dirname, "README.md");
/** Each takes seconds on a quiet machine; in full some take hours. */
const SMALL_WITHIN_MS = 300_000;
const FULL_WITHIN_MS = 24 * 3_600_000;

const help = `bun experiments/all.ts: every experiment, one after the other; exit code 1 when one of them fails

  --only LIST   of ${EXPERIMENTS.map(({ name }) => name).join(", ")} (all)
  --full        those that leave the results in experiments/results/, and the table of experiments/README.md
  --table       the table alone, from the results that are there
  --help

Without --full each is as small as can be: everything is done and verified, the figures say nothing.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      full: { type: "boolean", default: false },
      table: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  if (values.table) return writeTable();
  const names = EXPERIMENTS.map(({ name }) => name);
  const only = parseNames(values.only, names) ?? names;
  const tasks = EXPERIMENTS.filter(({ name }) => only.includes(name)).flatMap((experiment) =>
    taskOf(experiment, values.full),
  );
  const ends = await runTasks(tasks);
  console.log(`\n${renderEnds(ends, tasks.length)}`);
  if (values.full) writeTable();
  if (ends.length < tasks.length || ends.some(({ outcome }) => outcome !== "passed")) process.exitCode = 1;
}

function taskOf(experiment: Experiment, isFull: boolean): readonly Task[] {
  const words = isFull ? fullWords(experiment) : smallWords(experiment);
  if (words === undefined) return [];
  const withinMs = isFull ? FULL_WITHIN_MS : SMALL_WITHIN_MS;
  return [{ name: experiment.name, command: [process.execPath, ...words], withinMs }];
}

async function runTasks(tasks: readonly Task[]): Promise<readonly TaskEnd[]> {
  const interrupt = new AbortController();
  const abort = (): void => interrupt.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, abort);
  try {
    return await runInTurn(tasks, {
      folder: projectFolder,
      signal: interrupt.signal,
      began: ({ name }) => process.stdout.write(`${name.padEnd(14)} …`),
      ended: (end) => {
        console.log(` ${end.outcome}, ${end.seconds.toFixed(1)} s`);
        if (end.outcome === "failed" || end.outcome === "too long") console.log(end.output.replaceAll(/^/gm, "  | "));
      },
    });
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}

function renderEnds(ends: readonly TaskEnd[], wanted: number): string {
  const rows = ends.map(({ name, outcome, seconds, missing }) => [
    name,
    outcome,
    seconds.toFixed(1),
    missing.map((line) => line.replace(/^\w+: /, "")).join("; "),
  ]);
  const counts = OUTCOMES.map((outcome) => [outcome, ends.filter((end) => end.outcome === outcome).length] as const);
  const all = [...counts, ["not started", wanted - ends.length] as const].filter(([, count]) => count > 0);
  const seconds = ends.reduce((sum, end) => sum + end.seconds, 0);
  return [
    renderTable([["experiment", "", "s", "did without"], ...rows]),
    `${all.map(([outcome, count]) => `${count} ${outcome}`).join(", ")}; ${seconds.toFixed(0)} s`,
  ].join("\n");
}

function writeTable(): void {
  writeFileSync(tableFile, withTable(readFileSync(tableFile, "utf8"), EXPERIMENTS, projectFolder));
}

if (import.meta.main) await runCommandLine(main);
