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

/** As a terminal may show a character that does not make one of joined emoji, or of an emoji and its skin. */
function columnsApart(text: string): number {
  return Math.max(
    columnsOf(text),
    Array.from(text, columnsOf).reduce((sum, columns) => sum + columns, 0),
  );
}

/** At least one row, each as full as it can be. Nothing is ever cut in two, so a row may end one column early. */
export function rowsOf(text: string, columnsMax: number, measure = columnsOf): readonly Row[] {
  const rows: Row[] = [];
  let row = { text: "", columns: 0 };
  for (const grapheme of measured(text, measure)) {
    if (row.columns > 0 && row.columns + grapheme.columns > columnsMax) {
      rows.push(row);
      row = { text: "", columns: 0 };
    }
    row = { text: row.text + grapheme.text, columns: row.columns + grapheme.columns };
  }
  return [...rows, row];
}

/**
 * Broken between words where they are short enough. Rows after the first are indented: none looks like a new line, also
 * where the terminal shows emoji apart that others join.
 */
export function paragraphOf(text: string, columnsMax: number, indentColumns: number): readonly string[] {
  const indent = " ".repeat(indentColumns < columnsMax / 2 ? indentColumns : 0);
  const paragraph: string[] = [];
  let left = text;
  while (true) {
    const before = paragraph.length === 0 ? "" : indent;
    const row = rowsOf(left, columnsMax - before.length, columnsApart)[0]?.text ?? "";
    if (row.length === left.length) return [...paragraph, before + row];
    const blank = row.lastIndexOf(" ") + 1;
    const isWordLong = left[row.length] !== " " && row.length - blank > columnsMax / 2;
    const end = isWordLong || blank === 0 || left[row.length] === " " ? row.length : blank;
    paragraph.push((before + left.slice(0, end)).trimEnd());
    left = left.slice(end).trimStart();
  }
}

/** Plain ASCII, which most of it is, needs no segmenter. */
function measured(text: string, measure: (text: string) => number): readonly Grapheme[] {
  if (/^[\x20-\x7e]*$/.test(text)) return Array.from(text, (character) => ({ text: character, columns: 1 }));
  return graphemesOf(text).map((grapheme) => ({ text: grapheme, columns: measure(grapheme) }));
}
