// Codes of what is thrown, and of what has none.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { codeOf } from "./code-of.ts";

test("what the system throws has its code", () => {
  try {
    readFileSync("/nowhere/at all");
    expect.unreachable();
  } catch (error) {
    expect(codeOf(error)).toBe("ENOENT");
  }
});

test.each([[new Error("x")], ["x"], [undefined], [null], [{ code: "x" }]])("%p has none", (thrown) => {
  expect(codeOf(thrown)).toBe("");
});
