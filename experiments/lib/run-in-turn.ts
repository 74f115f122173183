// Runs programs one after the other: each in a process group of its own, within its time, whatever the others did.

import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { createWorkspace } from "./program.ts";

export interface Task {
  readonly name: string;
  /** `{temporary}` in its words is the folder for its temporary files. */
  readonly command: readonly string[];
  readonly withinMs: number;
}

export const OUTCOMES = ["passed", "failed", "too long", "interrupted"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface TaskEnd {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Of its output and its messages: the end. */
  readonly output: string;
  /** What the program said that it did without. */
  readonly missing: readonly string[];
}

export interface TurnOptions {
  /** Where they run; where this program does unless told otherwise. */
  readonly folder?: string;
  readonly began?: (task: Task) => void;
  readonly ended?: (end: TaskEnd) => void;
  /** Ends the one that runs; those behind it are not started. */
  readonly signal?: AbortSignal;
}

const OUTPUT_CHARACTERS_MAX = 20_000;
/** Of a program and all that it started, before they are killed. */
const GRACE_MS = 5_000;

export async function runInTurn(tasks: readonly Task[], options: TurnOptions = {}): Promise<readonly TaskEnd[]> {
  const workspace = createWorkspace();
  try {
    const ends: TaskEnd[] = [];
    for (const task of tasks) {
      if (options.signal?.aborted === true) break;
      options.began?.(task);
      const end = await runTask(task, workspace.folder, options);
      ends.push(end);
      options.ended?.(end);
    }
    return ends;
  } finally {
    workspace.remove();
  }
}

/** Output goes to a file: a program that says much is not held up. One that is ended leaves its files there as well. */
async function runTask(
  { name, command, withinMs }: Task,
  temporaryFolder: string,
  { folder, signal: interrupted }: TurnOptions,
): Promise<TaskEnd> {
  const startedMs = performance.now();
  const timeout = AbortSignal.timeout(withinMs);
  const logFile = join(temporaryFolder, `${name}.log`);
  const log = openSync(logFile, "w");
  const words = command.map((word) => word.replaceAll("{temporary}", temporaryFolder));
  const child = Bun.spawn(words, {
    stdio: ["ignore", log, log],
    detached: true,
    env: { ...Bun.env, TMPDIR: temporaryFolder },
    ...(folder !== undefined && { cwd: folder }),
  });
  closeSync(log);
  const stop = AbortSignal.any([timeout, ...(interrupted === undefined ? [] : [interrupted])]);
  const exitCode = await endWith(child, stop);
  const output = readFileSync(logFile, "utf8");
  return {
    name,
    outcome:
      interrupted?.aborted === true ? "interrupted" : stop.aborted ? "too long" : exitCode === 0 ? "passed" : "failed",
    seconds: (performance.now() - startedMs) / 1_000,
    output: output.slice(-OUTPUT_CHARACTERS_MAX),
    missing: output.match(/^(?:MISSING|SKIPPED): .*$/gm) ?? [],
  };
}

/** Its exit code; when told to stop, its group is ended: what an experiment has started must not outlive it. */
async function endWith(child: Bun.Subprocess, stop: AbortSignal): Promise<number> {
  const stopped = Promise.withResolvers<undefined>();
  const tellStopped = (): void => stopped.resolve(undefined);
  if (stop.aborted) tellStopped();
  stop.addEventListener("abort", tellStopped);
  const exitCode = await Promise.race([child.exited, stopped.promise]);
  stop.removeEventListener("abort", tellStopped);
  if (exitCode !== undefined) return exitCode;
  signalGroup(child.pid, "SIGTERM");
  const kill = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
  await child.exited;
  clearTimeout(kill);
  // Some of the group may be left that did not heed the first signal.
  signalGroup(child.pid, "SIGKILL");
  return await child.exited;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
