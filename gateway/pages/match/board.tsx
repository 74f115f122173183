// The board: nine labelled squares, by mouse, touch or arrow keys.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import { type SeenMatch, winningCells } from "./seen-match.ts";
import { columnOf, rowOf } from "./server-message.ts";

export interface BoardParts {
  readonly match: SeenMatch;
  /** It is our turn. */
  readonly mayPlay: boolean;
  /** Where our move is on its way. */
  readonly movingTo: number | undefined;
  readonly play: (cell: number) => void;
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const THREE = [0, 1, 2] as const;
const MIDDLE = 4;

export function Board({ match, mayPlay, movingTo, play }: BoardParts) {
  /** The only square that Tab comes to. */
  const current = useSignal(MIDDLE);
  const grid = useRef<HTMLDivElement>(null);
  const winning = match.result?.reason === "line" ? winningCells(match) : [];
  const go = (event: KeyboardEvent): void => {
    const [rows, columns] = STEPS[event.key] ?? [0, 0];
    if (rows === 0 && columns === 0) return;
    event.preventDefault();
    const [row, column] = [Math.floor(current.value / 3) + rows, (current.value % 3) + columns];
    if (row < 0 || row > 2 || column < 0 || column > 2) return;
    current.value = 3 * row + column;
    grid.current?.querySelector<HTMLElement>(`[data-cell="${current.value}"]`)?.focus();
  };
  const square = (cell: number) => {
    const mark = match.board[cell] ?? ".";
    const isFree = mark === ".";
    const classes = ["square", mark === "X" ? "x" : "o", winning.includes(cell) ? "winning" : ""].join(" ");
    return (
      <button
        key={cell}
        type="button"
        role="gridcell"
        class={classes}
        data-cell={cell}
        tabIndex={cell === current.value ? 0 : -1}
        aria-label={`linha ${rowOf(cell)}, coluna ${columnOf(cell)}: ${isFree ? "vazia" : mark}`}
        aria-disabled={!(mayPlay && isFree)}
        aria-busy={cell === movingTo}
        onFocus={() => (current.value = cell)}
        onClick={() => play(cell)}
      >
        <span aria-hidden="true">{isFree ? (cell === movingTo ? "…" : "") : mark}</span>
      </button>
    );
  };
  return (
    <div
      class={mayPlay ? "board ours" : "board"}
      ref={grid}
      role="grid"
      aria-label={`Tabuleiro de ${match.host} contra ${match.guest}`}
      onKeyDown={go}
    >
      {THREE.map((row) => (
        <div key={row} class="board-row" role="row">
          {THREE.map((column) => square(3 * row + column))}
        </div>
      ))}
    </div>
  );
}
