// What is said of a value that does not fit its schema, and that a schema is read once.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { SchemaChecks } from "./schema-checks.ts";

const Line = t.Object(
  { text: t.String({ maxLength: 5 }), tags: t.Array(t.Integer()) },
  { additionalProperties: false },
);

describe("a check against a schema", () => {
  test("has nothing to say of what fits", () => {
    expect(new SchemaChecks().problem(Line, { text: "hello", tags: [1, 2] })).toBeUndefined();
  });

  test.each([
    ["a field", { text: 7, tags: [] }, "/text"],
    ["a bound", { text: "longer", tags: [] }, "/text"],
    ["an item", { text: "a", tags: [1, 1.5] }, "/tags/1"],
    ["a field that is missing", { text: "a" }, "/tags"],
    ["a field too many", { text: "a", tags: [], more: 1 }, "/more"],
  ])("says where the first thing stands that does not: %s", (_, value, path) => {
    expect(new SchemaChecks().problem(Line, value)).toStartWith(` at "${path}": `);
  });

  test.each([[undefined], [null], [7], ["text"], [[]]])(
    "says of a value that is something else altogether: %p",
    (value) => {
      expect(new SchemaChecks().problem(Line, value)).toStartWith(' at "/": ');
    },
  );

  test("asks a schema once what it says, however often values are checked", () => {
    const checks = new SchemaChecks();
    let reads = 0;
    const counted = new Proxy(t.String(), {
      get(target, name) {
        reads++;
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(checks.problem(counted, "a")).toBeUndefined();
    const whenCompiled = reads;
    for (let time = 0; time < 100; time++) checks.problem(counted, "b");
    expect(reads).toBe(whenCompiled);
  });

  test("tells two schemas apart that are checked in turn", () => {
    const checks = new SchemaChecks();
    const [text, number] = [t.String(), t.Number()];
    const fits = [text, number, text, number].map((schema) => checks.problem(schema, "a") === undefined);
    expect(fits).toEqual([true, false, true, false]);
  });
});
