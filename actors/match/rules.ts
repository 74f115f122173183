// Tic-tac-toe: which moves may be made, and how a game stands. A game is the list of its moves, and the host begins.

export type Side = "host" | "guest";

export type Standing =
  | { readonly kind: "open"; readonly next: Side }
  | { readonly kind: "won"; readonly by: Side }
  | { readonly kind: "drawn" };

const SIDE_LENGTH = 3;
const CELL_COUNT = SIDE_LENGTH * SIDE_LENGTH;

/** Sets of cells: the bit of value 2ⁿ stands for cell n. */
const LINES: readonly number[] = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
].map((cells) => cells.reduce((line, cell) => line | (1 << cell), 0));

/** 0 to 8, row by row, of a row and a column from 1 to 3. Undefined for anything else. */
export function cellAt(row: number, column: number): number | undefined {
  return isCoordinate(row) && isCoordinate(column) ? (row - 1) * SIDE_LENGTH + column - 1 : undefined;
}

/** The opposite of `cellAt`. */
export function placeOf(cell: number): { readonly row: number; readonly column: number } {
  return { row: Math.floor(cell / SIDE_LENGTH) + 1, column: (cell % SIDE_LENGTH) + 1 };
}

/** Nine characters, row by row: `O` is the host's, `X` the guest's, `.` nobody's. */
export function boardOf(moves: readonly number[]): string {
  const board = Array.from({ length: CELL_COUNT }, () => ".");
  moves.forEach((cell, index) => (board[cell] = moverOf(index) === "host" ? "O" : "X"));
  return board.join("");
}

export function standingOf(moves: readonly number[]): Standing {
  if (hasLine(cellsOf(moves, 0))) return { kind: "won", by: "host" };
  if (hasLine(cellsOf(moves, 1))) return { kind: "won", by: "guest" };
  return moves.length < CELL_COUNT ? { kind: "open", next: moverOf(moves.length) } : { kind: "drawn" };
}

/** Why this side may not take this cell now, 0 to 8; the first that holds, in the order of the type. */
export function moveProblem(
  moves: readonly number[],
  side: Side,
  cell: number,
): "ended" | "not_your_turn" | "occupied" | undefined {
  const standing = standingOf(moves);
  if (standing.kind !== "open") return "ended";
  if (standing.next !== side) return "not_your_turn";
  return moves.includes(cell) ? "occupied" : undefined;
}

/** Those of every other move, from the one of this index on. */
function cellsOf(moves: readonly number[], firstIndex: 0 | 1): number {
  let cells = 0;
  for (let index = firstIndex; index < moves.length; index += 2) cells |= 1 << (moves[index] as number);
  return cells;
}

function hasLine(cells: number): boolean {
  return LINES.some((line) => (cells & line) === line);
}

/** Whose move is the one of this index. */
export function moverOf(index: number): Side {
  return index % 2 === 0 ? "host" : "guest";
}

function isCoordinate(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= SIDE_LENGTH;
}
