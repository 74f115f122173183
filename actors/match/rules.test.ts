// Tic-tac-toe, where it is small enough: all games that there are.
import { describe, expect, test } from "bun:test";

import { boardOf, cellAt, moveProblem, placeOf, type Side, standingOf } from "./rules.ts";

const CELLS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** The host takes the first row. */
const HOST_WINS = [0, 3, 1, 4, 2];

describe("a cell", () => {
  test("is named by its row and its column, row by row", () => {
    expect([cellAt(1, 1), cellAt(1, 3), cellAt(2, 1), cellAt(3, 3)]).toEqual([0, 2, 3, 8]);
    for (const cell of CELLS) expect(cellAt(placeOf(cell).row, placeOf(cell).column)).toBe(cell);
  });

  test.each([0, 4, -1, 1.5, Number.NaN, Infinity])("has no row and no column %p", (number) => {
    expect(cellAt(number, 1)).toBeUndefined();
    expect(cellAt(1, number)).toBeUndefined();
  });
});

describe("a game", () => {
  test("is begun by the host", () => {
    expect(standingOf([])).toEqual({ kind: "open", next: "host" });
    expect(standingOf([4])).toEqual({ kind: "open", next: "guest" });
  });

  test("is shown with the guest's X and the host's O, row by row", () => {
    expect(boardOf([])).toBe(".........");
    expect(boardOf([4, 0, 8])).toBe("X...O...O");
  });

  test("that is over takes no move, whoever makes it and wherever", () => {
    expect(standingOf(HOST_WINS)).toEqual({ kind: "won", by: "host" });
    for (const side of ["host", "guest"] as const) {
      for (const cell of CELLS) expect(moveProblem(HOST_WINS, side, cell)).toBe("ended");
    }
  });

  test("takes no move of the other side, and says so rather than that the cell is taken", () => {
    expect(moveProblem([4], "host", 0)).toBe("not_your_turn");
    expect(moveProblem([4], "host", 4)).toBe("not_your_turn");
  });

  test("takes no move to a cell that is taken", () => {
    expect(moveProblem([4], "guest", 4)).toBe("occupied");
    expect(moveProblem([4], "guest", 0)).toBeUndefined();
  });
});

test("of all games as many end in each way, and after as many moves, as is known of tic-tac-toe", () => {
  const tally = { host: 0, guest: 0, drawn: 0, wonAfter: {} as Record<number, number>, movesAfterEnd: 0 };
  const moves: number[] = [];
  const play = (): void => {
    const standing = standingOf(moves);
    if (standing.kind === "open") {
      playOn(standing.next);
      return;
    }
    tally[standing.kind === "won" ? standing.by : "drawn"]++;
    if (standing.kind === "won") tally.wonAfter[moves.length] = (tally.wonAfter[moves.length] ?? 0) + 1;
    for (const cell of CELLS) {
      if (moves.includes(cell)) continue;
      if (moveProblem(moves, "host", cell) !== "ended") tally.movesAfterEnd++;
      if (moveProblem(moves, "guest", cell) !== "ended") tally.movesAfterEnd++;
    }
  };
  const playOn = (side: Side): void => {
    for (const cell of CELLS) {
      if (moveProblem(moves, side, cell) !== undefined) continue;
      moves.push(cell);
      play();
      moves.pop();
    }
  };
  play();
  expect(tally.host + tally.guest + tally.drawn).toBe(255_168);
  expect(tally).toEqual({
    host: 131_184,
    guest: 77_904,
    drawn: 46_080,
    wonAfter: { 5: 1_440, 6: 5_328, 7: 47_952, 8: 72_576, 9: 81_792 },
    movesAfterEnd: 0,
  });
});
