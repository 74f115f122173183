// A whole screen that is drawn again and again in its place, beside what stood there before; and the keys that end it.

const OPEN = "\u001b[?1049h\u001b[?25l";
const CLOSE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_ROW = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const CTRL_C = "\u0003";
/** Without a window to ask: what terminals had. */
const SIZE = { columns: 80, rows: 24 };

export interface ScreenEvents {
  resized(): void;
  /** q was pressed; or Ctrl-C. */
  ended(how: "quit" | "interrupted"): void;
}

export class FullScreen {
  #isOpen = true;

  constructor(events: ScreenEvents) {
    const { stdin, stdout } = process;
    stdin.setRawMode(true);
    stdin.setEncoding("utf8");
    stdin.on("data", (keys: string) => {
      if (keys.includes(CTRL_C)) events.ended("interrupted");
      else if (/q/i.test(keys)) events.ended("quit");
    });
    stdin.on("end", () => events.ended("quit"));
    stdout.on("resize", () => events.resized());
    stdout.write(OPEN);
    // However the process ends.
    process.on("exit", () => this.close());
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = process.stdout;
    return { columns: columns || SIZE.columns, rows: rows || SIZE.rows };
  }

  /** Rows must be safe, and fit. One write, so that nothing of the change is seen. */
  draw(rows: readonly string[]): void {
    if (!this.#isOpen) return;
    const text = rows.map((row) => row + CLEAR_ROW).join("\r\n");
    process.stdout.write(HOME + text + CLEAR_BELOW);
  }

  /** The terminal is as it was. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.write(CLOSE);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}
