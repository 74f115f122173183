// Starts a program in its own process, reads the port it prints, and stops it by its process id.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ProgramOptions {
  readonly command: readonly string[];
  /** Where the program's output goes; read back for `ready` and for error messages. */
  readonly logFile: string;
  /** Found in the output once the program is ready; its first group is the number it is known by, such as its port. */
  readonly ready: RegExp;
  readonly environment?: Readonly<Record<string, string>>;
  readonly startTimeoutMs?: number;
  /** Told the process id as soon as there is one, long before the program is ready. */
  readonly spawned?: (pid: number) => void;
}

export interface Program {
  readonly pid: number;
  /** The number that `ready` found. */
  readonly number: number;
  output(): string;
  /** All of its output and its errors, without blanks around. */
  said(): string;
  /** SIGTERM, then SIGKILL after five seconds; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Linux kills what was started so when this process ends, also where that is killed itself; the id stays the same. */
const endedWithUs = Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "KILL", "--"];

/** A program that does not run as it should: what it said is in the message. */
export class ProgramFailure extends Error {}

/** Output goes to a file, so that a program that logs much neither blocks nor costs the reader time. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  // Of a program that was there before under this name: its words must not be taken for those of this one.
  for (const file of [options.logFile, `${options.logFile}.err`]) writeFileSync(file, "");
  const log = Bun.file(options.logFile);
  const child = Bun.spawn([...endedWithUs, ...options.command], {
    stdin: "ignore",
    stdout: log,
    stderr: Bun.file(`${options.logFile}.err`),
    env: { ...inheritedEnvironment(), NODE_ENV: "production", ...options.environment },
  });
  options.spawned?.(child.pid);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timeout = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await child.exited;
    clearTimeout(timeout);
  };
  const output = (): string => readFileSync(options.logFile, "utf8");
  const said = (): string => `${output()}${readFileSync(`${options.logFile}.err`, "utf8")}`.trim();
  const deadline = performance.now() + (options.startTimeoutMs ?? 10_000);
  while (performance.now() < deadline && child.exitCode === null) {
    await Bun.sleep(10);
    const found = options.ready.exec(output());
    if (found !== null) return { pid: child.pid, number: Number(found[1]), output, said, stop };
  }
  await stop();
  throw new ProgramFailure(`Cannot start ${options.command.join(" ")}: ${said().slice(-500) || "it said nothing"}`);
}

/** Settings of Correio in the caller's shell must not change what is measured. */
export function inheritedEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(Bun.env).filter(([name]) => !name.startsWith("CORREIO_")));
}

export interface Workspace extends Disposable {
  readonly folder: string;
  remove(): void;
}

/** A temporary folder for logs, data and compiled programs of one experiment. */
export function createWorkspace(): Workspace {
  return workspaceOf(mkdtempSync(join(tmpdir(), "correio-experiment-")));
}

/** A folder of that name, for the same; what a killed experiment has left in it goes first. */
export function createWorkspaceAt(folder: string): Workspace {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return workspaceOf(folder);
}

function workspaceOf(folder: string): Workspace {
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return { folder, remove, [Symbol.dispose]: remove };
}
