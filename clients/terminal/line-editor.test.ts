// Keys into a line: what a person expects of each.
import { describe, expect, test } from "bun:test";

import { type Key, LineEditor, TYPED_HISTORY_MAX, TYPED_LENGTH_MAX } from "./line-editor.ts";

/** Types text as it is, and keys by their names: `left`, `ctrl-w`, `meta-b`. */
function edit(editor: LineEditor, ...keys: readonly string[]): LineEditor {
  for (const key of keys) press(editor, key);
  return editor;
}

function press(editor: LineEditor, name: string) {
  if (!/^(?:(?:ctrl|meta)-.+|left|right|home|end|up|down|return|delete|backspace|paste-\w+|tab)$/.test(name)) {
    for (const character of name) editor.press(character, { name: character });
    return undefined;
  }
  const [, modifier, base = ""] = /^(?:(ctrl|meta)-)?(.+)$/.exec(name) ?? [];
  const key: Key = { name: base, ctrl: modifier === "ctrl", meta: modifier === "meta" };
  return editor.press(modifier === undefined ? undefined : base, key);
}

const typed = (...keys: readonly string[]) => edit(new LineEditor(), ...keys);

describe("a line", () => {
  test.each([
    [["olá"], "olá", 3],
    [["abc", "left", "left", "X"], "aXbc", 2],
    [["abc", "home", "X", "end", "Y"], "XabcY", 5],
    [["abc", "left", "backspace"], "ac", 1],
    [["abc", "home", "delete"], "bc", 0],
    [["abc", "home", "left", "backspace"], "abc", 0],
    [["abc", "right", "delete"], "abc", 3],
    [["um dois três", "ctrl-left", "ctrl-left", "X"], "um Xdois três", 4],
    [["um dois", "home", "ctrl-right", "X"], "umX dois", 3],
    [["um dois ", "ctrl-w"], "um ", 3],
    [["um dois", "meta-b", "meta-d"], "um ", 3],
    [["um dois", "ctrl-left", "ctrl-u"], "dois", 0],
    [["um dois", "ctrl-left", "ctrl-k"], "um ", 3],
    [["abc", "ctrl-a", "ctrl-f", "ctrl-d"], "ac", 1],
    [["abc", "ctrl-x", "meta-z"], "abc", 3],
  ])("after %j", (keys, text, cursor) => {
    const editor = typed(...keys);
    expect([editor.text, editor.cursor]).toEqual([text, cursor]);
  });

  test("is edited by what a person takes for characters", () => {
    const editor = typed("a👍🏽e\u0301", "left", "left", "X");
    expect(editor.text).toBe("aX👍🏽e\u0301");
    expect(edit(editor, "end", "backspace", "backspace").text).toBe("aX");
  });

  test("takes no control characters, and a pasted newline as a blank", () => {
    const editor = typed("paste-start", "um");
    editor.press("\r", { name: "return" });
    editor.press("\u001b", { name: "escape" });
    edit(editor, "dois", "paste-end");
    expect(editor.text).toBe("um dois");
  });

  test("has a length that a paste cannot exceed", () => {
    const editor = typed("x".repeat(TYPED_LENGTH_MAX));
    expect(edit(editor, "x").text).toHaveLength(TYPED_LENGTH_MAX);
  });
});

describe("the keys that are more than editing", () => {
  test("return hands the line over and begins a new one", () => {
    const editor = typed("oi");
    expect(press(editor, "return")).toEqual({ kind: "submitted", text: "oi", kept: "oi" });
    expect(editor.text).toBe("");
  });

  test("Ctrl-C interrupts, Ctrl-D ends where nothing is typed, Ctrl-L draws anew", () => {
    const editor = new LineEditor();
    expect(press(editor, "ctrl-c")).toEqual({ kind: "interrupted" });
    expect(press(editor, "ctrl-d")).toEqual({ kind: "ended" });
    expect(press(editor, "ctrl-l")).toEqual({ kind: "redraw" });
    expect(press(edit(editor, "x", "home"), "ctrl-d")).toEqual({ kind: "edited" });
  });
});

describe("history", () => {
  test("is walked up and down, and a repeated line stands there once", () => {
    const editor = typed("um", "return", "dois", "return", "dois", "return");
    expect(edit(editor, "up").text).toBe("dois");
    expect(edit(editor, "up", "up").text).toBe("um");
    expect(edit(editor, "down", "down").text).toBe("");
  });

  test("keeps no secret", () => {
    const editor = typed("senha");
    editor.press(undefined, { name: "return" }, true);
    expect(edit(editor, "up").text).toBe("");
  });

  test("keeps of a line what may be kept of it", () => {
    const editor = edit(new LineEditor((line) => line.replace("segredo", "").trim()), "login caio segredo");
    expect(press(editor, "return")).toEqual({ kind: "submitted", text: "login caio segredo", kept: "login caio" });
    edit(editor, "segredo", "return");
    expect(edit(editor, "up").text).toBe("login caio");
  });

  test("keeps so many lines and no more", () => {
    const editor = new LineEditor();
    for (let index = 0; index <= TYPED_HISTORY_MAX; index++) edit(editor, `line ${index}`, "return");
    for (let index = 0; index <= TYPED_HISTORY_MAX; index++) edit(editor, "up");
    expect(editor.text).toBe("line 1");
  });
});
