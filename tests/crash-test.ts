// Kills a process of durable actors again and again, and checks what it kept: `bun tests/crash-test.ts --kills 50`.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createRandom, type Random } from "#runtime/base/random.ts";

import type { FaultName } from "./lib/crash-faults.ts";
import type { Plan } from "./lib/crash-messages.ts";
import { CrashModel, type LifeFigures } from "./lib/crash-model.ts";
import { buildChild, type Kill, type Life, live } from "./lib/crash-process.ts";

export interface CrashOptions {
  readonly kills: number;
  /** What is done, and when the kills come, follows from it; what a kill meets does not quite. */
  readonly seed: number;
  readonly sync: "full" | "normal";
  /** Clients that ask at the same time, each one thing after the other. */
  readonly clients: number;
  /** Where the database is made, and the program that is killed. */
  readonly folder: string;
  /** What `buildChild` made; absent = it is made in the folder. */
  readonly program?: string;
  readonly fault?: FaultName;
  /** Alarms that are due fire within this time after a restart. */
  readonly dueWithinMs?: number;
  readonly progress?: (line: string) => void;
}

/** Of all lives together. */
export interface CrashReport extends LifeFigures {
  readonly kills: number;
  readonly activations: number;
  readonly hibernations: number;
  readonly commits: number;
}

const KILL_MS = { least: 5, most: 90 };
/** One kill of so many comes while the process takes up what it had left, and is not under load yet. */
const EARLY_KILL_EACH = 6;
const EARLY_KILL_MS_MAX = 250;
/** After one kill of so many the process is dead for longer: by the wall clock, which alarms go by. */
const LONG_DEATH_EACH = 4;
const LONG_DEATH_MS = { least: 400, most: 900 };
/** What one life does at most: an actor keeps 1 024 answers, and those of a life must not push each other out. */
const OPERATIONS_PER_LIFE_MAX = 3_000;
/** For each kill, on average: a test that found the process idle has found nothing. */
const ACKNOWLEDGED_LEAST = 8;
const PROBLEMS_SHOWN = 10;

/**
 * Throws at the first check that finds a promise broken, with what was found. Returns what was checked; throws also
 * when that was too little to mean anything.
 */
export async function crashRepeatedly(options: CrashOptions): Promise<CrashReport> {
  const { kills, seed, folder } = options;
  const program = options.program ?? (await buildChild(folder));
  const random = createRandom(seed);
  const model = new CrashModel(seed);
  const total = { acknowledged: 0, inFlight: 0, retried: 0, found: 0, changes: 0, firings: 0, missed: 0 };
  const actors = { activations: 0, hibernations: 0, commits: 0 };
  let aheadMs = 0;
  const liveOnce = async (number: number, kill: Kill | undefined, more: Partial<Plan>): Promise<Life> => {
    const life = await live(program, { ...planOf(options, number), aheadMs, ...more }, kill);
    const figures = model.learn(number, life);
    throwProblems(model, `seed ${seed}, life ${number}`);
    for (const name of namesOf(total)) total[name] += figures[name];
    for (const name of namesOf(actors)) actors[name] += life.figures?.[name] ?? 0;
    options.progress?.(lineOf(number, kill, life, figures));
    return life;
  };
  for (let number = 0; number < kills; number++) {
    await liveOnce(number, chooseKill(random, number), model.next());
    if (below(random, LONG_DEATH_EACH) === 0) aheadMs += between(random, LONG_DEATH_MS);
  }
  await liveOnce(kills, undefined, { ...model.next(), load: false });
  const last = { ...planOf(options, kills + 1), aheadMs, ...model.all(), load: false };
  const { checked } = await live(program, last, undefined);
  if (checked !== undefined) model.learnAll(checked);
  throwProblems(model, `seed ${seed}, in the end`);
  checkDatabase(databaseIn(folder));
  if (total.acknowledged < kills * ACKNOWLEDGED_LEAST) throw new Error(`Crash test: idle: ${JSON.stringify(total)}`);
  return { kills, ...total, ...actors };
}

