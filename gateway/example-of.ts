// Examples for the document, made from the schemas themselves: an author's own where there is one.

import { Value } from "@sinclair/typebox/value";
import type { TSchema } from "elysia";

/** Fits the schema. Undefined where none can be told from it, as from a pattern without an example. */
export function exampleOf(schema: TSchema): unknown {
  try {
    const example: unknown = Value.Create(preferringExamples(schema) as TSchema);
    return Value.Check(schema, example) ? example : undefined;
  } catch {
    // No example is no fault: the page shows the schema.
    return undefined;
  }
}

/** What is made of a schema is its default, so here its first example is. */
function preferringExamples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(preferringExamples);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const [name, part] of Object.entries(value)) copy[name] = preferringExamples(part);
  const { examples } = copy;
  if (Array.isArray(examples) && examples.length > 0) copy["default"] = examples[0];
  return copy;
}
