// Text in rows of a terminal: broken by the width of what is shown, not by how many code units it has.

export interface Row {
  readonly text: string;
  /** Columns that it takes. */
  readonly columns: number;
}

interface Grapheme {
  readonly text: string;
  readonly columns: number;
}

const segmenter = new Intl.Segmenter();

/** What a person takes for characters, in order. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that a text takes in one row. */
export function columnsOf(text: string): number {
  return Bun.stringWidth(text);
}

/**
 * At least one row. Rows after the first are indented: no text can look like a line of its own. Nothing is ever cut in
 * two, so a row may end one column early.
 */
export function rowsOf(text: string, columnsMax: number, indentColumns = 0): readonly Row[] {
  const rows: Row[] = [];
  const indent = " ".repeat(indentColumns < columnsMax / 2 ? indentColumns : 0);
  let row = { text: "", columns: 0 };
  for (const grapheme of measured(text)) {
    if (row.columns > 0 && row.columns + grapheme.columns > columnsMax) {
      rows.push(row);
      row = { text: indent, columns: indent.length };
    }
    row = { text: row.text + grapheme.text, columns: row.columns + grapheme.columns };
  }
  return [...rows, row];
}

/** Plain ASCII, which most of it is, needs no segmenter. */
function measured(text: string): readonly Grapheme[] {
  if (/^[\x20-\x7e]*$/.test(text)) return Array.from(text, (character) => ({ text: character, columns: 1 }));
  return graphemesOf(text).map((grapheme) => ({ text: grapheme, columns: columnsOf(grapheme) }));
}
