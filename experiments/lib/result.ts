// The result of an experiment in short: what `--result FILE` writes, and a row of experiments/README.md shows.

import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import { type Static, Type } from "@sinclair/typebox";

import type { Environment } from "./environment.ts";
import { EXPERIMENTS } from "./experiment-list.ts";
import { type Level, renderInterval } from "./level.ts";

const text = Type.String({ minLength: 1 });
const intervalSchema = Type.Object({
  median: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
  count: Type.Integer({ minimum: 1 }),
});

export const RESULT_SCHEMA = Type.Object(
  {
    name: text,
    question: text,
    command: text,
    date: text,
    commit: text,
    bun: text,
    machine: text,
    /** What was measured, in words and figures. */
    result: text,
    levels: Type.Array(
      Type.Object(
        {
          what: text,
          wanted: text,
          measured: Type.Optional(intervalSchema),
          reached: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Result = Static<typeof RESULT_SCHEMA>;

/** What an experiment's report comes to. */
export interface Conclusion {
  readonly result: string;
  readonly levels: readonly Level[];
}

export type SaveResult = (environment: Environment, conclusion: Conclusion) => void;

/** For the flags of every experiment. */
export const RESULT_FLAG = { result: { type: "string" } } as const;

const DIGITS = 4;

/** The figures are said one after the other; those that were not measured are left out. */
export function conclude(levels: readonly Level[], figures: readonly (string | undefined)[]): Conclusion {
  return { result: figures.filter((figure) => figure !== undefined).join("; "), levels };
}

/** What was measured of the levels, in words. */
export function figuresOf(levels: readonly Level[]): readonly string[] {
  return levels.flatMap(({ what, measured }) => (measured === undefined ? [] : `${what}: ${renderInterval(measured)}`));
}

/**
 * Called before anything is measured: throws a `TypeError` when the file cannot be written. The file is replaced as a
 * whole once there is a result; without a file nothing is kept.
 */
export function openResult(file: string | undefined): SaveResult {
  if (file === undefined) return () => undefined;
  const name = basename(Bun.main, ".ts");
  const question = EXPERIMENTS.find((experiment) => experiment.name === name)?.question;
  if (question === undefined)
    throw new Error(`Cannot keep a result of "${name}": it is not in the list of experiments`);
  requireWritable(file);
  return (environment, conclusion) => {
    const result = resultOf(name, question, environment, conclusion);
    const unfinished = unfinishedOf(file);
    writeFileSync(unfinished, `${JSON.stringify(result, undefined, 2)}\n`);
    renameSync(unfinished, file);
  };
}

/** Throws a `TypeError` unless a file can be made there, or replaced. What is there stays as it is. */
export function requireWritable(file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error("it is a folder");
    writeFileSync(unfinishedOf(file), "");
    rmSync(unfinishedOf(file));
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, \w+ '.*$/, "") : String(error);
    throw new TypeError(`Cannot write "${file}": ${why}`, { cause: error });
  }
}

function unfinishedOf(file: string): string {
  return `${file}.unfinished`;
}

function resultOf(name: string, question: string, environment: Environment, conclusion: Conclusion): Result {
  const { command, date, commit, bun, cpu, cores, kernel } = environment;
  return {
    name,
    question,
    command,
    date,
    commit,
    bun,
    machine: `${cores} × ${cpu}, Linux ${kernel}`,
    result: conclusion.result,
    levels: conclusion.levels.map(({ what, wanted, measured, reached }) => ({
      what,
      wanted,
      ...(measured && {
        measured: {
          median: shorten(measured.median),
          low: shorten(measured.low),
          high: shorten(measured.high),
          count: measured.count,
        },
      }),
      ...(reached !== undefined && { reached }),
    })),
  };
}

function shorten(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