function planOf({ folder, sync, seed, clients, fault, dueWithinMs = 20_000 }: CrashOptions, life: number): Plan {
  const operationsMax = Math.ceil(OPERATIONS_PER_LIFE_MAX / clients);
  const path = databaseIn(folder);
  const nothing = { retries: [], places: [], timekeepers: [], aheadMs: 0, load: true };
  const plan = { path, sync, seed, life, clients, operationsMax, dueWithinMs, ...nothing };
  return fault === undefined ? plan : { ...plan, fault };
}

function chooseKill(random: Random, life: number): Kill {
  if (life > 0 && below(random, EARLY_KILL_EACH) === 0) {
    return { from: "start", afterMs: below(random, EARLY_KILL_MS_MAX) };
  }
  return { from: "load", afterMs: between(random, KILL_MS) };
}

function throwProblems({ problems }: CrashModel, where: string): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, PROBLEMS_SHOWN);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  throw new Error(`Crash test: ${where}:\n  ${shown.join("\n  ")}`);
}

function checkDatabase(path: string): void {
  using database = new Database(path, { readonly: true });
  const found = database.prepare<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
  const verdict = found.map((row) => row.integrity_check).join("; ");
  if (verdict !== "ok") throw new Error(`Crash test: the database is damaged: ${verdict}`);
}

function lineOf(number: number, kill: Kill | undefined, { ready, figures }: Life, checked: LifeFigures): string {
  const end =
    kill === undefined
      ? "not killed"
      : `killed ${kill.afterMs} ms after its ${kill.from === "load" ? "load" : "start"}`;
  const facts = [
    `${checked.changes} changes checked (${checked.found} without answer)`,
    `${checked.retried} retries`,
    `${checked.firings} alarms (${checked.missed} missed)`,
    `${checked.acknowledged} acknowledged`,
    `${checked.inFlight} in flight`,
    `${figures?.activations ?? 0} activations`,
    `${figures?.commits ?? 0} commits`,
  ];
  return `life ${number}, epoch ${ready?.epoch ?? "not reached"}, ${end}: ${facts.join(", ")}`;
}

const databaseIn = (folder: string): string => join(folder, "correio.db");
const below = (random: Random, bound: number): number => Math.floor(random.next() * bound);
const between = (random: Random, { least, most }: { least: number; most: number }): number =>
  least + below(random, most - least + 1);
const namesOf = <Fields extends object>(fields: Fields): readonly (keyof Fields)[] =>
  Object.keys(fields) as (keyof Fields)[];

const USAGE = "Usage: bun tests/crash-test.ts [--kills N] [--seed N] [--sync full|normal] [--concurrency N]";

function readFlags() {
  const options = {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    sync: { type: "string", default: "full" },
    concurrency: { type: "string", default: "24" },
  } as const;
  try {
    const { kills, seed, sync, concurrency } = parseArgs({ options }).values;
    const numbers = [kills, concurrency].every((text) => /^[1-9]\d{0,5}$/.test(text)) && /^\d{1,9}$/.test(seed);
    if (!numbers || (sync !== "full" && sync !== "normal")) return undefined;
    return { kills: Number(kills), seed: Number(seed), sync, clients: Number(concurrency) } as const;
  } catch {
    return undefined;
  }
}

async function run(): Promise<void> {
  const flags = readFlags();
  if (flags === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "correio-crash-"));
  try {
    const report = await crashRepeatedly({ ...flags, folder, progress: console.log });
    console.log(JSON.stringify({ seed: flags.seed, ...report }, undefined, 2));
    const { kills, changes, found, firings } = report;
    const kept = `${changes} changes are there exactly once, ${found} of them without an answer before the kill`;
    console.log(`Killed ${kills} times: ${kept}; ${firings} alarms came.`);
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(`The database is left in ${folder}. Again: bun tests/crash-test.ts --seed ${flags.seed} …`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await run();
