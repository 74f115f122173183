// The programs that the mailbox experiment compares, each run in a process of its own for every sample.

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { type MailboxSample, type Row, type RowKind } from "./mailbox-rows.ts";
import { inheritedEnvironment, type Workspace } from "./program.ts";

export const subjectNames = ["correio", "floor", "nact", "xstate", "erlang"] as const;
export type SubjectName = (typeof subjectNames)[number];

interface SubjectFacts {
  readonly title: string;
  /** What it has; the other rows are no part of it. */
  readonly kinds: readonly RowKind[];
  /** Actors that are held at most where memory is measured: some would take minutes and gigabytes to say the same. */
  readonly heldMax: number;
}

const inMemory: readonly RowKind[] = ["ask", "in-flight", "tell", "chain", "activation", "memory"];
const onDisk: readonly RowKind[] = ["wake", "hibernation", "durable", "asleep"];
const everything: readonly RowKind[] = [...inMemory, ...onDisk];

export const subjects: Readonly<Record<SubjectName, SubjectFacts>> = {
  correio: { title: "Correio", kinds: everything, heldMax: Number.POSITIVE_INFINITY },
  floor: { title: "floor, bare Bun", kinds: everything, heldMax: Number.POSITIVE_INFINITY },
  nact: { title: "nact", kinds: inMemory, heldMax: 100_000 },
  xstate: { title: "XState", kinds: ["tell", "activation", "memory"], heldMax: 100_000 },
  erlang: { title: "Erlang", kinds: inMemory, heldMax: Number.POSITIVE_INFINITY },
};

export function hasRow(name: SubjectName, { kind, size }: Row): boolean {
  const { kinds, heldMax } = subjects[name];
  return kinds.includes(kind) && (kind !== "memory" || size <= heldMax);
}

export interface SampleOptions {
  /** How long is measured, and how long before that nothing is. */
  readonly sampleMs: number;
  readonly warmUpMs: number;
}

/** A program that can be run; how often and with which rows is up to the caller. */
export interface SubjectProgram {
  readonly name: SubjectName;
  /** `folder` is "" for rows that keep nothing on disk. */
  command(row: Row, options: SampleOptions, folder: string): readonly string[];
}

export interface MissingSubject {
  readonly name: SubjectName;
  readonly why: string;
}

const baselinesFolder = resolve(import.meta.dirname, "../baselines");
const sampleTimeoutMs = 180_000;
/** One scheduler: with two, on two processors, all that is measured here is slower. */
const erlangFlags = ["+S", "1:1", "+P", "4000000", "-noshell", "-noinput"];

/** Makes a program ready to run, or says why it cannot be: its tool is not there. Other failures throw. */
export function prepareSubject(
  name: SubjectName,
  workspace: Workspace,
  searchPath: string | undefined = Bun.env.PATH,
): SubjectProgram | MissingSubject {
  if (name !== "erlang") return { name, command: (row, options, folder) => bunCommand(name, row, options, folder) };
  const erl = findTool("erl", searchPath);
  const erlc = findTool("erlc", searchPath);
  if (erl === undefined || erlc === undefined) return { name, why: "erl or erlc is not installed" };
  compileErlang(erlc, workspace);
  const start = [erl, ...erlangFlags, "-pa", workspace.folder, "-run", "mailbox", "main"];
  return {
    name,
    command: ({ kind, size }, { sampleMs, warmUpMs }) => [...start, kind, ...[size, sampleMs, warmUpMs].map(String)],
  };
}

/** Runs one row in a new process; what is on disk is in a new folder, and gone afterwards. */
export async function takeSample(
  program: SubjectProgram,
  row: Row,
  options: SampleOptions,
  workspace: Workspace,
): Promise<MailboxSample> {
  const folder = onDisk.includes(row.kind) ? join(workspace.folder, crypto.randomUUID()) : "";
  if (folder !== "") mkdirSync(folder);
  try {
    return await runSample(program.command(row, options, folder));
  } finally {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  }
}

async function runSample(command: readonly string[]): Promise<MailboxSample> {
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...inheritedEnvironment(), NODE_ENV: "production" },
    timeout: sampleTimeoutMs,
    killSignal: "SIGKILL",
  });
  const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (child.exitCode === 0) return JSON.parse(output) as MailboxSample;
  const ended = child.signalCode ?? `exit code ${child.exitCode}`;
  throw new Error(`Cannot measure with ${command.join(" ")}: ${ended}: ${(complaint || output).trim().slice(-2_000)}`);
}

function bunCommand(name: SubjectName, { kind, size }: Row, options: SampleOptions, folder: string): readonly string[] {
  return [
    process.execPath,
    join(baselinesFolder, `mailbox-${name}.ts`),
    `--row=${kind}`,
    `--size=${size}`,
    `--sample-ms=${options.sampleMs}`,
    `--warm-up-ms=${options.warmUpMs}`,
    ...(folder === "" ? [] : [`--folder=${folder}`]),
  ];
}

function findTool(tool: string, searchPath: string | undefined): string | undefined {
  return Bun.which(tool, { PATH: searchPath ?? "" }) ?? undefined;
}

function compileErlang(erlc: string, workspace: Workspace): void {
  const result = Bun.spawnSync([erlc, "-o", workspace.folder, join(baselinesFolder, "mailbox.erl")]);
  if (!result.success) throw new Error(`Cannot compile mailbox.erl: ${result.stdout}${result.stderr}`);
}
