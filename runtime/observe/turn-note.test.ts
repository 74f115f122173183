// The note of one turn: what is kept of its key, and what is left of the note before it.
import { describe, expect, test } from "bun:test";

import { noteBytes, TurnNote } from "./turn-note.ts";

const fox = "🦊";

function emptyNote(): TurnNote {
  return new TurnNote(new SharedArrayBuffer(noteBytes), 0);
}

function keyAsRead(key: string): string | undefined {
  const note = emptyNote();
  note.store(0, key, 0);
  return note.load()?.key;
}

describe("a note", () => {
  test("is there from when it is stored until it is cleared", () => {
    const note = emptyNote();
    expect(note.load()).toBeUndefined();
    note.store(0, "a", 0);
    expect(note.load()).toEqual({ type: 0, key: "a", method: 0 });
    note.clear();
    expect(note.load()).toBeUndefined();
  });

  test("gets its method later, and none from the note before it", () => {
    const note = emptyNote();
    note.store(0, "a", 7);
    note.store(1, "a", undefined);
    expect(note.load()).toEqual({ type: 1, key: "a", method: undefined });
    note.storeMethod(0);
    expect(note.load()).toEqual({ type: 1, key: "a", method: 0 });
  });
});

describe("its key", () => {
  test("is whole up to 64 UTF-16 units, the empty one too", () => {
    for (const key of ["", "a", "x".repeat(64), fox.repeat(32), "sala/são-paulo €", "\0/\ud800"]) {
      expect(keyAsRead(key)).toBe(key);
    }
    const units = String.fromCharCode(...Array.from({ length: 64 }, (_, index) => 0xd7e0 + index));
    for (let length = 0; length <= 64; length++) expect(keyAsRead(units.slice(0, length))).toBe(units.slice(0, length));
  });

  test("is cut one unit later, and says so", () => {
    expect(keyAsRead("x".repeat(65))).toBe(`${"x".repeat(64)}…`);
    expect(keyAsRead("ã".repeat(512))).toBe(`${"ã".repeat(64)}…`);
  });

  test("is not cut through the middle of a character", () => {
    expect(keyAsRead(`${"x".repeat(63)}${fox}y`)).toBe(`${"x".repeat(63)}…`);
    expect(keyAsRead(`${"x".repeat(62)}${fox}y`)).toBe(`${"x".repeat(62)}${fox}…`);
  });

  test("has nothing of a longer one before it", () => {
    const note = emptyNote();
    note.store(0, "x".repeat(200), 0);
    note.store(0, "ab", 0);
    expect(note.load()?.key).toBe("ab");
  });
});
