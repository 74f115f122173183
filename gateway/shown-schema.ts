// Schemas as the document shows them: what a schema calls itself by becomes a component, so that references lead there.

import type { TSchema } from "elysia";

/**
 * The schema, or a reference to where it was put among the components, under names that begin with `prefix`. A schema
 * that holds itself has a name and refers to it by that alone, which in a document would be another page.
 */
export function shownSchema(schema: object, prefix: string, components: Record<string, TSchema>): TSchema {
  return shown(schema) as TSchema;

  function shown(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== "object" || value === null) return value;
    const { $id, $defs, ...rest } = value as Record<string, unknown>;
    shown(Object.values($defs ?? {}));
    const parts = Object.entries(rest).map(([name, part]) => [name, name === "$ref" ? reference(part) : shown(part)]);
    const copy: unknown = Object.fromEntries(parts);
    if (typeof $id !== "string") return copy;
    components[prefix + $id] = copy as TSchema;
    return { $ref: reference($id) };
  }

  function reference(name: unknown): unknown {
    return typeof name === "string" ? `#/components/schemas/${prefix}${name}` : shown(name);
  }
}
