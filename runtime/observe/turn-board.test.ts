// The board: what one thread stores of its turns, the other reads.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { type RunningTurn, TurnBoard } from "./turn-board.ts";

const fox = "🦊";

/** A board, and the other thread's view of it. */
function twoSides(): { board: TurnBoard; reader: TurnBoard } {
  const board = new TurnBoard();
  return { board, reader: new TurnBoard(board.memory) };
}

function keyAsRead(key: string): string | undefined {
  const { board, reader } = twoSides();
  board.entered(0, key);
  return reader.running()?.key;
}

describe("a reader of the board", () => {
  test("finds nothing running before the first slice, and after the last", () => {
    const { board, reader } = twoSides();
    expect(reader.running()).toBeUndefined();
    board.entered(0, "a");
    board.turn(0);
    board.left();
    expect(reader.running()).toBeUndefined();
  });

  test("finds type, key and method of the turn that is running", () => {
    const { board, reader } = twoSides();
    board.entered(3, "lobby");
    board.turn(5);
    expect(reader.running()).toMatchObject({ type: 3, key: "lobby", method: 5 });
  });

  test("finds no method while a slice has begun and its first turn has not", () => {
    const { board, reader } = twoSides();
    board.entered(0, "a");
    board.turn(1);
    board.entered(0, "a");
    expect(reader.running()).toMatchObject({ key: "a", method: undefined });
  });

  test("finds another sequence for every slice and every turn, though all else is the same", () => {
    const { board, reader } = twoSides();
    const sequences = new Set<number | undefined>();
    for (let slice = 0; slice < 3; slice++) {
      board.entered(0, "a");
      sequences.add(reader.running()?.sequence);
      for (let turn = 0; turn < 2; turn++) {
        board.turn(0);
        sequences.add(reader.running()?.sequence);
      }
      board.left();
    }
    expect(sequences.size).toBe(9);
  });

  test("finds whatever was stored last, in any order of calls", () => {
    const step = fc.oneof(
      fc.record({ call: fc.constant("entered" as const), type: fc.nat(9), key: fc.string({ maxLength: 64 }) }),
      fc.record({ call: fc.constant("turn" as const), method: fc.nat(9) }),
      fc.record({ call: fc.constant("left" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { board, reader } = twoSides();
        let expected: Omit<RunningTurn, "sequence"> | undefined;
        for (const next of steps) {
          if (next.call === "entered") {
            board.entered(next.type, next.key);
            expected = { type: next.type, key: next.key, method: undefined };
          } else if (next.call === "left") {
            board.left();
            expected = undefined;
          } else if (expected !== undefined) {
            board.turn(next.method);
            expected = { ...expected, method: next.method };
          }
          const found = reader.running();
          expect(found).toEqual(expected === undefined ? undefined : { ...expected, sequence: expect.any(Number) });
        }
      }),
      { seed: 8 },
    );
  });
});

describe("a key on the board", () => {
  test("is whole up to 64 UTF-16 units, the empty one too", () => {
    for (const key of ["", "a", "x".repeat(64), fox.repeat(32), "sala/são-paulo €", "\0/\ud800"]) {
      expect(keyAsRead(key)).toBe(key);
    }
  });

  test("is cut one unit later, and says so", () => {
    expect(keyAsRead("x".repeat(65))).toBe(`${"x".repeat(64)}…`);
    expect(keyAsRead("ã".repeat(512))).toBe(`${"ã".repeat(64)}…`);
  });

  test("is not cut through the middle of a character", () => {
    expect(keyAsRead(`${"x".repeat(63)}${fox}y`)).toBe(`${"x".repeat(63)}…`);
    expect(keyAsRead(`${"x".repeat(62)}${fox}y`)).toBe(`${"x".repeat(62)}${fox}…`);
  });

  test("leaves nothing of a longer one before it", () => {
    const { board, reader } = twoSides();
    board.entered(0, "x".repeat(200));
    board.entered(0, "ab");
    expect(reader.running()?.key).toBe("ab");
  });
});

describe("a stop", () => {
  test("is seen by the other side, and ends its waiting", () => {
    const { board, reader } = twoSides();
    expect(reader.stopped).toBe(false);
    expect(reader.waitForStop(0)).toBe(false);
    board.stop();
    expect(reader.stopped).toBe(true);
    expect(reader.waitForStop(60_000)).toBe(true);
  });
});
