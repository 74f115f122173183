// The screen, judged by a terminal: what was printed stands above, what is being typed below, and the cursor in it.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { drawingOf, type Size, type TypedLine } from "./input-drawing.ts";
import { paragraphOf, rowsOf } from "./rows.ts";
import { Screen } from "./screen.ts";
import { TestTerminal } from "./test-terminal.ts";

const SIZE: Size = { columns: 20, rows: 10 };
const PROMPT = "lobby> ";
const typing = (text: string, cursor = text.length): TypedLine => ({ prompt: PROMPT, text, cursor });

function terminalWith(size = SIZE) {
  const terminal = new TestTerminal(size);
  return { terminal, screen: new Screen(terminal) };
}

describe("a line being typed", () => {
  test("stands under what is printed meanwhile, and keeps its cursor", () => {
    const { terminal, screen } = terminalWith();
    screen.show(typing("olá", 1));
    screen.print("bea: oi");
    screen.print("bea: tudo bem?");
    expect(terminal.lines).toEqual(["bea: oi", "bea: tudo bem?", "lobby> olá"]);
    expect(terminal.cursor).toEqual({ row: 2, column: PROMPT.length + 1 });
  });

  test("may be longer than the terminal is wide", () => {
    const { terminal, screen } = terminalWith();
    screen.show(typing("uma linha que não cabe numa só"));
    screen.print("bea: oi");
    expect(terminal.lines).toEqual(["bea: oi", "lobby> uma linha que", " não cabe numa só"]);
    expect(terminal.cursor).toEqual({ row: 2, column: 17 });
  });

  test("has its cursor in the next row once a row is full", () => {
    const { terminal, screen } = terminalWith();
    screen.show(typing("1234567890123"));
    expect(terminal.cursor).toEqual({ row: 1, column: 0 });
    screen.show(typing("123456789012"));
    expect(terminal.lines).toEqual(["lobby> 123456789012"]);
    expect(terminal.cursor).toEqual({ row: 0, column: 19 });
  });

  test("has its cursor before a wide character where that one stands", () => {
    const { terminal, screen } = terminalWith();
    screen.show(typing("123456789012日", 12));
    expect(terminal.lines).toEqual(["lobby> 123456789012", "日"]);
    expect(terminal.cursor).toEqual({ row: 1, column: 0 });
  });

  test("shows the rows around its cursor when it has more than the screen", () => {
    const { terminal, screen } = terminalWith({ columns: 20, rows: 4 });
    const text = "x".repeat(200);
    screen.show(typing(text));
    screen.print("bea: oi");
    expect(terminal.lines.slice(0, 2)).toEqual(["bea: oi", "x".repeat(20)]);
    expect(terminal.lines).toHaveLength(4);
    screen.show(typing(text, 0));
    expect(terminal.lines[1]).toStartWith(PROMPT);
    screen.show(typing(""));
    expect(terminal.lines).toEqual(["bea: oi", "lobby>"]);
  });

  test("is whole again after the terminal was made narrower", () => {
    const { terminal, screen } = terminalWith();
    screen.print("bea: oi");
    screen.show(typing("uma linha que não cabe numa só", 20));
    terminal.narrow(12);
    screen.redraw();
    screen.print("bea: oi de novo");
    expect(terminal.lines).toEqual([
      "bea: oi",
      "bea: oi de",
      "    novo",
      "lobby> uma l",
      "inha que não",
      " cabe numa s",
      "ó",
    ]);
  });

  test("leaves nothing behind when the screen is closed", () => {
    const { terminal, screen } = terminalWith();
    screen.print("bea: oi");
    screen.show(typing("uma linha que não cabe numa só", 3));
    screen.close();
    expect(terminal.lines).toEqual(["bea: oi", ""]);
    expect(terminal.cursor).toEqual({ row: 1, column: 0 });
  });

  test("is never garbled, whatever is typed and printed", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab é日本👍語 "), maxLength: 60 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("print" as const), text }),
      fc.record({ kind: fc.constant("type" as const), text, part: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 9, max: 30 }), (steps, columns) => {
        const size = { columns, rows: 50 };
        const { terminal, screen } = terminalWith(size);
        const printed: string[] = [];
        let line = typing("");
        screen.show(line);
        for (const each of steps) {
          if (each.kind === "print") {
            screen.print(each.text);
            printed.push(...paragraphOf(each.text, columns, 4));
          } else {
            line = typing(each.text, boundaryIn(each.text, each.part));
            screen.show(line);
          }
        }
        const { rows, cursorRow, cursorColumn } = drawingOf(line, size);
        expect(terminal.lines).toEqual([...printed, ...rows.map((row) => row.text)].map((row) => row.trimEnd()));
        expect(terminal.cursor).toEqual({ row: printed.length + cursorRow, column: cursorColumn });
      }),
    );
  });
});

test("the drawing has all of prompt and text, and its cursor on the screen", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab日👍"), maxLength: 80 });
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 2, max: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (typed, columns, part) => {
        const line = typing(typed, boundaryIn(typed, part));
        const { rows, cursorRow, cursorColumn } = drawingOf(line, { columns, rows: 1_000 });
        expect(rows.map((row) => row.text).join("")).toBe(PROMPT + typed);
        expect(cursorColumn).toBeLessThan(columns);
        const before = rows
          .slice(0, cursorRow)
          .map((row) => row.text)
          .join("");
        const inRow = rowsOf((PROMPT + typed.slice(0, line.cursor)).slice(before.length), columns)[0]?.columns ?? 0;
        expect(cursorColumn).toBe(inRow);
      },
    ),
  );
});

/** A place between two characters. */
function boundaryIn(text: string, part: number): number {
  const starts = Array.from(new Intl.Segmenter().segment(text), ({ index }) => index).concat(text.length);
  return starts[Math.floor(part * (starts.length - 1))] ?? 0;
}
