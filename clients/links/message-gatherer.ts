// Messages that have no end of their own: one is what comes in one piece, and a line feed or a silence ends it.

export interface MessageGrammar {
  /** Matches where a text begins with a message that nothing can follow: it needs no silence. */
  readonly whole: RegExp;
  /** Matches a text that cannot be all: its rest is still on its way. */
  readonly unfinished: RegExp;
}

/** Characters of one message. */
export const MESSAGE_LENGTH_MAX = 256;
/** Nothing has come for so long: what came is a message. */
export const SILENCE_MS = 20;
/** Unless it cannot be one: then for so long. */
export const UNFINISHED_MS = 2_000;

export class MessageGatherer {
  readonly #grammar: MessageGrammar;
  readonly #decoder = new TextDecoder();
  #held = "";

  constructor(grammar: MessageGrammar) {
    this.#grammar = grammar;
  }

  /** How long a silence makes a message of what is held; undefined while nothing is. */
  get silenceMs(): number | undefined {
    if (this.#held === "") return undefined;
    return this.#grammar.unfinished.test(this.#held) ? UNFINISHED_MS : SILENCE_MS;
  }

  /** The messages that this chunk ends, empty ones too. Undefined where one is too long: take nothing more. */
  take(chunk: Uint8Array): readonly string[] | undefined {
    const lines = (this.#held + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#held = "";
    const messages: string[] = [];
    for (const [index, line] of lines.entries()) {
      const rest = this.#cut(line, messages);
      if (rest.length > MESSAGE_LENGTH_MAX) return undefined;
      if (index === lines.length - 1) this.#held = rest;
      else if (rest !== "" || line === "") messages.push(withoutReturn(rest));
    }
    return messages;
  }

  /** What is held, as a message. Empty where nothing is. */
  rest(): string {
    const text = this.#held;
    this.#held = "";
    return withoutReturn(text);
  }

  /** Returns what follows the messages that need no silence. */
  #cut(line: string, messages: string[]): string {
    let rest = line;
    for (let found = this.#wholeOf(rest); found !== ""; found = this.#wholeOf(rest)) {
      messages.push(found);
      rest = rest.slice(found.length);
    }
    return rest;
  }

  #wholeOf(text: string): string {
    return this.#grammar.whole.exec(text)?.[0] ?? "";
  }
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
