// The line being typed, key by key, with its history; it draws nothing.
import { graphemesOf } from "./rows.ts";

/** As `node:readline` names keys. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

export type KeyOutcome =
  | { readonly kind: "edited" }
  /** `kept`: as much of it as others may see later. */
  | { readonly kind: "submitted"; readonly text: string; readonly kept: string }
  /** Ctrl-C, and Ctrl-D on an empty line. */
  | { readonly kind: "interrupted" }
  | { readonly kind: "ended" }
  /** Ctrl-L: the screen is to be drawn anew. */
  | { readonly kind: "redraw" };

/** Longer than any line that a server takes, and still a bound on what a paste may bring. */
export const TYPED_LENGTH_MAX = 8_192;
export const TYPED_HISTORY_MAX = 100;

const EDITED: KeyOutcome = { kind: "edited" };
/** What may not stand in a line is not typed: controls, and what only looks like nothing. */
const UNTYPABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Keys that do what another does. */
const SAME_AS: Readonly<Record<string, string>> = {
  enter: "return",
  "ctrl-a": "home",
  "ctrl-e": "end",
  "ctrl-b": "left",
  "ctrl-f": "right",
  "ctrl-h": "backspace",
  "ctrl-p": "up",
  "ctrl-n": "down",
  "ctrl-d": "delete",
  "meta-b": "ctrl-left",
  "meta-left": "ctrl-left",
  "meta-f": "ctrl-right",
  "meta-right": "ctrl-right",
  "meta-backspace": "ctrl-w",
};
const WORD_BEFORE = /\S*\s*$/u;
const WORD_BEHIND = /^\s*\S*/u;

export class LineEditor {
  #text = "";
  #cursor = 0;
  #isPasting = false;
  readonly #history: string[] = [];
  /** Where in the history we are; its length is the line being typed. */
  #place = 0;
  readonly #keptOf: (line: string) => string;

  /** `keptOf`: what may be kept of a line, all of it unless something else is said. */
  constructor(keptOf: (line: string) => string = (line) => line) {
    this.#keptOf = keptOf;
  }

  get text(): string {
    return this.#text;
  }

  /** In UTF-16 code units, never inside what looks like one character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** `isSecret`: nothing of the line is kept. */
  press(typed: string | undefined, key: Key, isSecret = false): KeyOutcome {
    const pressed = `${key.ctrl === true ? "ctrl-" : ""}${key.meta === true ? "meta-" : ""}${key.name ?? ""}`;
    if (pressed === "ctrl-c") return { kind: "interrupted" };
    if (pressed === "ctrl-d" && this.#text === "") return { kind: "ended" };
    if (pressed === "ctrl-l") return { kind: "redraw" };
    const name = SAME_AS[pressed] ?? pressed;
    if (name === "paste-start" || name === "paste-end") this.#isPasting = name === "paste-start";
    else if (this.#isPasting) this.#insert(name === "return" ? " " : (typed ?? ""));
    else if (name === "return") return this.#submit(isSecret);
    else if (!this.#moved(name) && !this.#deleted(name) && !this.#isChord(key)) this.#insert(typed ?? "");
    return EDITED;
  }

  #isChord({ ctrl, meta }: Key): boolean {
    return ctrl === true || meta === true;
  }

  #moved(name: string): boolean {
    const before = this.#text.slice(0, this.#cursor);
    const behind = this.#text.slice(this.#cursor);
    if (name === "left") this.#cursor -= graphemesOf(before).at(-1)?.length ?? 0;
    else if (name === "right") this.#cursor += graphemesOf(behind)[0]?.length ?? 0;
    else if (name === "home") this.#cursor = 0;
    else if (name === "end") this.#cursor = this.#text.length;
    else if (name === "ctrl-left") this.#cursor -= WORD_BEFORE.exec(before)?.[0].length ?? 0;
    else if (name === "ctrl-right") this.#cursor += WORD_BEHIND.exec(behind)?.[0].length ?? 0;
    else if (name === "up") this.#recall(this.#place - 1);
    else if (name === "down") this.#recall(this.#place + 1);
    else return false;
    return true;
  }

  #deleted(name: string): boolean {
    const before = this.#text.slice(0, this.#cursor);
    const behind = this.#text.slice(this.#cursor);
    if (name === "backspace") this.#delete(graphemesOf(before).at(-1)?.length ?? 0, 0);
    else if (name === "delete") this.#delete(0, graphemesOf(behind)[0]?.length ?? 0);
    else if (name === "ctrl-w") this.#delete(WORD_BEFORE.exec(before)?.[0].length ?? 0, 0);
    else if (name === "meta-d") this.#delete(0, WORD_BEHIND.exec(behind)?.[0].length ?? 0);
    else if (name === "ctrl-u") this.#delete(before.length, 0);
    else if (name === "ctrl-k") this.#delete(0, behind.length);
    else return false;
    return true;
  }

  #insert(typed: string): void {
    const text = typed.replace("\t", " ").replace(UNTYPABLE, "");
    if (this.#text.length + text.length > TYPED_LENGTH_MAX) return;
    this.#text = this.#text.slice(0, this.#cursor) + text + this.#text.slice(this.#cursor);
    this.#cursor += text.length;
  }

  #delete(before: number, behind: number): void {
    this.#text = this.#text.slice(0, this.#cursor - before) + this.#text.slice(this.#cursor + behind);
    this.#cursor -= before;
  }

  #recall(place: number): void {
    if (place < 0 || place > this.#history.length) return;
    this.#place = place;
    this.#text = this.#history[place] ?? "";
    this.#cursor = this.#text.length;
  }

  #submit(isSecret: boolean): KeyOutcome {
    const text = this.#text;
    const kept = isSecret ? "" : this.#keptOf(text);
    if (kept !== "" && kept !== this.#history.at(-1)) this.#history.push(kept);
    if (this.#history.length > TYPED_HISTORY_MAX) this.#history.shift();
    this.#place = this.#history.length;
    this.#text = "";
    this.#cursor = 0;
    return { kind: "submitted", text, kept };
  }
}
