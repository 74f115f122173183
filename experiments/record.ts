// Records CPU, memory and network of any command over time, and draws them on one page with marks for its phases.

import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";

import { runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { renderRecordPage } from "./lib/record-page.ts";
import { recordCsv, type RecordReport, recordReport, renderRecord } from "./lib/record-report.ts";
import { CommandNotStarted, exitCodeOf, recordCommand, type RecordParameters } from "./lib/recorded-command.ts";
import { whyNoOwnNetwork } from "./lib/recorder-network.ts";

const EVERY_MS = { least: 10, usual: 100, most: 60_000 };
const FOR_SECONDS_MAX = 86_400;

const help = `bun experiments/record.ts [flags] -- COMMAND [words …]: what any program takes of the machine over time

  --out FILE     the page, which needs nothing else (results/record.html)
  --csv FILE     also a row for each sample
  --json         one JSON document with every sample instead of the figures, on standard output; what the command
                 writes there goes to standard error then
  --every MS     between samples, ${EVERY_MS.least} to ${EVERY_MS.most} (${EVERY_MS.usual})
  --for SECONDS  then the command and its processes get SIGTERM, and five seconds later SIGKILL
  --mark TEXT    a line of the command's output that contains TEXT begins a phase; may be given several times
  --own-network  the command has a network of its own, with nothing but a loopback: needs root, iproute2, util-linux
  --help

CPU and memory are of the command and all its processes, as far as they do not leave it as daemons do. Without
--own-network, the network is that of the whole machine. The figures come last, on standard error.
The exit code is the command's: 128 and the signal where one has ended it, 127 where there is no such program.`;

function readFlags(words: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      out: { type: "string", default: "results/record.html" },
      csv: { type: "string" },
      json: { type: "boolean", default: false },
      every: { type: "string" },
      for: { type: "string" },
      mark: { type: "string", multiple: true, default: [] },
      "own-network": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (positionals.length > 0) throw new TypeError(`Cannot use "${positionals[0]}": the command stands behind --`);
  return values;
}

type Flags = ReturnType<typeof readFlags>;

/** Bun itself takes `--` away where nothing stands before it. */
function splitWords(words: readonly string[]): readonly [flags: readonly string[], command: readonly string[]] {
  if (words[0]?.startsWith("-") === false) return [[], words];
  const index = words.indexOf("--");
  return index === -1 ? [words, []] : [words.slice(0, index), words.slice(index + 1)];
}

function parseBetween(word: string, least: number, most: number): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`Cannot read "${word}": it is not a whole number from ${least} to ${most}`);
}

function parametersOf(flags: Flags, command: readonly string[]): RecordParameters {
  const everyMs = parseBetween(flags.every ?? String(EVERY_MS.usual), EVERY_MS.least, EVERY_MS.most);
  const forSeconds = flags.for === undefined ? undefined : parseBetween(flags.for, 1, FOR_SECONDS_MAX);
  if (flags.mark.includes("")) throw new TypeError('Cannot look for the mark "": every line contains it');
  if (command.length === 0) throw new TypeError("Cannot record nothing: the command stands behind --");
  return {
    command,
    everyMs,
    ...(forSeconds !== undefined && { forSeconds }),
    marks: flags.mark,
    hasOwnNetwork: flags["own-network"],
    output: flags.json ? "stderr" : "stdout",
  };
}

/** All that can be known before the command is started, so that nothing is measured in vain. */
function checkAll({ command: [program = ""], hasOwnNetwork }: RecordParameters, { out, csv }: Flags): void {
  if (csv !== undefined && resolve(csv) === resolve(out)) {
    throw new TypeError(`Cannot write the page and the rows into one file: ${out}`);
  }
  const why = hasOwnNetwork ? whyNoOwnNetwork() : undefined;
  if (why !== undefined) throw new TypeError(`Cannot use --own-network: ${why}`);
  if (Bun.which(program) === null) {
    const isThere = program.includes("/") && existsSync(program);
    throw isThere
      ? new CommandNotStarted(program, "it is no program, or may not be run", 126)
      : new CommandNotStarted(program, "there is no such program", 127);
  }
  for (const path of [out, csv]) if (path !== undefined) assertWritable(path);
}

function assertWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new TypeError(`Cannot write "${path}": ${(error as Error).message}`, { cause: error });
  }
}

/** What can be written is, also where something else cannot. */
async function writeResults(report: RecordReport, { out, csv }: Flags): Promise<void> {
  write(out, await renderRecordPage(report));
  if (csv !== undefined) write(csv, recordCsv(report));
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
    console.error(`Written: ${path}`);
  } catch (error) {
    console.error(`Cannot write "${path}": ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const [words, command] = splitWords(Bun.argv.slice(2));
  const flags = readFlags(words);
  if (flags.help) return console.log(help);
  const parameters = parametersOf(flags, command);
  try {
    checkAll(parameters, flags);
    const recorded = await recordCommand(parameters);
    process.exitCode = exitCodeOf(recorded);
    const report = recordReport(describeEnvironment(), parameters, recorded);
    if (flags.json) console.log(JSON.stringify(report, undefined, 2));
    else console.error(`\n${renderRecord(report)}\n`);
    await writeResults(report, flags);
  } catch (error) {
    if (!(error instanceof CommandNotStarted)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

if (import.meta.main) await runCommandLine(main);
