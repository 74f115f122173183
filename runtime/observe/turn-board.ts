// Hot. Where the loop is, in memory that two threads share: stored at each slice and turn, read a few times a second.
import type { TurnProbe } from "../core/ports.ts";
import { noteBytes, type NotedTurn, TurnNote } from "./turn-note.ts";

/** Places among the words. */
const SEQUENCE = 0;
const STOPPED = 1;
const BEATS = 2;
/** Turns that were resumed, ever, and up to the last beat. */
const RESUMED = 3;
const RESUMED_AT_BEAT = 4;
/** After how many milliseconds the loop is said to be blocked. */
const BLOCKED_MS = 5;
const WORDS_COUNT = 8;
const WORDS_BYTES = WORDS_COUNT * Int32Array.BYTES_PER_ELEMENT;
/** Of those that were resumed: a power of 2. */
const NOTES_KEPT = 8;
const BOARD_BYTES = WORDS_BYTES + (1 + NOTES_KEPT) * noteBytes;

export interface BoardReading {
  /** The same in two readings only when nothing was stored between them. It is made of counters of 32 bits. */
  readonly position: string;
  /** Undefined while no slice is running. */
  readonly running: NotedTurn | undefined;
  /** The turns that were resumed after the last beat, latest first, at most 8 of them. */
  readonly resumed: readonly NotedTurn[];
  /** How many that were. */
  readonly resumedCount: number;
}

/**
 * Written by the thread that runs the turns, with plain stores. Position is stored first and read last, so what is read
 * can mix two states only when its position is new. What has the position of an earlier reading, is true.
 */
export class TurnBoard implements TurnProbe {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #running: TurnNote;
  /** A ring: `#resumedCount` modulo its size is where the last one stands. */
  readonly #resumed: readonly TurnNote[];
  #sequence = 0;
  #resumedCount = 0;

  /** A board of its own, or that of another thread. */
  constructor(memory = new SharedArrayBuffer(BOARD_BYTES)) {
    const note = (index: number): TurnNote => new TurnNote(memory, WORDS_BYTES + index * noteBytes);
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, WORDS_COUNT);
    this.#running = note(0);
    this.#resumed = Array.from({ length: NOTES_KEPT }, (_, index) => note(1 + index));
  }

  entered(type: number, key: string): void {
    this.#sequence = (this.#sequence + 1) | 0;
    this.#words[SEQUENCE] = this.#sequence;
    this.#running.store(type, key, undefined);
  }

  turn(method: number): void {
    this.#sequence = (this.#sequence + 1) | 0;
    this.#words[SEQUENCE] = this.#sequence;
    this.#running.storeMethod(method);
  }

  left(): void {
    this.#running.clear();
  }

  /** Slices that follow leave the note alone: what was resumed goes on after them, and has done so by the next beat. */
  resumed(type: number, key: string, method: number): void {
    const count = (this.#resumedCount + 1) | 0;
    this.#resumedCount = count;
    this.#words[RESUMED] = count;
    this.#noteOf(count).store(type, key, method);
  }

  /**
   * A callback of the loop's own. Whoever was resumed before it has gone on, and no slice is running: also not the last
   * one, if it broke off and nobody said that it was left.
   */
  beat(): void {
    const words = this.#words;
    words[BEATS] = (this.beats + 1) | 0;
    words[RESUMED_AT_BEAT] = this.#resumedCount;
    this.#running.clear();
  }

  /** How many there were, in 32 bits. */
  get beats(): number {
    return this.#word(BEATS);
  }

  read(): BoardReading {
    const running = this.#running.load();
    const count = this.#word(RESUMED);
    const resumedCount = (count - this.#word(RESUMED_AT_BEAT)) >>> 0;
    const resumed = this.#lastResumed(count, Math.min(resumedCount, NOTES_KEPT));
    const sequence = this.#word(SEQUENCE);
    const outside = `outside slices: ${sequence}, ${this.beats}, ${this.#word(RESUMED)}`;
    return { position: running === undefined ? outside : `slice: ${sequence}`, running, resumed, resumedCount };
  }

  set blockedMs(blockedMs: number) {
    Atomics.store(this.#words, BLOCKED_MS, blockedMs);
    Atomics.notify(this.#words, STOPPED);
  }

  get blockedMs(): number {
    return this.#word(BLOCKED_MS);
  }

  /** Whoever waits on this board need not go on. */
  stop(): void {
    Atomics.store(this.#words, STOPPED, 1);
    Atomics.notify(this.#words, STOPPED);
  }

  get stopped(): boolean {
    return this.#word(STOPPED) === 1;
  }

  /** Holds the calling thread for this long, or until `stop` or another `blockedMs`; true if the first was called. */
  waitForStop(waitMs: number): boolean {
    Atomics.wait(this.#words, STOPPED, 0, waitMs);
    return this.stopped;
  }

  #lastResumed(last: number, length: number): readonly NotedTurn[] {
    return Array.from({ length }, (_, back) => this.#noteOf(last - back).load()).filter((turn) => turn !== undefined);
  }

  #noteOf(count: number): TurnNote {
    return this.#resumed[count & (NOTES_KEPT - 1)] as TurnNote;
  }

  #word(place: number): number {
    return Atomics.load(this.#words, place);
  }
}
