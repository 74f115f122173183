// What the node itself has to store beside its actors: dead letters, and which keys are shut. Tried until it is stored.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import type { Store } from "./ports.ts";
import type { CommitBatch, StoredLetter, StoredQuarantine } from "./stored.ts";

export interface RecordHooks {
  /** The store has taken a batch, or refused it: then it is tried again. */
  stored(): void;
  refused(error: unknown): void;
  /** A record was given up for want of room: the error says which. */
  dropped(error: RuntimeError): void;
  /** Nothing waits for the store's answer any more. */
  quiet(): void;
}

interface Named {
  readonly type: string;
  readonly key: string;
}

/** Why the key is shut; undefined: it was released. */
interface KeyRecord extends Named {
  readonly shut: StoredQuarantine | undefined;
}

/**
 * In batches of their own: no actor's change is refused with them, nor they with it. What the store refuses waits, and
 * is tried again after a while. What waits is bounded: the oldest is given up then, reported, and counted.
 */
export class NodeRecords {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #hooks: RecordHooks;
  /** By id, oldest first. */
  readonly #letters = new Map<number, StoredLetter>();
  /** Of all their bodies, in UTF-16 code units. */
  #lettersLength = 0;
  readonly #lettersRemoved = new Set<number>();
  #lettersRemovedTo = 0;
  /** By name, what was said of it last. */
  readonly #keys = new Map<string, KeyRecord>();
  #busy = false;
  #wanted = false;
  /** The store has refused a moment ago. Calling it ends the rest. */
  #endRest: (() => void) | undefined;
  #lastRefusal: unknown;
  /** Letters, quarantines and releases given up since the process started. */
  dropped = 0;

  constructor(store: Store, clock: Clock, hooks: RecordHooks) {
    this.#store = store;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** No answer of the store is waited for. What it has refused may wait here to be tried again. */
  get quiet(): boolean {
    return !this.#busy && (this.#endRest !== undefined || !this.#any);
  }

  /** Oldest first. */
  get lettersWaiting(): readonly StoredLetter[] {
    return Array.from(this.#letters.values());
  }

  /** Letters to be removed that the store may still have. */
  get removalsWaiting(): number {
    return this.#lettersRemoved.size;
  }

  /** Letters up to `removedTo` go. */
  keepLetter(letter: StoredLetter, removedTo: number): void {
    this.#letters.set(letter.id, letter);
    this.#lettersLength += letter.body.length;
    this.#lettersRemovedTo = Math.max(this.#lettersRemovedTo, removedTo);
    for (const { id, type, key, method, body } of this.#letters.values()) {
      const isPast = id <= this.#lettersRemovedTo;
      if (!isPast && this.#lettersLength <= limits.lettersWaitingLengthMax) break;
      this.#forgetLetter(id, body);
      if (!isPast) this.#drop(`dead letter ${id}, of ${type}/${key}.${method}`);
    }
    this.#want();
  }

  removeLetter(id: number): void {
    this.#lettersRemoved.add(id);
    this.#want();
  }

  quarantine(record: StoredQuarantine): void {
    this.#setKey({ type: record.type, key: record.key, shut: record });
  }

  release(type: string, key: string): void {
    this.#setKey({ type, key, shut: undefined });
  }

  /** Gives the store what waits, where it is not at work on the last batch and has not just refused. */
  readonly commit = (): void => {
    this.#wanted = false;
    if (this.#busy || this.#endRest !== undefined || !this.#any) return;
    this.#busy = true;
    const keys = Array.from(this.#keys.values());
    const batch = this.#batch(keys);
    this.#store.commit(batch).then(
      () => this.#stored(batch, keys),
      (error: unknown) => this.#refused(error),
    );
  };

  /** As `commit`, also where the store has just refused: the process is about to end. */
  tryAgain(): void {
    this.#endRest?.();
    this.#endRest = undefined;
    this.commit();
  }

  get #any(): boolean {
    return this.#letters.size + this.#lettersRemoved.size + this.#keys.size > 0;
  }

  #setKey(record: KeyRecord): void {
    const name = nameOf(record);
    this.#keys.delete(name);
    this.#keys.set(name, record);
    const [oldest] = this.#keys.values();
    if (this.#keys.size > limits.quarantinedKeysMax && oldest !== undefined) {
      this.#keys.delete(nameOf(oldest));
      this.#drop(`the ${oldest.shut === undefined ? "release" : "quarantine"} of ${nameOf(oldest)}`);
    }
    this.#want();
  }

  #want(): void {
    if (this.#wanted || this.#busy || this.#endRest !== undefined) return;
    this.#wanted = true;
    this.#clock.afterIo(this.commit);
  }

  #batch(keys: readonly KeyRecord[]): CommitBatch {
    return {
      changes: [],
      letters: Array.from(this.#letters.values()),
      lettersRemoved: Array.from(this.#lettersRemoved),
      lettersRemovedTo: this.#lettersRemovedTo,
      quarantined: keys.flatMap(({ shut }) => shut ?? []),
      released: keys.filter(({ shut }) => shut === undefined),
    };
  }

  /** What was said since waits for the next batch. */
  #stored(batch: CommitBatch, keys: readonly KeyRecord[]): void {
    this.#busy = false;
    for (const { id, body } of batch.letters) this.#forgetLetter(id, body);
    for (const id of batch.lettersRemoved) this.#lettersRemoved.delete(id);
    for (const record of keys) {
      if (this.#keys.get(nameOf(record)) === record) this.#keys.delete(nameOf(record));
    }
    this.#hooks.stored();
    if (this.#any) this.#want();
    else this.#hooks.quiet();
  }

  #refused(error: unknown): void {
    this.#busy = false;
    this.#endRest = this.#clock.after(limits.recordRetryMs, () => this.tryAgain());
    this.#lastRefusal = error;
    this.#hooks.refused(error);
    this.#hooks.quiet();
  }

  #forgetLetter(id: number, body: string): void {
    if (this.#letters.delete(id)) this.#lettersLength -= body.length;
  }

  #drop(what: string): void {
    this.dropped++;
    const message = `Cannot keep ${what}: as much as may be waits for the store, and this is the oldest of it`;
    this.#hooks.dropped(new RuntimeError("actor.limit_reached", message, { cause: this.#lastRefusal }));
  }
}

const nameOf = ({ type, key }: Named): string => `${type}/${key}`;
