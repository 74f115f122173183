// Messages that nobody handled: kept with their reason and what the actor did last, so that someone can try them again.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import type { Addressee, CellHost } from "./cell-host.ts";
import { decode, encode } from "./encoding.ts";
import type { Envelope } from "./envelope.ts";
import type { RuntimeError } from "./errors.ts";
import type { PendingChange } from "./group-commit.ts";
import type { NodeRecords } from "./node-records.ts";
import type { Store } from "./ports.ts";
import { OUTCOME, type Recorded } from "./recorder.ts";
import { type ShownTurn, shownTurns } from "./shown-turns.ts";
import type { Encoded, StoredLetter } from "./stored.ts";
import { textOf } from "./supervision.ts";
import type { Turn } from "./turn.ts";

export interface DeadLetter {
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly key: string;
  readonly method: string;
  /** The code of the error that stood against it. */
  readonly reason: string;
  readonly problem: string;
  /** The actor that sent it, if one did. */
  readonly from?: string;
  /** Undefined also where it was no JSON or too large: `inputLost` says so. */
  readonly input?: unknown;
  readonly inputLost: boolean;
  /** The name under which its answer was to be kept, if it had one. */
  readonly once?: string;
  /** Of the letter that was sent again and came back as this one: its crashes are counted together. */
  readonly first?: number;
  readonly turns: readonly ShownTurn[];
}

type Body = Pick<DeadLetter, "problem" | "from" | "input" | "inputLost" | "once" | "first" | "turns">;

interface RecordedCell extends Recorded {
  readonly host: CellHost;
  readonly turn?: Pick<Turn, "envelope" | "waitMs" | "turnStartedMs"> | undefined;
}

export interface LetterSource {
  readonly clock: Clock;
  readonly store: Store;
  readonly records: NodeRecords;
}

export class DeadLetters {
  readonly #source: LetterSource;
  #lastId = 0;
  /** Letters that are gone, though the store may still have them. */
  readonly #removed = new Set<number>();
  /** Since the process started, by type; also those that are gone again. */
  readonly counts = new Map<string, number>();

  constructor(source: LetterSource) {
    this.#source = source;
  }

  /** As `counts`, of all types. */
  get total(): number {
    return this.counts.values().reduce((sum, count) => sum + count, 0);
  }

  /** Goes on where the last process ended. */
  async start(): Promise<void> {
    const [newest] = await this.#source.store.letters(Number.MAX_SAFE_INTEGER, 1);
    this.#lastId = Math.max(this.#lastId, newest?.id ?? 0);
  }

  /** Stored with this commit, or, without one, as soon as may be. */
  add(where: Addressee, envelope: Envelope, why: RuntimeError, commit?: PendingChange): void {
    const letter = this.#write(where, envelope, why);
    const { id, type, key, method, reason } = letter;
    const tell = (): void => {
      this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
      where.host.services.events.deadLetter({ type, key, method, reason, id });
    };
    this.#removed.delete(id - limits.deadLettersMax);
    if (commit === undefined) {
      this.#source.records.keepLetter(letter, id - limits.deadLettersMax);
      tell();
    } else {
      (commit.letters ??= []).push(letter);
      commit.outputs.push({ release: tell, discard: () => undefined });
    }
  }

  #write(where: Addressee, envelope: Envelope, why: RuntimeError): StoredLetter {
    const { clock } = this.#source;
    const turns = "recordSlot" in where ? lastTurns(where as RecordedCell, envelope, clock.monotonicMs()) : [];
    return {
      id: ++this.#lastId,
      at: clock.unixMs(),
      type: where.host.type.name,
      key: where.key,
      method: envelope.method.name,
      reason: why.code,
      body: bodyOf(envelope, why, turns),
    };
  }

  /** Newest first, with ids below `before`. Those that wait to be stored, or to be removed, as if they were already. */
  async list(before: number, limit: number): Promise<readonly DeadLetter[]> {
    const { store, records } = this.#source;
    const waiting = records.lettersWaiting;
    const stored = await store.letters(before, limit + records.removalsWaiting);
    const letters = new Map([...stored, ...waiting].map((letter) => [letter.id, letter]));
    return Array.from(letters.values())
      .filter(({ id }) => id < before && !this.#removed.has(id))
      .toSorted((left, right) => right.id - left.id)
      .slice(0, limit)
      .map(readLetter);
  }

  async get(id: number): Promise<DeadLetter | undefined> {
    const { store, records } = this.#source;
    const letter = records.lettersWaiting.find((waiting) => waiting.id === id) ?? (await store.letter(id));
    return letter === undefined || this.#removed.has(id) ? undefined : readLetter(letter);
  }

  /** Whoever wants to act on a letter asks this last: two may have got it at once. */
  isRemoved(id: number): boolean {
    return this.#removed.has(id);
  }

  remove(id: number): void {
    this.#removed.add(id);
    this.#source.records.removeLetter(id);
  }
}

/** The id of a message that is a letter sent again. */
export const letterId = ({ id, first = id }: Pick<DeadLetter, "id" | "first">): string => `${LETTER}${first}`;

const LETTER = "letter:";

function firstOf({ origin }: Envelope): number | undefined {
  return origin?.id.startsWith(LETTER) === true ? Number(origin.id.slice(LETTER.length)) : undefined;
}

/** The turn that this letter is the end of is recorded after it. */
function lastTurns(cell: RecordedCell, envelope: Envelope, nowMs: number): readonly ShownTurn[] {
  const { type, services } = cell.host;
  const turns = services.meter.recorder.turnsOf(cell);
  if (cell.turn?.envelope !== envelope) return shownTurns(type, turns, nowMs);
  const { waitMs, turnStartedMs } = cell.turn;
  const ended = { method: envelope.method.index, outcome: OUTCOME.crashed, endedMs: nowMs };
  return shownTurns(type, [{ ...ended, waitMs, durationMs: nowMs - turnStartedMs }, ...turns], nowMs);
}

function bodyOf(envelope: Envelope, why: RuntimeError, turns: readonly ShownTurn[]): Encoded {
  const cause = why.cause === undefined ? "" : textOf(why.cause);
  const { input, from, origin } = envelope;
  const said = why.message.includes(cause) ? why.message : `${why.message} (${cause})`;
  const problem = said.slice(0, limits.problemLengthMax);
  const known = { problem, from: from?.address, once: origin?.once, first: firstOf(envelope), turns };
  const encoded = encode(input);
  const keeps = typeof encoded === "string" && encoded.length <= limits.deadLetterLengthMax;
  return JSON.stringify({ ...known, inputLost: !keeps, ...(keeps ? { input } : {}) });
}

function readLetter({ body, ...known }: StoredLetter): DeadLetter {
  return { ...known, ...(decode(body) as Body) };
}
