// The lower end of a terminal: what comes in is printed above the line being typed, which stays whole.
import { type Drawing, drawingOf, drawn, erased, type Size, type TypedLine } from "./input-drawing.ts";
import { paragraphOf } from "./rows.ts";

export interface Output {
  /** Columns and rows as they are now. */
  size(): Size;
  write(text: string): void;
}

/** Rows of a printed line after its first begin this far in. */
const INDENT_COLUMNS = 4;

export class Screen {
  readonly #output: Output;
  #line: TypedLine = { prompt: "", text: "", cursor: 0 };
  #drawing: Drawing | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /** The line being typed is this one now. */
  show(line: TypedLine): void {
    this.#line = line;
    this.#output.write(this.#erased() + this.#drawn());
  }

  /** `text` must be safe already. One write, so that nothing of the change is seen. */
  print(text: string): void {
    const rows = paragraphOf(text, this.#output.size().columns, INDENT_COLUMNS).map((row) => `${row}\r\n`);
    this.#output.write(this.#erased() + rows.join("") + this.#drawn());
  }

  /** The terminal has another size, or somebody else has written on it. */
  redraw(): void {
    this.#output.write(this.#erased() + this.#drawn());
  }

  /** Everything is gone but the line being typed. */
  clear(): void {
    this.#drawing = undefined;
    this.#output.write(`\u001b[2J\u001b[H${this.#drawn()}`);
  }

  /** The line being typed is gone, and the cursor where the next line of somebody else begins. */
  close(): void {
    this.#output.write(this.#erased());
    this.#drawing = undefined;
  }

  #erased(): string {
    return this.#drawing === undefined ? "" : erased(this.#drawing, this.#output.size().columns);
  }

  #drawn(): string {
    this.#drawing = drawingOf(this.#line, this.#output.size());
    return drawn(this.#drawing);
  }
}
