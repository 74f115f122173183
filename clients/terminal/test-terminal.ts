// A terminal small enough to be trusted: what a screen looks like after the little that our drawing writes to it.
import type { Size } from "./input-drawing.ts";
import { columnsOf, graphemesOf } from "./rows.ts";
import type { Output } from "./screen.ts";

const ESCAPE = "\u001b";
/** Right neighbour of a character that takes two columns. */
const TAKEN = "";

/** Commands, ends of lines, and text between them. */
const PARTS = new RegExp(`(${ESCAPE}\\[\\d*[A-Z]|[\\r\\n])`);

export class TestTerminal implements Output {
  #columns: number;
  readonly #rows: number;
  /** From the first line ever written on; those that have left the screen included. */
  #grid: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor({ columns, rows }: Size) {
    this.#columns = columns;
    this.#rows = rows;
  }

  size(): Size {
    return { columns: this.#columns, rows: this.#rows };
  }

  /** Lines without the blanks at their end. */
  get lines(): readonly string[] {
    return this.#grid.map((cells) =>
      Array.from(cells, (cell) => cell ?? " ")
        .join("")
        .trimEnd(),
    );
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  write(text: string): void {
    for (const part of text.split(PARTS)) if (part !== "") this.#take(part);
  }

  /** Narrower: rows that are too long are broken, as terminals do; the cursor stays at its character. */
  narrow(columns: number): void {
    const grid: string[][] = [];
    let [row, column] = [this.#row, this.#column];
    for (const [index, cells] of this.#grid.entries()) {
      if (index === this.#row)
        [row, column] = [grid.length + Math.floor(this.#column / columns), this.#column % columns];
      for (let start = 0; start === 0 || start < cells.length; start += columns)
        grid.push(cells.slice(start, start + columns));
    }
    this.#grid = grid;
    [this.#row, this.#column, this.#columns] = [row, column, columns];
    this.#fill();
  }

  #take(part: string): void {
    if (part === "\r") this.#column = 0;
    else if (part === "\n") this.#row++;
    else if (part.startsWith(ESCAPE)) this.#command(part.at(-1) ?? "", Number(part.slice(2, -1) || 1));
    else for (const grapheme of graphemesOf(part)) this.#put(grapheme);
    this.#fill();
  }

  #command(name: string, count: number): void {
    // The screen's upper end stops the cursor; what has left the screen is out of reach.
    if (name === "A") this.#row = Math.max(this.#row - count, Math.max(0, this.#grid.length - this.#rows));
    else if (name === "C") this.#column = Math.min(this.#column + count, this.#columns - 1);
    else if (name === "J") {
      this.#grid.length = this.#row + 1;
      this.#grid[this.#row]?.splice(this.#column);
    } else throw new Error(`The terminal does not know ${name}`);
  }

  #put(grapheme: string): void {
    const columns = columnsOf(grapheme);
    if (this.#column + columns > this.#columns) throw new Error(`${grapheme} does not fit in its row`);
    const cells = this.#grid[this.#row] ?? [];
    cells.splice(this.#column, columns, grapheme, ...Array.from({ length: columns - 1 }, () => TAKEN));
    this.#column += columns;
  }

  #fill(): void {
    while (this.#grid.length <= this.#row) this.#grid.push([]);
  }
}
