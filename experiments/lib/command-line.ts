// What the command lines of the experiments share: numbers and names that are checked, and a plain word on wrong ones.

import { ProgramFailure } from "./program.ts";

/** A whole number from 1; throws a `TypeError` for anything else. */
export function parsePositive(word: string | number): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`Cannot read "${word}": it is not a whole number from 1`);
}

/** A whole number in that range; throws a `TypeError` for anything else. */
export function parseWithin(word: string | number, lowest: number, highest: number): number {
  const value = Number(word);
  if (word !== "" && Number.isSafeInteger(value) && value >= lowest && value <= highest) return value;
  throw new TypeError(`Cannot read "${word}": it is not a whole number from ${lowest} to ${highest}`);
}

/** Throws a `TypeError` for a name that is not among them. */
export function parseName<Name extends string>(word: string, names: readonly Name[]): Name {
  const name = names.find((known) => known === word);
  if (name !== undefined) return name;
  throw new TypeError(`Cannot read "${word}": it is not one of ${names.join(", ")}`);
}

/** As above, of names between commas; undefined where nothing is given. */
export function parseNames<Name extends string>(
  list: string | undefined,
  names: readonly Name[],
): readonly Name[] | undefined {
  return list?.split(",").map((word) => parseName(word, names));
}

/** Where a stack would say nothing: a program that did not start, a disk that is full, a folder that is gone. */
function isPlain(error: unknown): error is Error {
  return error instanceof ProgramFailure || (error instanceof Error && "errno" in error);
}

/** Exit code 2 and one line for a wrong argument; with exit code 1 what the machine refuses, and any bug whole. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof TypeError) {
      console.error(`${error.message}\nSee --help`);
      process.exitCode = 2;
    } else {
      console.error(isPlain(error) ? error.message : error);
      process.exitCode = 1;
    }
  }
}
