// Looks for marks in what a program writes, line by line, however it comes in pieces.

const LINE_LENGTH_MAX = 4_096;
const NAME_LENGTH_MAX = 40;

/** Tells of each line that contains one of the marks: by the line itself, without colours, shortened. */
export class MarkedLines {
  readonly #decoder = new TextDecoder();
  readonly #marks: readonly string[];
  readonly #found: (name: string) => void;
  #rest = "";

  constructor(marks: readonly string[], found: (name: string) => void) {
    this.#marks = marks;
    this.#found = found;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/[\r\n]/);
    this.#rest = lines.pop()?.slice(0, LINE_LENGTH_MAX) ?? "";
    for (const line of lines) this.#look(line);
  }

  /** What has no end of line is a line too. */
  end(): void {
    this.#look(this.#rest);
  }

  #look(line: string): void {
    const text = Bun.stripANSI(line).trim();
    if (this.#marks.some((mark) => text.includes(mark))) this.#found(shortened(text, NAME_LENGTH_MAX));
  }
}

/** With an ellipsis for what is left out. */
export function shortened(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}
