// Tables that can be read and pasted.

import { describe, expect, test } from "bun:test";

import { formatCount, renderTable } from "./table.ts";

describe("a table", () => {
  test("aligns text to the left and numbers to the right", () => {
    const table = renderTable([
      ["name", "rate"],
      ["raw", "1 000"],
      ["correio", "900"],
    ]);
    expect(table).toBe("name      rate\n-------  -----\nraw      1 000\ncorreio    900");
  });

  test("groups the digits of a count by three", () => {
    expect([1, 999, 1_000, 1_234_567.8].map(formatCount)).toEqual(["1", "999", "1 000", "1 234 568"]);
  });
});
