// Schemas as the document shows them: what a schema calls itself by becomes a component, so that references lead there.

import type { TSchema } from "elysia";

/**
 * The schema, or a reference to where it was put among the components, under names that begin with `prefix`. A schema
 * that holds itself has a name and refers to it by that alone, which in a document would be another page.
 */
export function shownSchema(schema: object, prefix: string, components: Record<string, TSchema>): TSchema {
  const reference = (name: string): string => `#/components/schemas/${prefix}${name}`;

  /** Fields of an object may have these names too: then what they hold is no text but a schema. */
  const shownPart = (name: string, part: unknown): unknown =>
    name === "$ref" && typeof part === "string" ? reference(part) : shown(part);

  function shown(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shown);
    if (typeof value !== "object" || value === null) return value;
    const { $id, $defs } = value as Record<string, unknown>;
    const isNamed = typeof $id === "string";
    const isModule = $defs !== undefined && "$ref" in value;
    if (isModule) shown(Object.values($defs as object));
    const parts = Object.entries(value)
      .filter(([name]) => !(isNamed && name === "$id") && !(isModule && name === "$defs"))
      .map(([name, part]) => [name, shownPart(name, part)]);
    const copy: unknown = Object.fromEntries(parts);
    if (!isNamed) return copy;
    components[prefix + $id] = copy as TSchema;
    return { $ref: reference($id) };
  }

  return shown(schema) as TSchema;
}
