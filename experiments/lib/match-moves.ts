// Whole games of tic-tac-toe, move by move, that end as they are known to: by a line or with a full board.

export interface ScriptedGame {
  /** Squares from 0 to 8, row by row; the host has the first move. */
  readonly squares: readonly number[];
  readonly winner: "host" | "guest" | "nobody";
}

const COLUMNS = 3;

export const SCRIPTED_GAMES: readonly ScriptedGame[] = [
  { squares: [0, 1, 2, 4, 3, 5, 7, 6, 8], winner: "nobody" },
  { squares: [0, 3, 1, 4, 2], winner: "host" },
  { squares: [0, 3, 1, 4, 8, 5], winner: "guest" },
  { squares: [0, 1, 3, 4, 7, 8, 6], winner: "host" },
];

/** "ROW;COLUMN", from 1, as the protocol writes a square. */
export function squareText(square: number): string {
  return `${Math.floor(square / COLUMNS) + 1};${(square % COLUMNS) + 1}`;
}
