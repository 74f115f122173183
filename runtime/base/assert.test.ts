// What a failed check does.
import { describe, expect, test } from "bun:test";

import { assert, unreachable } from "./assert.ts";

describe("assert", () => {
  test("throws what was expected when the condition does not hold", () => {
    expect(() => assert(false, "a queue is never negative")).toThrow("Assertion failed: a queue is never negative");
  });

  test("says nothing when the condition holds", () => {
    expect(() => assert(1, "never seen")).not.toThrow();
  });

  test("teaches the compiler what holds after it", () => {
    const value: string | undefined = ["text"][0];
    assert(value !== undefined, "there is one");
    expect(value.length).toBe(4);
  });
});

function check(value: "first" | "second"): string {
  switch (value) {
    case "first":
      return value;
    default:
      // @ts-expect-error -- "second" has no case
      return unreachable(value);
  }
}

describe("unreachable", () => {
  test("names the value that no case expected", () => {
    expect(() => unreachable("third" as never)).toThrow("unexpected third");
  });

  test("is refused by the compiler while a case is missing", () => {
    expect(check("first")).toBe("first");
  });
});
