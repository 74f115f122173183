// The board: what one thread stores of its turns, the other reads.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { TurnBoard } from "./turn-board.ts";
import type { NotedTurn } from "./turn-note.ts";

/** A board, and the other thread's view of it. */
function twoSides(): { board: TurnBoard; reader: TurnBoard } {
  const board = new TurnBoard();
  return { board, reader: new TurnBoard(board.memory) };
}

describe("a reader of the board", () => {
  test("finds nothing running before the first slice, and after the last", () => {
    const { board, reader } = twoSides();
    expect(reader.read()).toMatchObject({ running: undefined, resumed: [], resumedCount: 0 });
    board.entered(0, "a");
    board.turn(0);
    board.left();
    expect(reader.read()).toMatchObject({ running: undefined, resumed: [], resumedCount: 0 });
  });

  test("finds type, key and method of the turn that is running", () => {
    const { board, reader } = twoSides();
    board.entered(3, "lobby");
    board.turn(5);
    expect(reader.read().running).toEqual({ type: 3, key: "lobby", method: 5 });
  });

  test("finds no method while a slice has begun and its first turn has not", () => {
    const { board, reader } = twoSides();
    board.entered(0, "a");
    board.turn(1);
    board.entered(0, "a");
    expect(reader.read().running).toEqual({ type: 0, key: "a", method: undefined });
  });

  test("finds who was resumed, latest first, whatever slices came between", () => {
    const { board, reader } = twoSides();
    board.entered(0, "a");
    board.turn(0);
    board.resumed(1, "b", 2);
    expect(reader.read().running).toEqual({ type: 0, key: "a", method: 0 });
    board.left();
    board.entered(0, "c");
    board.turn(1);
    board.left();
    board.resumed(3, "d", 4);
    const resumed = [
      { type: 3, key: "d", method: 4 },
      { type: 1, key: "b", method: 2 },
    ];
    expect(reader.read()).toMatchObject({ running: undefined, resumed, resumedCount: 2 });
  });

  test("finds the last 8 of many that were resumed, and how many they are", () => {
    const { board, reader } = twoSides();
    for (let count = 1; count <= 1_001; count++) board.resumed(0, `${count}`, 0);
    const { resumed, resumedCount } = reader.read();
    expect(resumed.map(({ key }) => key)).toEqual(["1001", "1000", "999", "998", "997", "996", "995", "994"]);
    expect(resumedCount).toBe(1_001);
  });

  test("finds nobody any more after a beat: it proves that all went on, and that no slice is running", () => {
    const { board, reader } = twoSides();
    board.resumed(0, "a", 0);
    board.entered(0, "broken off");
    board.beat();
    expect(reader.read()).toMatchObject({ running: undefined, resumed: [], resumedCount: 0 });
    board.resumed(0, "b", 1);
    expect(reader.read()).toMatchObject({ resumed: [{ type: 0, key: "b", method: 1 }], resumedCount: 1 });
  });

  test("counts the beats", () => {
    const { board, reader } = twoSides();
    board.beat();
    board.beat();
    expect(reader.beats).toBe(2);
  });

  test("finds whatever was stored last, in any order of calls", () => {
    const type = fc.nat(9);
    const method = fc.nat(9);
    const key = fc.string({ maxLength: 64 });
    const step = fc.oneof(
      fc.record({ call: fc.constant("entered" as const), type, key }),
      fc.record({ call: fc.constant("turn" as const), method }),
      fc.record({ call: fc.constant("left" as const) }),
      fc.record({ call: fc.constant("resumed" as const), type, key, method }),
      fc.record({ call: fc.constant("beat" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { board, reader } = twoSides();
        let running: NotedTurn | undefined;
        let resumed: NotedTurn[] = [];
        for (const next of steps) {
          if (next.call === "entered") {
            board.entered(next.type, next.key);
            running = { type: next.type, key: next.key, method: undefined };
          } else if (next.call === "turn") {
            if (running === undefined) continue;
            board.turn(next.method);
            running = { ...running, method: next.method };
          } else if (next.call === "resumed") {
            board.resumed(next.type, next.key, next.method);
            resumed = [{ type: next.type, key: next.key, method: next.method }, ...resumed];
          } else {
            board[next.call]();
            running = undefined;
            if (next.call === "beat") resumed = [];
          }
          const { position: _, ...found } = reader.read();
          expect(found).toEqual({ running, resumed: resumed.slice(0, 8), resumedCount: resumed.length });
        }
      }),
      { seed: 8 },
    );
  });
});

describe("the position of the loop", () => {
  test("is another after each slice, turn, resumption and beat, though all else is the same", () => {
    const { board, reader } = twoSides();
    const positions = new Set<string>();
    const look = (): void => void positions.add(reader.read().position);
    for (let slice = 0; slice < 3; slice++) {
      board.entered(0, "a");
      look();
      for (let turn = 0; turn < 2; turn++) {
        board.turn(0);
        look();
      }
      board.left();
      look();
      board.resumed(0, "a", 0);
      look();
      board.beat();
      look();
    }
    expect(positions.size).toBe(18);
  });

  test("stays the same for as long as nothing is stored, and for a turn also where it lets others go on", () => {
    const { board, reader } = twoSides();
    expect(reader.read().position).toBe(reader.read().position);
    board.entered(0, "a");
    board.turn(0);
    const { position } = reader.read();
    board.resumed(0, "b", 0);
    expect(reader.read().position).toBe(position);
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

describe("the time after which the loop is said to be blocked", () => {
  test("is seen by the other side when it is changed, and is no stop", () => {
    const { board, reader } = twoSides();
    board.blockedMs = 86_400_000;
    expect([reader.blockedMs, reader.stopped]).toEqual([86_400_000, false]);
  });
});
