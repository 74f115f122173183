// What the command line of the matrix may say, and the plan that it describes.

import { parseName, parseNames, parseWithin } from "./command-line.ts";
import { fullPlan, matrixImplementations, type MatrixPlan, quickPlan, SPREADS } from "./matrix-plan.ts";
import { RESULT_FLAG } from "./result.ts";

export const MATRIX_FLAGS = {
  quick: { type: "boolean", default: false },
  servers: { type: "string" },
  clients: { type: "string" },
  messages: { type: "string" },
  work: { type: "string" },
  runs: { type: "string" },
  only: { type: "string" },
  spread: { type: "string" },
  cold: { type: "boolean", default: false },
  port: { type: "string", default: "0" },
  seed: { type: "string" },
  attempts: { type: "string" },
  disturbance: { type: "string" },
  out: { type: "string" },
  resume: { type: "string" },
  report: { type: "string" },
  ...RESULT_FLAG,
  help: { type: "boolean", default: false },
} as const;

type Flag = keyof typeof MATRIX_FLAGS;
export type MatrixValues = { readonly [Name in Flag]?: string | boolean | undefined };

/** More of any is refused: what it would take has been thought about up to here. */
const MOST = {
  servers: 50,
  clients: 1_000,
  messages: 100_000,
  workMs: 1_000,
  runs: 100,
  attempts: 10,
  cores: 1_000,
} as const;
/** Of all clients in one run: 1.4 GB. */
const MOST_MESSAGES = 10_000_000;
const PORT_LAST = 65_535;
const SEED_LAST = 2 ** 32 - 1;
/** They belong to the plan, which a folder has already. */
const OF_A_PLAN: readonly Flag[] = [
  "quick",
  "servers",
  "clients",
  "messages",
  "work",
  "runs",
  "only",
  "spread",
  "cold",
];
const OF_RUNS: readonly Flag[] = [...OF_A_PLAN, "seed", "attempts", "disturbance", "out"];

export const MATRIX_HELP = `bun experiments/matrix.ts: Correio, raw Bun, Go and Python by servers, clients and messages

  --quick              ${inWords(quickPlan)}: two minutes
  --servers LIST       processes of each implementation (${fullPlan.servers.join(",")})
  --clients LIST       (${fullPlan.clients.join(",")})
  --messages LIST      of each client (${fullPlan.messages.join(",")})
  --work LIST          simulated work for each message, in whole milliseconds (${fullPlan.workMs.join(",")})
  --runs N             of each implementation in each cell (${fullPlan.runs})
  --only LIST          of ${matrixImplementations.join(", ")} (all)
  --spread WAY         "ports": each process has its own; "shared": one for all, by SO_REUSEPORT (${fullPlan.spread})
  --cold               servers are not warmed up before anything counts
  --port N             the first port that servers listen on (any free ones)
  --seed N             of the random order (${fullPlan.seed})
  --attempts N         a run that does not count is repeated until it was tried so often (${fullPlan.attempts})
  --disturbance CORES  a run beside which other programs used more does not count (${fullPlan.disturbanceMaxCores})
  --out FOLDER         a new one, or one that is empty (results/matrix-DATE)
  --resume FOLDER      goes on with what is there, by its own plan, also after kill -9
  --report FOLDER      makes the report of what is there anew, from its files alone
  --result FILE        the result in short, as in experiments/results/
  --help

Without --quick the plan is the document's: ${inWords(fullPlan)}: many
hours. Ctrl-C ends it after the run that it is at. The folder has manifest.json, runs.csv, for each implementation
sessions_*.csv and requests_*.csv with the document's columns, and in the end report.md and report.html.`;

/** Throws a `TypeError` that names what is wrong. */
export function planOf(values: MatrixValues): MatrixPlan {
  const base = values.quick === true ? quickPlan : fullPlan;
  const list = (name: Flag, lowest: number, highest: number): readonly number[] | undefined => {
    const words = textOf(values, name)?.split(",");
    return words && distinct(words.map((word) => parseWithin(word, lowest, highest)));
  };
  const number = (name: Flag, lowest: number, highest: number): number | undefined => {
    const word = textOf(values, name);
    return word === undefined ? undefined : parseWithin(word, lowest, highest);
  };
  const clients = list("clients", 1, MOST.clients) ?? base.clients;
  const messages = list("messages", 1, MOST.messages) ?? base.messages;
  if (Math.max(...clients) * Math.max(...messages) > MOST_MESSAGES) {
    throw new TypeError(`Cannot plan more than ${MOST_MESSAGES} messages at once: all of them are made before`);
  }
  const names = parseNames(textOf(values, "only"), matrixImplementations);
  return {
    implementations: names === undefined ? base.implementations : distinct(names),
    workMs: list("work", 0, MOST.workMs) ?? base.workMs,
    servers: list("servers", 1, MOST.servers) ?? base.servers,
    clients,
    messages,
    runs: number("runs", 1, MOST.runs) ?? base.runs,
    seed: number("seed", 0, SEED_LAST) ?? base.seed,
    spread: parseName(textOf(values, "spread") ?? base.spread, SPREADS),
    isWarm: values.cold !== true,
    attempts: number("attempts", 1, MOST.attempts) ?? base.attempts,
    disturbanceMaxCores: coresOf(textOf(values, "disturbance")) ?? base.disturbanceMaxCores,
  };
}

/** 0 for any free ports. */
export function firstPortOf(values: MatrixValues): number {
  return parseWithin(textOf(values, "port") ?? 0, 0, PORT_LAST);
}

/** The folder that `--resume` or `--report` names; a `TypeError` where flags beside it would have no effect. */
export function folderOf(values: MatrixValues, flag: "resume" | "report"): string | undefined {
  const folder = textOf(values, flag);
  if (values.resume !== undefined && values.report !== undefined) {
    throw new TypeError("Cannot use --report with --resume: that makes the report anyway");
  }
  const beside =
    folder === undefined ? undefined : OF_RUNS.find((name) => values[name] !== undefined && values[name] !== false);
  if (beside !== undefined) throw new TypeError(`Cannot use --${beside} with --${flag}: the folder has a plan already`);
  return folder;
}

export function pathOf(values: MatrixValues): string {
  return textOf(values, "out") ?? `results/matrix-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
}

function textOf(values: MatrixValues, name: Flag): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

const distinct = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

function coresOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const cores = Number(word);
  if (word !== "" && cores >= 0 && cores <= MOST.cores) return cores;
  throw new TypeError(`Cannot read "${word}": it is no number of cores from 0 to ${MOST.cores}`);
}

function inWords({ servers, clients, messages, runs }: MatrixPlan): string {
  return `${servers.length} × ${clients.length} × ${messages.length} cells, ${runs} runs each, with and without work`;
}
