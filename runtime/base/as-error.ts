// Whatever was thrown, as an error.

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`A value that is no error was thrown: ${Bun.inspect(thrown)}`);
}
