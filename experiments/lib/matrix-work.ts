// Works through the plan of a matrix: starts servers, runs what is not there yet, repeats what does not count.

import { join } from "node:path";

import { DisturbanceMeter } from "./disturbance.ts";
import { findTool } from "./implementations.ts";
import type { MatrixManifest, RunRecord } from "./matrix-data.ts";
import { Fleet } from "./matrix-fleet.ts";
import type { MatrixFolder } from "./matrix-folder.ts";
import {
  type BlockCell,
  type MatrixCell,
  type MatrixImplementation,
  type MatrixPlan,
  orderOf,
  type Round,
} from "./matrix-plan.ts";
import { measureRun } from "./matrix-run.ts";
import { warmUp } from "./matrix-warm-up.ts";
import { createWorkspaceAt, type Workspace } from "./program.ts";
import { createRequestScript, type RequestScript } from "./request-script.ts";

export interface MatrixWork {
  readonly folder: MatrixFolder;
  /** The first port that servers listen on; 0 for any free ones. */
  readonly firstPort: number;
  /** Told of each run, once it is in the folder. */
  readonly measured?: (run: RunRecord, cell: MatrixCell) => void;
  /** Asked before each run: the work ends where it says so, and can be taken up again. */
  readonly isOver?: () => boolean;
}

interface Task {
  readonly cell: BlockCell;
  readonly implementation: MatrixImplementation;
  /** How often it was tried before this work began: what did not succeed then may be tried as often again. */
  readonly before: number;
}

/** Resolves when all of the plan has been done, or the work is over before. */
export async function workThrough(work: MatrixWork): Promise<void> {
  const { plan, missing } = work.folder.manifest;
  const absent = new Set(missing.map(({ name }) => name));
  const tried = triedOf(work.folder.runs);
  const scripts = createScripts(plan);
  for (const round of orderOf(plan)) {
    const tasks = tasksOf(round, tried).filter(({ implementation }) => !absent.has(implementation));
    if (tasks.length === 0) continue;
    if (work.isOver?.() === true) return;
    using workspace = createWorkspaceAt(join(work.folder.path, "servers"));
    await using fleets = new Fleets(work, round, workspace);
    await fleets.start(firstOfEach(tasks));
    for (const task of tasks) {
      if (!(await perform(task, { work, plan, fleets, scripts }))) return;
    }
  }
}

/** What of the plan cannot be done here. */
export function missingIn(plan: MatrixPlan): MatrixManifest["missing"] {
  const tools = { go: "go", python: "python3" } as const;
  return plan.implementations.flatMap((name) => {
    const tool = name === "go" || name === "python" ? tools[name] : undefined;
    if (tool === undefined || findTool(tool, Bun.env.PATH) !== undefined) return [];
    return [{ name, why: `${tool} is not installed` }];
  });
}

/** Throws a `TypeError` that names the first port that servers would need, and that cannot be listened on. */
export function requirePorts(plan: MatrixPlan, firstPort: number): void {
  if (firstPort === 0) return;
  const perFleet = plan.spread === "ports" ? Math.max(...plan.servers) : 1;
  const count = plan.implementations.length * plan.workMs.length * perFleet;
  for (let port = firstPort; port < firstPort + count; port++) {
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).stop(true);
    } catch {
      throw new TypeError(`Cannot use port ${port}: nobody can listen there, or another program does`);
    }
  }
}

interface Bench {
  readonly work: MatrixWork;
  readonly plan: MatrixPlan;
  readonly fleets: Fleets;
  readonly scripts: readonly RequestScript[];
}

/** Tries until a run counts, or as often as the plan allows. False where the work is over. */
async function perform(task: Task, { work, plan, fleets, scripts }: Bench): Promise<boolean> {
  const { cell, implementation } = task;
  const { workMs, servers, clients, messages, block } = cell;
  for (let attempt = task.before + 1; attempt <= task.before + plan.attempts; attempt++) {
    const fleet = await fleets.get(implementation, workMs);
    const { sessions, ...measured } = await measureRun(fleet, cell, {
      ...plan,
      scripts,
      disturbance: fleets.disturbance,
    });
    // A signal from the terminal ends the servers too: what they did since then says nothing.
    if (work.isOver?.() === true) return false;
    const named = { block, attempt, implementation, workMs, servers, clients, messages };
    const run = work.folder.append({ ...named, ...measured }, sessions);
    work.measured?.(run, cell);
    if (run.verdict === "valid") break;
    if (run.verdict !== "disturbed") await fleets.replace(implementation, workMs);
  }
  return work.isOver?.() !== true;
}

