// Checks for bugs: a failed assertion means that the program, not its input, is wrong.

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}

/** Ends a `switch` over a closed union; the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Assertion failed: unexpected ${String(value)}`);
}
