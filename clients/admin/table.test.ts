// Tables: columns as wide as what stands in them, and nothing from elsewhere that moves the cursor.
import { expect, test } from "bun:test";

import { cut, tableLines } from "./table.ts";

test("columns are as wide as their widest cell; numbers stand below one another, and no line ends in blanks", () => {
  const lines = tableLines(
    [{ title: "rank", isNumber: true }, { title: "nome" }, { title: "papel" }],
    [
      ["1", "alfa", "coordenador"],
      ["12", "b", ""],
    ],
  );
  expect(lines).toEqual(["rank  nome  papel", "   1  alfa  coordenador", "  12  b"]);
});

test("a row may have fewer cells than columns", () => {
  expect(tableLines([{ title: "nome" }, { title: "hora" }], [["alfa"]])).toEqual(["nome  hora", "alfa"]);
});

test("wide characters are counted by the columns that they take", () => {
  const lines = tableLines(
    [{ title: "nome" }, { title: "x" }],
    [
      ["日本語", "1"],
      ["a", "2"],
    ],
  );
  expect(lines.slice(1)).toEqual(["日本語  1", "a       2"]);
});

test("a cell that is too long is cut, and says so", () => {
  const [, row] = tableLines([{ title: "n", columnsMax: 5 }], [["abcdefgh"]]);
  expect(row).toBe("abcd…");
  expect(cut("日本語", 4)).toBe("日…");
});

test("what would move the cursor or hide is written out", () => {
  expect(tableLines([{ title: "n" }], [["a\u001b[2Jb\n"]])).toEqual(["n", "a\\u{001b}[2Jb\\u{000a}"]);
});
