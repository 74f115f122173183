// The digits of a number in JSON text: its own, not those of a namesake, and not what a double makes of them.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "#runtime/testing/times-runs.ts";

import { numberAsSent } from "./number-as-sent.ts";

describe("the digits of a number as sent", () => {
  test.each([
    ['{"id":1.50}', "1.50"],
    ['{"id":-0}', "-0"],
    [' { "id" \t:\n 1E+400 \r, "x": [] } ', "1E+400"],
    ['{"x":{},"id":9007199254740993}', "9007199254740993"],
    ['{"i\\u0064":1.5}', "1.5"],
  ])("are found in %s", (text, digits) => {
    expect(numberAsSent(text, "id")).toBe(digits);
  });

  test.each([
    ['{"id":1.5,"data":{"id":2.5}}', "a nested object"],
    ['{"data":[{"id":2.5},["id",2.5]],"id":1.5}', "an array"],
    ['{"id":1.5,"data":"{\\"id\\":2.5}"}', "a text"],
    ['{"data":"id","id":1.5,"x":"id"}', "a value"],
    ['{"x\\\\":"\\\\","id":1.5,"\\"id\\":2.5,":"}"}', "escapes"],
    ['{"id":0.5,"id":1.5}', "an earlier one of the same key"],
    ['{"id":{"id":2.5},"id":"2.5","id":1.5,"idx":3.5}', "earlier ones that are no numbers"],
  ])("are not taken, in %s, from %s", (text) => {
    expect(numberAsSent(text, "id")).toBe("1.5");
  });

  test("are found before and behind half a million brackets", () => {
    const deep = "[".repeat(500_000) + "]".repeat(500_000);
    expect(numberAsSent(`{"id":1.5,"data":${deep}}`, "id")).toBe("1.5");
    expect(numberAsSent(`{"data":${deep},"id":1.5}`, "id")).toBe("1.5");
  });

  test("are those of the key in any object", () => {
    const property = fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.double(),
      fc.nat(4),
      (fields, id, spaces) => {
        fc.pre(Number.isFinite(id));
        const text = JSON.stringify({ ...fields, id, last: fields }, undefined, spaces);
        expect(numberAsSent(text, "id")).toBe(JSON.stringify(id));
      },
    );
    fc.assert(property, { seed: 53, numRuns: timesRuns(500) });
  });
});
