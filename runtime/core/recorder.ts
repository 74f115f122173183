// Hot. The flight recorder: the last turns of the actors that ran lately, in one block of memory that never grows.
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

export class FlightRecorder {
  readonly #slots: number;
  readonly #what: Int32Array;
  readonly #waits: Float32Array;
  readonly #durations: Float32Array;
  readonly #ends: Float64Array;
  readonly #owners: (Recorded | undefined)[];
  /** Turns recorded in each slot since its owner took it. */
  readonly #counts: Int32Array;
  #hand = 0;
  /** Of the actor whose turns are being recorded: its slot, the slot's first place, the turns it had. */
  #slot = 0;
  #first = 0;
  #count = 0;

  constructor(bytes: number = limits.recorderBytes) {
    this.#slots = Math.max(1, Math.floor(bytes / (TURNS * TURN_BYTES)));
    const turns = this.#slots * TURNS;
    this.#what = new Int32Array(turns);
    this.#waits = new Float32Array(turns);
    this.#durations = new Float32Array(turns);
    this.#ends = new Float64Array(turns);
    this.#counts = new Int32Array(this.#slots);
    this.#owners = Array.from({ length: this.#slots }, () => undefined);
  }

  /** Turns of this actor follow; until `end` there are no others. */
  begin(owner: Recorded): void {
    const slot = owner.recordSlot < 0 ? this.#claim(owner) : owner.recordSlot;
    this.#slot = slot;
    this.#first = slot * TURNS;
    this.#count = this.#counts[slot] as number;
  }

  /** A turn is over; when it was, and how long it took, `timed` says later. */
  record(method: number, outcome: Outcome, waitMs: number): void {
    const place = this.#first + (this.#count & PLACE);
    this.#what[place] = method | (outcome << 16);
    this.#waits[place] = waitMs;
    this.#count++;
  }

  /** The last `turns` recorded turns took `durationMs` each and were over at `endedMs`. */
  timed(turns: number, durationMs: number, endedMs: number): void {
    for (let back = Math.min(turns, TURNS); back > 0; back--) {
      const place = this.#first + ((this.#count - back) & PLACE);
      this.#durations[place] = durationMs;
      this.#ends[place] = endedMs;
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
    const count = this.countOf(owner);
    for (let turn = Math.max(first, count - TURNS); turn < count; turn++) {
      const place = owner.recordSlot * TURNS + (turn & PLACE);
      const what = this.#what[place] as number;
      if (what >>> 16 <= OUTCOME.refused) this.#what[place] = (what & 0xffff) | (OUTCOME.lost << 16);
    }
  }

  /** Newest first. */
  turnsOf(owner: Recorded): readonly RecordedTurn[] {
    const slot = owner.recordSlot;
    if (slot < 0) return [];
    const count = this.countOf(owner);
    return Array.from({ length: Math.min(TURNS, count) }, (_, back) => {
      const place = slot * TURNS + ((count - 1 - back) & PLACE);
      const what = this.#what[place] as number;
      return {
        method: what & 0xffff,
        outcome: (what >>> 16) as Outcome,
        endedMs: this.#ends[place] as number,
        waitMs: this.#waits[place] as number,
        durationMs: this.#durations[place] as number,
      };
    });
  }

  /** The actor leaves memory. */
  forget(owner: Recorded): void {
    if (owner.recordSlot < 0) return;
    this.#owners[owner.recordSlot] = undefined;
    owner.recordSlot = -1;
  }

  /** Slots are handed out in turn; who held one longest loses it. */
  #claim(owner: Recorded): number {
    const slot = this.#hand;
    this.#hand = (slot + 1) % this.#slots;
    const before = this.#owners[slot];
    if (before !== undefined) before.recordSlot = -1;
    this.#owners[slot] = owner;
    owner.recordSlot = slot;
    this.#counts[slot] = 0;
    return slot;
  }
}
