// The code of whatever was thrown: of the system (`ENOENT`), of a library, or of our own errors.

/** Empty where it has none. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
