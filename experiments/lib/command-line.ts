// What the command lines of the experiments share: numbers that are checked, and a wrong one that is said plainly.

/** A whole number from 1; throws a `TypeError` for anything else. */
export function parsePositive(word: string | number): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`Cannot read "${word}": it is not a whole number from 1`);
}

/** Exit code 2 and one line for a wrong argument; any other failure is shown whole, with exit code 1. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof TypeError) {
      console.error(`${error.message}\nSee --help`);
      process.exitCode = 2;
    } else {
      console.error(error);
      process.exitCode = 1;
    }
  }
}