/** All that run in one round; each is started when it is first needed. */
class Fleets implements AsyncDisposable {
  readonly #work: MatrixWork;
  readonly #round: Round;
  readonly #workspace: Workspace;
  readonly #fleets = new Map<string, Fleet>();
  readonly disturbance = new DisturbanceMeter(() => [...this.#fleets.values()].flatMap((fleet) => fleet.pids));

  constructor(work: MatrixWork, round: Round, workspace: Workspace) {
    this.#work = work;
    this.#round = round;
    this.#workspace = workspace;
  }

  async get(implementation: MatrixImplementation, workMs: number): Promise<Fleet> {
    const name = `${implementation}-${workMs}`;
    const running = this.#fleets.get(name);
    if (running !== undefined) return running;
    const { plan } = this.#work.folder.manifest;
    const { firstPort } = this.#work;
    const options = { implementation, workMs, processes: this.#round.processes, spread: plan.spread };
    const port = firstPort === 0 ? 0 : firstPort + this.#portsBefore(implementation, workMs);
    const fleet = await Fleet.start({ ...options, firstPort: port }, this.#workspace);
    if (!(fleet instanceof Fleet)) throw new Error(`Cannot start ${implementation}: ${fleet.why}`);
    this.#fleets.set(name, fleet);
    return fleet;
  }

  /** With servers that nothing has happened to. */
  async replace(implementation: MatrixImplementation, workMs: number): Promise<void> {
    const name = `${implementation}-${workMs}`;
    await this.#fleets.get(name)?.stop();
    this.#fleets.delete(name);
    await this.get(implementation, workMs);
    this.disturbance.forget();
  }

  /** All that these need. */
  async start(tasks: readonly Task[]): Promise<void> {
    // All settled: what does not start now is started by its first run, or says there why not.
    const started = await Promise.allSettled(tasks.map((task) => this.get(task.implementation, task.cell.workMs)));
    const fleets = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    this.disturbance.forget();
    for (const fleet of this.#work.folder.manifest.plan.isWarm ? fleets : []) await warmUp(fleet);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#fleets.values()].map((fleet) => fleet.stop()));
  }

  #portsBefore(implementation: MatrixImplementation, workMs: number): number {
    const { plan } = this.#work.folder.manifest;
    const perFleet = plan.spread === "ports" ? this.#round.processes : 1;
    const index = plan.implementations.indexOf(implementation) * plan.workMs.length + plan.workMs.indexOf(workMs);
    return index * perFleet;
  }
}

function tasksOf({ cells }: Round, tried: ReadonlyMap<string, number>): readonly Task[] {
  return cells.flatMap((cell) =>
    cell.order
      .map((implementation): Task => ({ cell, implementation, before: tried.get(nameOf(cell, implementation)) ?? 0 }))
      .filter(({ before }) => before < Number.POSITIVE_INFINITY),
  );
}

function firstOfEach(tasks: readonly Task[]): readonly Task[] {
  const firsts = new Map<string, Task>();
  for (const task of tasks) {
    const name = `${task.implementation}-${task.cell.workMs}`;
    if (!firsts.has(name)) firsts.set(name, task);
  }
  return [...firsts.values()];
}

/** How often each run of the plan has been tried; one that counts needs no more. */
function triedOf(runs: readonly RunRecord[]): ReadonlyMap<string, number> {
  const tried = new Map<string, number>();
  for (const run of runs) {
    tried.set(nameOf(run, run.implementation), run.verdict === "valid" ? Number.POSITIVE_INFINITY : run.attempt);
  }
  return tried;
}

function nameOf(cell: MatrixCell & { readonly block: number }, implementation: MatrixImplementation): string {
  return [cell.block, cell.workMs, cell.servers, cell.clients, cell.messages, implementation].join("/");
}

/** One for each client, who has a name of his own. */
function createScripts(plan: MatrixPlan): readonly RequestScript[] {
  return Array.from({ length: Math.max(...plan.clients) }, (_, index) => {
    return createRequestScript(Math.max(...plan.messages), `client_${index + 1}_${process.pid}`);
  });
}
