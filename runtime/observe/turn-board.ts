// Hot. Where the loop is, in memory that two threads share: stored at each slice and turn, read a few times a second.
import type { TurnProbe } from "../core/ports.ts";

/** Places among the words. Types and methods are stored counted from 1: 0 says that there is none. */
const SEQUENCE = 0;
const TYPE = 1;
const METHOD = 2;
const KEY_LENGTH = 3;
const STOPPED = 4;
const WORDS_COUNT = 8;
const WORDS_BYTES = WORDS_COUNT * Int32Array.BYTES_PER_ELEMENT;
/** Of a longer key only the beginning is kept. */
const KEY_UNITS_MAX = 64;
const BOARD_BYTES = WORDS_BYTES + KEY_UNITS_MAX * Uint16Array.BYTES_PER_ELEMENT;

export interface RunningTurn {
  /** Of 32 bits; another turn has another, until they have all been used. */
  readonly sequence: number;
  readonly type: number;
  /** Undefined: the slice has begun, its first turn has not. */
  readonly method: number | undefined;
  /** Cut after 64 UTF-16 units, then with "…" at its end. */
  readonly key: string;
}

/**
 * Written by the thread that runs the turns, with plain stores. The sequence is stored first and read last, so what is
 * read can mix two turns only when its sequence is new. One whose sequence an earlier look has read too, is true.
 */
export class TurnBoard implements TurnProbe {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #keyUnits: Uint16Array;
  #sequence = 0;

  /** A board of its own, or that of another thread. */
  constructor(memory = new SharedArrayBuffer(BOARD_BYTES)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, WORDS_COUNT);
    this.#keyUnits = new Uint16Array(memory, WORDS_BYTES, KEY_UNITS_MAX);
  }

  entered(type: number, key: string): void {
    const words = this.#words;
    const keyUnits = this.#keyUnits;
    const { length } = key;
    this.#sequence = (this.#sequence + 1) | 0;
    words[SEQUENCE] = this.#sequence;
    words[KEY_LENGTH] = length;
    const count = length < KEY_UNITS_MAX ? length : KEY_UNITS_MAX;
    for (let index = 0; index < count; index++) keyUnits[index] = key.charCodeAt(index);
    words[METHOD] = 0;
    words[TYPE] = type + 1;
  }

  turn(method: number): void {
    const words = this.#words;
    this.#sequence = (this.#sequence + 1) | 0;
    words[SEQUENCE] = this.#sequence;
    words[METHOD] = method + 1;
  }

  left(): void {
    this.#words[TYPE] = 0;
  }

  /** Undefined while no slice is running. */
  running(): RunningTurn | undefined {
    const words = this.#words;
    const type = Atomics.load(words, TYPE) - 1;
    if (type < 0) return undefined;
    const method = Atomics.load(words, METHOD) - 1;
    const key = this.#key();
    return { type, method: method < 0 ? undefined : method, key, sequence: Atomics.load(words, SEQUENCE) };
  }

  /** Whoever waits on this board need not go on. */
  stop(): void {
    Atomics.store(this.#words, STOPPED, 1);
    Atomics.notify(this.#words, STOPPED);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOPPED) === 1;
  }

  /** Holds the calling thread for this long, or until `stop`; true if that was called. */
  waitForStop(waitMs: number): boolean {
    return Atomics.wait(this.#words, STOPPED, 0, waitMs) !== "timed-out";
  }

  #key(): string {
    const length = Atomics.load(this.#words, KEY_LENGTH);
    const start = String.fromCharCode(...this.#keyUnits.subarray(0, Math.min(length, KEY_UNITS_MAX)));
    return length > KEY_UNITS_MAX ? `${start.replace(/[\uD800-\uDBFF]$/, "")}…` : start;
  }
}
