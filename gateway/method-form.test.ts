// Forms from schemas: which fields there are, and which value what is typed into them makes.
import { describe, expect, test } from "bun:test";

import { type Draft, fieldOf, firstDraft, valueOf } from "./pages/manage/actors/schema-field.ts";

const match = {
  type: "object",
  required: ["host", "kind", "moves", "isCrossing"],
  properties: {
    host: { type: "object", required: ["key"], properties: { key: { type: "string" }, rank: { type: "integer" } } },
    kind: {
      anyOf: [
        { const: "hosted", type: "string" },
        { const: "p2p", type: "string" },
      ],
    },
    moves: { type: "array", items: { type: "number" } },
    isCrossing: { type: "boolean" },
    note: { type: "string" },
  },
};

describe("a form made from a schema", () => {
  test("begins with what has to be there, and that is already a value where texts may be empty", () => {
    const field = fieldOf(match);
    expect(valueOf(field, firstDraft(field))).toEqual({
      host: { key: "" },
      kind: "hosted",
      moves: [],
      isCrossing: false,
    });
  });

  test("makes of what is typed what the schema asks for", () => {
    const draft: Draft = {
      host: { key: "ana", rank: "3" },
      kind: "1",
      moves: ["1", "-2.5"],
      isCrossing: true,
      note: "",
    };
    expect(valueOf(fieldOf(match), draft)).toEqual({
      host: { key: "ana", rank: 3 },
      kind: "p2p",
      moves: [1, -2.5],
      isCrossing: true,
      note: "",
    });
  });

  test("starts with the example that the schema gives", () => {
    const field = fieldOf({ type: "integer", examples: [60_000] });
    expect(firstDraft(field)).toBe("60000");
    expect(valueOf(field, firstDraft(field))).toBe(60_000);
  });

  test.each([
    [{ type: "integer" }, "", "it is no integer"],
    [{ type: "integer" }, "1.5", "it is no integer"],
    [{ type: "number" }, "one", "it is no number"],
    [{ type: "number" }, "1e999", "it is no number"],
    [{ type: "null" }, "{", "it is no JSON"],
  ])("refuses for %j the text %j: %s", (schema, text, why) => {
    const field = fieldOf({ type: "object", required: ["it"], properties: { it: schema } });
    expect(() => valueOf(field, { it: text })).toThrow(`Cannot read "input.it": ${why}`);
  });

  test.each([
    [{ type: "string" }, "text"],
    [{ enum: ["a", 1] }, "choice"],
    [{ const: "only" }, "choice"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "json"],
    [{ type: "object" }, "json"],
    [{ type: "object", properties: {}, patternProperties: { "^.*$": {} } }, "json"],
    [{ type: "array" }, "json"],
    [{ $ref: "T0" }, "json"],
    [{}, "json"],
  ])("%j is typed as %s", (schema, kind) => {
    expect(fieldOf(schema).kind).toBe(kind as never);
  });
});
