// Values as they are kept and as they cross a process: JSON, and nothing that JSON would change without a word.
import type { Encoded } from "./stored.ts";

/** Deeper values are refused: whoever reads them back must not run out of stack. */
const DEPTH_MAX = 200;

/**
 * The value as JSON text, or why it cannot be: then nothing of it was kept. `undefined` properties are left out,
 * `undefined` itself is null, and -0 is 0. What an array has beside its items is not looked at, nor are symbols.
 */
export function encode(value: unknown): Encoded | { readonly problem: string } {
  try {
    const problem = jsonProblem(value, "", 0);
    return problem === undefined ? (JSON.stringify(value) ?? "null") : { problem };
  } catch {
    // A getter may throw, and so may a text that is longer than any can be.
    return { problem: "it cannot be looked at" };
  }
}

/** As `encode`, for what is read back as it was put: `undefined` would come back as null. */
export function encodeDefined(value: unknown): ReturnType<typeof encode> {
  return value === undefined ? { problem: "/ is undefined" } : encode(value);
}

export function decode(encoded: Encoded): unknown {
  return JSON.parse(encoded);
}

/** Where the first value stands that would not come back as it went, and what it is. */
function jsonProblem(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `${path || "/"} is ${value}`;
    case "object":
      return value === null ? undefined : objectProblem(value, path, depth);
    default:
      return `${path || "/"} is a ${typeof value}`;
  }
}

function objectProblem(value: object, path: string, depth: number): string | undefined {
  if (depth >= DEPTH_MAX) return `${path.slice(0, 100)} is nested more than ${DEPTH_MAX} deep`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (item === undefined) return `${path}/${index} is undefined`;
      const problem = isSimple(item) ? undefined : jsonProblem(item, `${path}/${index}`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (prototype !== Object.prototype && prototype !== null) return `${path || "/"} is a ${value.constructor?.name}`;
  for (const name in value) {
    const item = (value as Record<string, unknown>)[name];
    const problem = isSimple(item) ? undefined : jsonProblem(item, `${path}/${name}`, depth + 1);
    if (problem !== undefined) return problem;
  }
  return "toJSON" in value ? `${path || "/"} has a toJSON` : undefined;
}

function isSimple(value: unknown): boolean {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}
