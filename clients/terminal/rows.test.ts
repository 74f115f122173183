// Rows of text: as wide as the terminal and no wider.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { columnsOf, graphemesOf, paragraphOf, rowsOf } from "./rows.ts";

const texts = (text: string, columns: number) => rowsOf(text, columns).map((row) => row.text);

describe("rows", () => {
  test("are full, and the last has the rest", () => {
    expect(texts("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
    expect(texts("abc", 3)).toEqual(["abc"]);
    expect(texts("", 3)).toEqual([""]);
  });

  test("end one column early rather than cut a wide character", () => {
    expect(texts("ab日本", 3)).toEqual(["ab", "日", "本"]);
    expect(rowsOf("日本語", 4)).toEqual([
      { text: "日本", columns: 4 },
      { text: "語", columns: 2 },
    ]);
  });

  test("keep together what is one character to a person", () => {
    expect(texts("e\u0301e\u0301e\u0301", 2)).toEqual(["e\u0301e\u0301", "e\u0301"]);
    expect(texts("👍🏽👍🏽", 2)).toEqual(["👍🏽", "👍🏽"]);
  });

  test("are never too wide, unless one character alone is, and lose nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 20 }), (text, columns) => {
        const rows = rowsOf(text, columns);
        expect(rows.map((row) => row.text).join("")).toBe(text);
        const tooWide = rows.filter((row) => row.columns > columns).map((row) => graphemesOf(row.text));
        expect(tooWide.filter((characters) => characters.length > 1)).toEqual([]);
      }),
    );
  });
});

describe("a paragraph", () => {
  test("is broken between words, and indented after its first row", () => {
    expect(paragraphOf("uma frase que não cabe", 12, 4)).toEqual(["uma frase", "    que não", "    cabe"]);
  });

  test("breaks a word that is longer than a row", () => {
    expect(paragraphOf("abcdefghijkl", 8, 2)).toEqual(["abcdefgh", "  ijkl"]);
  });

  test("has no row that looks like a line of somebody else, however it was padded", () => {
    const rows = paragraphOf(`12:00:00 lobby 1 ana: oi${" ".repeat(16)}12:00:01 lobby 2 bea: mentira`, 40, 4);
    for (const row of rows.slice(1)) expect(row).toStartWith("    ");
  });

  test("leaves room for a terminal that does not join emoji, and would break the row itself", () => {
    const [family, hand] = ["👩\u200d👩\u200d👧", "👍🏽"];
    expect(paragraphOf(family.repeat(3), 12, 4)).toEqual([family.repeat(2), `    ${family}`]);
    expect(paragraphOf(hand.repeat(4), 12, 4)).toEqual([hand.repeat(3), `    ${hand}`]);
  });

  test("fits, and keeps every word", () => {
    const words = fc.array(fc.stringMatching(/^[a-z日👍]{1,30}$/u), { maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 40 }), (list, columns) => {
        const rows = paragraphOf(list.join(" "), columns, 4);
        for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
        expect(rows.join("").replaceAll(" ", "")).toBe(list.join(""));
      }),
    );
  });
});
