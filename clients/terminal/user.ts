// The person, or the pipe, in front of a client: lines come from there, and what is printed goes there.
import { emitKeypressEvents } from "node:readline";

import { type Key, type KeyOutcome, LineEditor } from "./line-editor.ts";
import { readLines } from "./piped-lines.ts";
import { safeText } from "./safe-text.ts";
import { Screen } from "./screen.ts";

export interface UserEvents {
  /** In a pipe, the next line comes when this one's promise has settled. */
  typed(text: string): void | Promise<void>;
  /** Something stands in the line being typed, or nothing does any more; behind the line that was. */
  drafting?(isDrafting: boolean): void;
  /** Nothing more will be typed. */
  ended(): void;
  /** Ctrl-C, and the signals that mean the same. */
  interrupted(): void;
}

/** What a client wants of the terminal. */
export interface UserHabits {
  /** What may be kept of a typed line, in the history and on the screen; without it, all. */
  readonly keptOf?: (line: string) => string;
  /** Typed lines stay on the screen, behind their prompts. */
  readonly echoes?: boolean;
}

export interface User {
  readonly isTerminal: boolean;
  /** One line, safe already. */
  print(text: string): void;
  /** What stands before the line being typed; `isSecret`: what is typed is not shown. */
  prompt(text: string, isSecret?: boolean): void;
  /** The terminal is as it was. Nothing comes after that. */
  close(): void;
}

const PASTE_MARKS_ON = "\u001b[?2004h";
const PASTE_MARKS_OFF = "\u001b[?2004l";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Without a window to ask: what terminals had. */
const SIZE = { columns: 80, rows: 24 };

/** A terminal where both ends are one; else line by line, without prompt. */
export function openUser(events: UserEvents, habits: UserHabits = {}): User {
  for (const signal of SIGNALS) process.on(signal, () => events.interrupted());
  // Whoever reads what we print has gone: `| head`.
  process.stdout.on("error", () => process.exit(0));
  return process.stdin.isTTY && process.stdout.isTTY ? new TerminalUser(events, habits) : new PipedUser(events);
}

class TerminalUser implements User {
  readonly isTerminal = true;
  readonly #events: UserEvents;
  readonly #editor: LineEditor;
  readonly #echoes: boolean;
  readonly #screen: Screen;
  #prompt = "";
  #isSecret = false;
  #isDrafting = false;
  #isOpen = true;
  /** The line is to be drawn once all keys of a chunk have been taken: of a paste there are thousands. */
  #isStale = false;

  constructor(events: UserEvents, { keptOf, echoes = false }: UserHabits) {
    this.#events = events;
    this.#editor = new LineEditor(keptOf);
    this.#echoes = echoes;
    const { stdin, stdout } = process;
    this.#screen = new Screen({
      size: () => ({ columns: stdout.columns || SIZE.columns, rows: stdout.rows || SIZE.rows }),
      write: (text) => void stdout.write(text),
    });
    stdin.setRawMode(true);
    stdout.write(PASTE_MARKS_ON);
    emitKeypressEvents(stdin);
    stdin.on("keypress", (typed: string | undefined, key: Key) => this.#pressed(typed, key));
    stdin.on("end", () => this.#events.ended());
    stdout.on("resize", () => this.#isOpen && this.#screen.redraw());
    process.on("exit", () => this.close());
  }

  print(text: string): void {
    this.#screen.print(text);
  }

  prompt(text: string, isSecret = false): void {
    if (text === this.#prompt && isSecret === this.#isSecret) return;
    this.#prompt = text;
    this.#isSecret = isSecret;
    this.#show();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#screen.close();
    process.stdout.write(PASTE_MARKS_OFF);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  #pressed(typed: string | undefined, key: Key): void {
    if (!this.#isOpen) return;
    this.#obey(this.#editor.press(typed, key, this.#isSecret));
    const isDrafting = this.#editor.text !== "";
    if (isDrafting === this.#isDrafting) return;
    this.#isDrafting = isDrafting;
    this.#events.drafting?.(isDrafting);
  }

  #obey(outcome: KeyOutcome): void {
    if (outcome.kind === "redraw") return this.#screen.clear();
    if (outcome.kind === "edited") return this.#showSoon();
    if (outcome.kind === "submitted" && this.#echoes) this.#screen.print(safeText(this.#prompt + outcome.kept));
    this.#show();
    if (outcome.kind === "submitted") return void this.#events.typed(outcome.text);
    if (outcome.kind === "interrupted") return this.#events.interrupted();
    return this.#events.ended();
  }

  #showSoon(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    queueMicrotask(() => {
      if (this.#isOpen && this.#isStale) this.#show();
    });
  }

  #show(): void {
    this.#isStale = false;
    const { text, cursor } = this.#editor;
    const typed = this.#isSecret ? { text: "", cursor: 0 } : { text, cursor };
    this.#screen.show({ prompt: this.#prompt, ...typed });
  }
}

class PipedUser implements User {
  readonly isTerminal = false;

  constructor(events: UserEvents) {
    void readLines(process.stdin, (line) => events.typed(line)).then(() => events.ended());
  }

  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  prompt(): void {}

  close(): void {
    process.stdin.destroy();
  }
}
