// Prints rows as a table that can be read and pasted: text to the left, numbers to the right.

/** The first row is the heading; a column is right-aligned when its cells start with a digit, a sign or a dash. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: columnCount }, (_, index) => rows.map((row) => row[index] ?? ""));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const numeric = columns.map((cells) => cells.slice(1).every((cell) => cell === "" || /^[-+−–\d]/.test(cell)));
  const lines = rows.map((row) =>
    widths
      .map((width, index) => {
        const cell = row[index] ?? "";
        return numeric[index] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [lines[0] ?? "", rule, ...lines.slice(1)].join("\n");
}

/** 1234567 as "1 234 567". */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ");
}
