// What is kept comes back as it went: whatever JSON would change without a word is refused.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { decode, encode } from "./encoding.ts";

class Tally {
  count = 0;
}

class Stack extends Array<number> {}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

function cyclic(): unknown {
  const value: { list: unknown[] } = { list: [] };
  value.list.push(value, value);
  return value;
}

/** Everything that a handler may put into its state, also what is no JSON. */
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withTypedArray: true,
  withSparseArray: true,
  stringUnit: anyCodePoint,
  maxDepth: 4,
});

function encoded(value: unknown): string {
  const text = encode(value);
  if (typeof text !== "string") throw new Error(text.problem);
  return text;
}

describe("an encoded value", () => {
  test("comes back equal, whatever was accepted", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = encode(value);
        if (typeof text === "string" && value !== undefined) expect(normal(decode(text))).toEqual(normal(value));
      }),
      { seed: 18, numRuns: timesRuns(1_500) },
    );
  });

  test("is whatever is JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(decode(encoded(value))).toEqual(JSON.parse(JSON.stringify(value)) as unknown);
      }),
      { seed: 19, numRuns: 500 },
    );
  });

  test("has every text as it was, also one with half of a surrogate pair", () => {
    const texts = ["", "\0", "\u2028", "\ud83d", "a\udcee", "\u{1F4EE}", '"\\'];
    expect(decode(encoded(texts))).toEqual(texts);
    expect(encoded(texts).isWellFormed()).toBe(true);
  });

  test("has every field as it was, also one with the name of a prototype", () => {
    const value = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as object;
    expect(Object.entries(decode(encoded(value)) as object)).toEqual([
      ["__proto__", { a: 1 }],
      ["constructor", 2],
    ]);
  });

  test("leaves out fields that are undefined", () => {
    expect(encoded({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test("is null where there is nothing at all", () => {
    expect(decode(encoded(undefined))).toBeNull();
  });

  test("has 0 for -0, as JSON has it", () => {
    expect(decode(encoded(-0))).toBe(0);
  });
});

describe("a value that cannot be encoded", () => {
  test.each([
    ["/ is NaN", Number.NaN],
    ["/at/1 is Infinity", { at: [1, Number.POSITIVE_INFINITY] }],
    ["/ is a bigint", 10n],
    ["/run is a function", { run: () => 1 }],
    ["/0 is a symbol", [Symbol("sign")]],
    ["/1 is undefined", [1, undefined]],
    // oxlint-disable-next-line no-sparse-arrays -- what it is about
    ["/list/1 is undefined", { list: [1, , 3] }],
    ["/at is a Date", { at: new Date(0) }],
    ["/ is a Map", new Map()],
    ["/a/b is a Set", { a: { b: new Set() } }],
    ["/bytes is a Uint8Array", { bytes: new Uint8Array(1) }],
    ["/tally is a Tally", { tally: new Tally() }],
    ["/stack is a Stack", { stack: Stack.from([1]) }],
    ["/text is a String", { text: Object("boxed") as unknown }],
    ["/price has a toJSON", { price: { amount: 1, toJSON: undefined } }],
  ] as const)("is named with its place: %s", (problem, value: unknown) => {
    expect(encode(value)).toEqual({ problem });
  });

  test("is one that cannot even be looked at", () => {
    const trap = {
      get x(): number {
        throw new Error("broke");
      },
    };
    expect(encode(trap)).toEqual({ problem: "it cannot be looked at" });
  });

  test("is one that refers to itself", () => {
    expect(encode(cyclic())).toEqual({ problem: expect.stringContaining("is nested more than 200 deep") });
  });

  test("is one that is nested deeper than its bound, and not one level earlier", () => {
    expect(decode(encoded(nested(200)))).toEqual(nested(200));
    expect(encode(nested(201))).toMatchObject({ problem: expect.stringContaining("nested more than 200 deep") });
  });
});

/** As values are compared: fields that are undefined are not there, and -0 is 0. */
function normal(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return fields.map(([name, item]) => [name, normal(item)]);
}
