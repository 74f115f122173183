// How the line being typed stands on the screen: its rows, its cursor, and what to write to draw and to erase it.
import { columnsOf, graphemesOf, type Row, rowsOf } from "./rows.ts";

export interface TypedLine {
  readonly prompt: string;
  readonly text: string;
  /** In UTF-16 code units of `text`. */
  readonly cursor: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where everything stands, once it is drawn. */
export interface Drawing {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

const COLUMNS_MIN = 2;

/** Rows of prompt and text. Of more than the screen has, those around the cursor. */
export function drawingOf({ prompt, text, cursor }: TypedLine, size: Size): Drawing {
  const columns = Math.max(COLUMNS_MIN, size.columns);
  const rows = [...rowsOf(prompt + text, columns)];
  const before = rowsOf(prompt + text.slice(0, cursor), columns);
  let cursorRow = before.length - 1;
  let cursorColumn = before[cursorRow]?.columns ?? 0;
  // Behind a full row, or where what follows is too wide for the rest of it, the cursor is in the next one.
  const next = columnsOf(graphemesOf(text.slice(cursor))[0] ?? " ");
  if (cursorColumn + next > columns) [cursorRow, cursorColumn] = [cursorRow + 1, 0];
  if (cursorRow === rows.length) rows.push({ text: "", columns: 0 });
  const shownMax = Math.max(1, size.rows - 1);
  const first = Math.max(0, Math.min(cursorRow - Math.floor(shownMax / 2), rows.length - shownMax));
  return { rows: rows.slice(first, first + shownMax), cursorRow: cursorRow - first, cursorColumn };
}

/** From the beginning of an empty row. Rows end with line breaks of our own: no terminal has to wrap anything. */
export function drawn({ rows, cursorRow, cursorColumn }: Drawing): string {
  const up = rows.length - 1 - cursorRow;
  const text = rows.map((row) => row.text).join("\r\n");
  return text + (up > 0 ? `\u001b[${up}A` : "") + "\r" + (cursorColumn > 0 ? `\u001b[${cursorColumn}C` : "");
}

/** Back to the beginning of its first row, with nothing behind it. A terminal made narrower has broken rows in two. */
export function erased({ rows, cursorRow, cursorColumn }: Drawing, columnsNow: number): string {
  const columns = Math.max(COLUMNS_MIN, columnsNow);
  const above = rows.slice(0, cursorRow).map((row) => Math.max(1, Math.ceil(row.columns / columns)));
  const up = above.reduce((sum, count) => sum + count, 0) + Math.floor(cursorColumn / columns);
  return `${up > 0 ? `\u001b[${up}A` : ""}\r\u001b[J`;
}
