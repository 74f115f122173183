// Tables for a terminal: each column as wide as what stands in it, one line for each row.
import { columnsOf, rowsOf } from "../terminal/rows.ts";
import { safeText } from "../terminal/safe-text.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand below one another. */
  readonly isNumber?: boolean;
  /** What is longer is cut off. */
  readonly columnsMax?: number;
}

/** Its first line has the titles. What comes from elsewhere may stand in it as it is. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const titles = columns.map(({ title }) => title);
  const shown = [titles, ...rows.map((row) => row.map((cell, index) => cut(cell, columns[index]?.columnsMax)))];
  const widths = columns.map((_, index) => Math.max(...shown.map((row) => columnsOf(row[index] ?? ""))));
  return shown.map((row) =>
    row
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]))
      .join("  ")
      .trimEnd(),
  );
}

/** Safe, and no wider than that. */
export function cut(text: string, columnsMax = Number.POSITIVE_INFINITY): string {
  const safe = safeText(text);
  if (columnsOf(safe) <= columnsMax) return safe;
  return `${rowsOf(safe, columnsMax - 1)[0]?.text ?? ""}…`;
}

function padded(cell: string, width: number, column: Column | undefined): string {
  const blanks = " ".repeat(width - columnsOf(cell));
  return column?.isNumber === true ? blanks + cell : cell + blanks;
}
