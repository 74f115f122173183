// The matrix of the document: servers × clients × messages × runs, Correio beside its peers, as data, plots and report.

import { loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";

import { runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment, quoted } from "./lib/environment.ts";
import { measureGeneratorCapacity } from "./lib/generator-capacity.ts";
import { analyseMatrix, type MatrixAnalysis } from "./lib/matrix-analysis.ts";
import { firstPortOf, folderOf, MATRIX_FLAGS, MATRIX_HELP, pathOf, planOf } from "./lib/matrix-command.ts";
import { headlineOf } from "./lib/matrix-conclusions.ts";
import { MatrixFolder } from "./lib/matrix-folder.ts";
import { renderMatrixPage } from "./lib/matrix-page.ts";
import { cellsOf, type MatrixPlan } from "./lib/matrix-plan.ts";
import { startMatrixProgress } from "./lib/matrix-progress.ts";
import { renderMatrixReport } from "./lib/matrix-report.ts";
import { concludeMatrix } from "./lib/matrix-result.ts";
import { versionsOf } from "./lib/matrix-versions.ts";
import { type MatrixWork, missingIn, requirePorts, workThrough } from "./lib/matrix-work.ts";
import { createWorkspace } from "./lib/program.ts";
import { openResult, type SaveResult } from "./lib/result.ts";

const EXIT_INTERRUPTED = 130;

/** Throws a `TypeError` where there is something already, or nothing can be written. */
function beginMatrix(path: string, plan: MatrixPlan): MatrixFolder {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  const environment = describeEnvironment();
  return MatrixFolder.create(path, {
    plan,
    environment,
    resumed: [],
    versions: versionsOf(plan.implementations, environment),
    missing: missingIn(plan),
    memoryBytes: totalmem(),
    load: [one, five, fifteen],
    generatorCapacity: [],
  });
}

/** Measures what of the plan is not there yet. */
async function measure(folder: MatrixFolder, work: Omit<MatrixWork, "folder">): Promise<void> {
  const { generatorCapacity, plan } = folder.manifest;
  if (generatorCapacity.length === 0) {
    using workspace = createWorkspace();
    folder.note({ generatorCapacity: await measureGeneratorCapacity(plan.clients, plan.messages, workspace) });
  }
  await workThrough({ folder, ...work });
}

/** From the files alone: the same files give the same bytes. */
async function writeReport(folder: MatrixFolder): Promise<MatrixAnalysis> {
  const analysis = analyseMatrix(folder.data());
  folder.write("report.md", renderMatrixReport(analysis));
  folder.write("report.html", await renderMatrixPage(analysis));
  return analysis;
}

/** How many runs of the plan there are that count, and how many it wants of what is installed. */
function countRuns({ manifest: { plan, missing }, runs }: MatrixFolder): {
  readonly valid: number;
  readonly wanted: number;
} {
  const present = plan.implementations.length - missing.length;
  const valid = runs.filter(({ verdict }) => verdict === "valid").length;
  return { valid, wanted: plan.runs * cellsOf(plan).length * present };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: MATRIX_FLAGS });
  if (values.help) return console.log(MATRIX_HELP);
  const saveResult = openResult(values.result);
  const reported = folderOf(values, "report");
  if (reported !== undefined) return await tellEnd(MatrixFolder.read(reported), saveResult);
  const resumed = folderOf(values, "resume");
  const firstPort = firstPortOf(values);
  const earlier = resumed === undefined ? undefined : MatrixFolder.read(resumed);
  const plan = earlier?.manifest.plan ?? planOf(values);
  requirePorts(plan, firstPort);
  const folder = earlier ?? beginMatrix(pathOf(values), plan);
  using _lock = folder.lock();
  if (resumed !== undefined) tellTakenUp(folder, folder.takeUp(describeEnvironment()));
  for (const { name, why } of folder.manifest.missing) console.error(`MISSING: ${name}: ${why}`);
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
  const { measured, stop } = startMatrixProgress(folder.manifest.plan, folder.runs, process.stderr);
  const isOver = (): boolean => interruption.signal.aborted;
  try {
    await measure(folder, { firstPort, measured, isOver });
  } finally {
    stop();
    await tellEnd(folder, saveResult);
  }
  if (isOver()) process.exitCode = EXIT_INTERRUPTED;
}

function tellTakenUp({ path, runs }: MatrixFolder, cutBytes: number): void {
  const cut = cutBytes === 0 ? "" : `; ${cutBytes} bytes of a run that was not finished are gone`;
  console.error(`Going on with ${path}: ${runs.length} runs are there${cut}`);
}

/** With exit code 1, and without a result, where a run of the plan did not succeed in all its attempts. */
async function tellEnd(folder: MatrixFolder, saveResult: SaveResult): Promise<void> {
  const { path, runs } = folder;
  const { valid, wanted } = countRuns(folder);
  const analysis = await writeReport(folder);
  for (const sentence of headlineOf(analysis)) console.log(sentence);
  console.log(
    `${valid} of ${wanted} runs, ${runs.length - valid} invalid ones: ${path}/report.html, ${path}/report.md`,
  );
  if (valid === wanted) return saveResult(folder.manifest.environment, concludeMatrix(analysis));
  console.log(`The rest: bun experiments/matrix.ts --resume ${quoted(path)}`);
  process.exitCode = 1;
}

if (import.meta.main) await runCommandLine(main);
