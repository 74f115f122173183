// What is frozen of a message, and what is left alone.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { deepFreeze } from "./deep-freeze.ts";
import { readOnly } from "./read-only.ts";

function allFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(allFrozen);
}

describe("a deep freeze", () => {
  test("reaches whatever is JSON, to the last leaf", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        deepFreeze(value);
        expect([allFrozen(value), JSON.stringify(value)]).toEqual([true, before]);
      }),
      { seed: 16, numRuns: 200 },
    );
  });

  test("reaches objects without a prototype", () => {
    const value = Object.assign(Object.create(null) as object, { inner: { list: [1] } });
    deepFreeze(value);
    expect(allFrozen(value)).toBe(true);
  });

  test("ends where values refer to each other", () => {
    const value: { self?: unknown } = {};
    value.self = value;
    deepFreeze(value);
    expect(Object.isFrozen(value)).toBe(true);
  });

  test("ends at a depth that nobody looks into", () => {
    let value = {};
    for (let depth = 0; depth < 100_000; depth++) value = { value };
    expect(() => deepFreeze(value)).not.toThrow();
    expect(Object.isFrozen(value)).toBe(true);
  });

  test("does not look into what is frozen already", () => {
    const inner = { count: 1 };
    deepFreeze(Object.freeze({ inner }));
    expect(Object.isFrozen(inner)).toBe(false);
  });

  test("leaves bytes, maps and objects of a class as they are", () => {
    class Tally {
      count = 0;
    }
    const value = { bytes: new Uint8Array(2), map: new Map<string, number>(), tally: new Tally() };
    deepFreeze(value);
    value.tally.count++;
    value.bytes[0] = 7;
    value.map.set("a", 1);
    expect([value.tally.count, value.bytes[0], value.map.size]).toEqual([1, 7, 1]);
  });

  test("leaves what a read was shown of its state: nobody can change it anyway, but the actor goes on with it", () => {
    const state = { texts: ["first"] };
    deepFreeze({ shown: readOnly(state) });
    state.texts.push("second");
    expect(state.texts).toEqual(["first", "second"]);
  });

  test.each([undefined, null, 7, "text", Symbol("sign"), (): void => undefined])("takes %p", (value) => {
    deepFreeze(value);
    expect(Object.isFrozen(value)).toBe(typeof value !== "function");
  });
});
