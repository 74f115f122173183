// Hot. The place for one turn in memory that two threads share: its type, the beginning of its key, its method.

/** Places among the words. Types and methods are stored counted from 1: 0 says that there is none. */
const TYPE = 0;
const METHOD = 1;
const KEY_LENGTH = 2;
const WORDS_COUNT = 4;
const WORDS_BYTES = WORDS_COUNT * Int32Array.BYTES_PER_ELEMENT;
/** Of a longer key only the beginning is kept. */
const KEY_UNITS_MAX = 64;

export const noteBytes = WORDS_BYTES + KEY_UNITS_MAX * Uint16Array.BYTES_PER_ELEMENT;

export interface NotedTurn {
  readonly type: number;
  /** Undefined: the slice has begun, its first turn has not. */
  readonly method: number | undefined;
  /** Cut after 64 UTF-16 units, then with "…" at its end. */
  readonly key: string;
}

/** Written by one thread with plain stores: what another reads meanwhile can mix two turns. */
export class TurnNote {
  readonly #words: Int32Array;
  readonly #keyUnits: Uint16Array;

  /** Over `noteBytes` of this memory. */
  constructor(memory: SharedArrayBuffer, startBytes: number) {
    this.#words = new Int32Array(memory, startBytes, WORDS_COUNT);
    this.#keyUnits = new Uint16Array(memory, startBytes + WORDS_BYTES, KEY_UNITS_MAX);
  }

  store(type: number, key: string, method: number | undefined): void {
    const words = this.#words;
    const keyUnits = this.#keyUnits;
    const { length } = key;
    words[KEY_LENGTH] = length;
    const count = length < KEY_UNITS_MAX ? length : KEY_UNITS_MAX;
    let index = 0;
    // Four at a time take half as long.
    for (; index + 4 <= count; index += 4) {
      keyUnits[index] = key.charCodeAt(index);
      keyUnits[index + 1] = key.charCodeAt(index + 1);
      keyUnits[index + 2] = key.charCodeAt(index + 2);
      keyUnits[index + 3] = key.charCodeAt(index + 3);
    }
    for (; index < count; index++) keyUnits[index] = key.charCodeAt(index);
    words[METHOD] = method === undefined ? 0 : method + 1;
    words[TYPE] = type + 1;
  }

  storeMethod(method: number): void {
    this.#words[METHOD] = method + 1;
  }

  clear(): void {
    this.#words[TYPE] = 0;
  }

  /** Undefined where no turn is noted. */
  load(): NotedTurn | undefined {
    const words = this.#words;
    const type = Atomics.load(words, TYPE) - 1;
    if (type < 0) return undefined;
    const method = Atomics.load(words, METHOD) - 1;
    return { type, method: method < 0 ? undefined : method, key: this.#key() };
  }

  #key(): string {
    const length = Atomics.load(this.#words, KEY_LENGTH);
    const start = String.fromCharCode(...this.#keyUnits.subarray(0, Math.min(length, KEY_UNITS_MAX)));
    return length > KEY_UNITS_MAX ? `${start.replace(/[\uD800-\uDBFF]$/, "")}…` : start;
  }
}
