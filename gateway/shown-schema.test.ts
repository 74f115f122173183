// Schemas in the document: as they are, but for the names they call themselves by.

import { describe, expect, test } from "bun:test";

import { t } from "#runtime/mod.ts";

import { shownSchema } from "./shown-schema.ts";

function show(schema: object) {
  const components = {};
  return { shown: shownSchema(schema, "room.post.in.", components), components };
}

describe("a schema in the document", () => {
  test("is as its author wrote it", () => {
    const schema = t.Object({
      name: t.String({ maxLength: 10 }),
      tags: t.Array(t.Union([t.Literal("a"), t.Literal(1)])),
    });
    const { shown, components } = show(schema);
    expect(JSON.stringify(shown)).toBe(JSON.stringify(schema));
    expect(components).toEqual({});
  });

  test("that holds itself becomes a component, and refers to that", () => {
    const Tree = t.Recursive((tree) => t.Object({ children: t.Array(tree) }), { $id: "Tree" });
    const { shown, components } = show(t.Object({ root: Tree }));
    const reference = { $ref: "#/components/schemas/room.post.in.Tree" };
    expect(shown).toMatchObject({ properties: { root: reference } });
    expect(components).toEqual({
      "room.post.in.Tree": {
        type: "object",
        required: ["children"],
        properties: { children: { type: "array", items: reference } },
      },
    });
  });

  test("of a module becomes all that the module has", () => {
    const module = t.Module({ Node: t.Object({ next: t.Array(t.Ref("Node")) }) });
    const { shown, components } = show(module.Import("Node"));
    expect<object>(shown).toEqual({ $ref: "#/components/schemas/room.post.in.Node" });
    expect(Object.keys(components)).toEqual(["room.post.in.Node"]);
  });

  test("may have fields that are called as the names are", () => {
    const schema = t.Object({ $ref: t.String(), $id: t.Object({}) });
    const properties = { $ref: { type: "string" }, $id: { type: "object" } };
    expect(show(schema).shown).toMatchObject({ properties });
  });
});
