// Examples made from schemas: they fit, and an author's own come first.

import { describe, expect, test } from "bun:test";

import { t } from "#runtime/mod.ts";

import { exampleOf } from "./example-of.ts";

describe("an example of a schema", () => {
  test("has what is required, within its bounds", () => {
    const schema = t.Object({
      count: t.Integer({ minimum: 3 }),
      name: t.Optional(t.String()),
      tags: t.Array(t.String()),
    });
    expect(exampleOf(schema)).toEqual({ count: 3, tags: [] });
  });

  test("is the author's own where there is one, however deep", () => {
    const name = t.String({ pattern: "^[a-z]+$", examples: ["ana", "rui"] });
    expect(exampleOf(t.Object({ members: t.Array(name, { minItems: 1 }) }))).toEqual({ members: ["ana"] });
    expect(exampleOf(t.Object({ a: t.Integer() }, { examples: [{ a: 7 }] }))).toEqual({ a: 7 });
  });

  test("leaves the schema as it was", () => {
    const schema = t.Integer({ examples: [7] });
    exampleOf(schema);
    expect(schema).not.toHaveProperty("default");
  });

  test.each([
    ["a pattern alone", t.String({ pattern: "^[a-z]{3}$" })],
    ["an example that does not fit", t.Integer({ examples: ["seven"] })],
    ["nothing that fits", t.Never()],
  ])("is not made of %s", (_, schema) => {
    expect(exampleOf(schema)).toBeUndefined();
  });
});
