// Hot. The flight recorder: the last turns of the actors that ran lately, in blocks of memory with a bound for all.
import { limits } from "../limits.ts";

/** How a turn ended; numbers, because one is written for each. Lost: it ended well, and its changes were not stored. */
export const OUTCOME = { answered: 0, refused: 1, crashed: 2, expired: 3, cancelled: 4, lost: 5 } as const;

export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** Session types have their three methods first; `turn` names are looked up by index when somebody reads. */
export interface RecordedTurn {
  readonly method: number;
  readonly outcome: Outcome;
  /** When it was over, in monotonic milliseconds. */
  readonly endedMs: number;
  readonly waitMs: number;
  /** Of short turns that ran in one go: their mean. */
  readonly durationMs: number;
}

/** Whoever has turns recorded: it holds its slot until another actor needs it. */
export interface Recorded {
  recordSlot: number;
}

const TURNS = limits.recordedTurns;
/** A power of two, so that the place of a turn is a few bits of its number. */
const PLACE = TURNS - 1;
/** Method and outcome, wait and duration as 32-bit floats, the end as a 64-bit one. */
const TURN_BYTES = 4 + 4 + 4 + 8;
/** Actors whose turns lie in one block: 320 KiB. */
const BLOCK_BITS = 10;
const BLOCK_SLOTS = 1 << BLOCK_BITS;
const SLOT = BLOCK_SLOTS - 1;

/**
 * The first turns of all its actors, then the second ones, and so on: of memory that is asked for the system gives what
 * is written to, and most actors have few turns.
 */
class Block {
  readonly what = new Int32Array(BLOCK_SLOTS * TURNS);
  readonly waits = new Float32Array(BLOCK_SLOTS * TURNS);
  readonly durations = new Float32Array(BLOCK_SLOTS * TURNS);
  readonly ends = new Float64Array(BLOCK_SLOTS * TURNS);
}

const placeOf = (slot: number, turn: number): number => (turn & PLACE) * BLOCK_SLOTS + (slot & SLOT);

export class FlightRecorder {
  readonly #slots: number;
  readonly #blocks: Block[] = [new Block()];
  readonly #owners: (Recorded | undefined)[] = [];
  /** Turns recorded in each slot since its owner took it. */
  readonly #counts: number[] = [];
  /** Slots that nobody holds, of those that were handed out. */
  readonly #free: number[] = [];
  #hand = 0;
  /** Of the actor whose turns are being recorded: its slot, the block with that, the turns it had. */
  #slot = 0;
  #block = this.#blocks[0] as Block;
  #count = 0;

  constructor(bytes: number = limits.recorderBytes) {
    this.#slots = Math.max(1, Math.floor(bytes / (TURNS * TURN_BYTES)));
  }

  /** Taken so far. */
  get bytes(): number {
    return this.#blocks.length * BLOCK_SLOTS * TURNS * TURN_BYTES;
  }

  /** Turns of this actor follow; until `end` there are no others. */
  begin(owner: Recorded): void {
    const slot = owner.recordSlot < 0 ? this.#claim(owner) : owner.recordSlot;
    this.#slot = slot;
    const block = this.#blockOf(slot);
    // To write the same anew would cost as much as all the rest.
    if (block !== this.#block) this.#block = block;
    this.#count = this.#counts[slot] as number;
  }

  /** A turn is over; when it was, and how long it took, `timed` says later. */
  record(method: number, outcome: Outcome, waitMs: number): void {
    const place = placeOf(this.#slot, this.#count);
    this.#block.what[place] = method | (outcome << 16);
    this.#block.waits[place] = waitMs;
    this.#count++;
  }

  /** The last `turns` recorded turns took `durationMs` each and were over at `endedMs`. */
  timed(turns: number, durationMs: number, endedMs: number): void {
    for (let back = Math.min(turns, TURNS); back > 0; back--) {
      const place = placeOf(this.#slot, this.#count - back);
      this.#block.durations[place] = durationMs;
      this.#block.ends[place] = endedMs;
    }
  }

  /** After two thousand million turns of one actor the count begins again: only the last few places matter. */
  end(): void {
    this.#counts[this.#slot] = this.#count & 0x7fff_ffff;
  }

  /** Turns recorded of it so far, since it has its slot. */
  countOf({ recordSlot }: Recorded): number {
    return recordSlot === this.#slot ? this.#count : (this.#counts[recordSlot] ?? 0);
  }

  /** What this actor's turns have done from the one of this number on was not stored. */
  lost(owner: Recorded, first: number): void {
    if (owner.recordSlot < 0) return;
    const count = this.countOf(owner);
    const block = this.#blockOf(owner.recordSlot);
    for (let turn = Math.max(first, count - TURNS); turn < count; turn++) {
      const place = placeOf(owner.recordSlot, turn);
      const what = block.what[place] as number;
      if (what >>> 16 <= OUTCOME.refused) block.what[place] = (what & 0xffff) | (OUTCOME.lost << 16);
    }
  }

  /** Newest first. */
  turnsOf(owner: Recorded): readonly RecordedTurn[] {
    const slot = owner.recordSlot;
    if (slot < 0) return [];
    const count = this.countOf(owner);
    const block = this.#blockOf(slot);
    return Array.from({ length: Math.min(TURNS, count) }, (_, back) => {
      const place = placeOf(slot, count - 1 - back);
      const what = block.what[place] as number;
      return {
        method: what & 0xffff,
        outcome: (what >>> 16) as Outcome,
        endedMs: block.ends[place] as number,
        waitMs: block.waits[place] as number,
        durationMs: block.durations[place] as number,
      };
    });
  }

  /** The actor leaves memory. */
  forget(owner: Recorded): void {
    if (owner.recordSlot < 0) return;
    this.#owners[owner.recordSlot] = undefined;
    this.#free.push(owner.recordSlot);
    owner.recordSlot = -1;
  }

  #blockOf(slot: number): Block {
    return this.#blocks[slot >> BLOCK_BITS] as Block;
  }

  /** What was given back is handed out first, then what was never used; who held one longest loses it. */
  #claim(owner: Recorded): number {
    const slot = this.#free.pop() ?? (this.#owners.length < this.#slots ? this.#owners.length : this.#takeNext());
    if (slot >= this.#blocks.length * BLOCK_SLOTS) this.#blocks.push(new Block());
    this.#owners[slot] = owner;
    owner.recordSlot = slot;
    this.#counts[slot] = 0;
    return slot;
  }

  /** All are held. */
  #takeNext(): number {
    const slot = this.#hand;
    this.#hand = (slot + 1) % this.#slots;
    const before = this.#owners[slot];
    if (before !== undefined) before.recordSlot = -1;
    return slot;
  }
}
