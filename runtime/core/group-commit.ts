// What durable actors changed, committed together; nothing of theirs leaves before the store has answered.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { RuntimeError, standing } from "./errors.ts";
import type { Store } from "./ports.ts";
import type { AlarmRecord, Change, CommitBatch, Encoded, IndexedValue, StoredLetter, StoredWatch } from "./stored.ts";

/** Something that leaves an actor: a reply, a tell, an ask, a publication. */
export interface HeldOutput {
  release(): void;
  /** The change it rests on was not stored. */
  discard(error: RuntimeError): void;
}

export type WatchChange = Omit<StoredWatch, "watcherType" | "watcherKey"> & { readonly on: boolean };

/** Whose change it is; hears once what became of it. */
export interface Committing {
  readonly type: string;
  readonly key: string;
  readonly stateVersion: number;
  settled(change: PendingChange, error: RuntimeError | undefined): void;
}

/** All that one actor changed since the last batch was taken, and what waits for it. */
export class PendingChange implements Change {
  readonly owner: Committing;
  readonly baseVersion: number;
  version: number;
  state: Encoded | undefined;
  indexed: ReadonlyMap<string, IndexedValue> | undefined;
  readonly rows: { row: string; value: Encoded | undefined }[] = [];
  readonly alarms: { name: string; alarm: AlarmRecord | undefined }[] = [];
  readonly watches: WatchChange[] = [];
  outputs: HeldOutput[] = [];
  /** Of what was put aside with it. */
  letters: StoredLetter[] | undefined = undefined;
  /** The store is at work on it: only outputs can be added. */
  taken = false;
  /** The flight recorder's number of the turn that began it. */
  firstTurn = 0;

  constructor(owner: Committing, baseVersion: number) {
    this.owner = owner;
    this.baseVersion = baseVersion;
    this.version = baseVersion;
  }

  get type(): string {
    return this.owner.type;
  }

  get key(): string {
    return this.owner.key;
  }

  get stateVersion(): number {
    return this.owner.stateVersion;
  }
}

/** Those of the node go in batches of their own. */
const NO_RECORDS: Omit<CommitBatch, "changes" | "lettersRemovedTo"> = {
  letters: [],
  lettersRemoved: [],
  quarantined: [],
  released: [],
};

export interface CommitHooks {
  /** Before changes are given to the store: what must not come after them goes first. */
  committing(): void;
  /** Before anything that waited for these changes leaves. */
  committed(changes: readonly PendingChange[]): void;
  /** Nothing waits for the store any more. */
  quiet(): void;
  /** The changes may be stored all the same. Before what waited for them is told. */
  failed(error: unknown, changes: readonly PendingChange[]): void;
}

/**
 * A batch is given to the store after the loop has looked at its sockets: what all of them brought meanwhile is in it,
 * and however fast actors answer each other, timers and sockets have their turn between two batches.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #hooks: CommitHooks;
  #open: PendingChange[] = [];
  /** The store is at work. */
  #busy = false;
  /** A batch will be given to it soon. */
  #wanted = false;
  /** Batches that the store has taken, and that it refused; those of the node too. */
  batches = 0;
  failures = 0;

  constructor(store: Store, clock: Clock, hooks: CommitHooks) {
    this.#store = store;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** Nothing waits for the store. */
  get quiet(): boolean {
    return !this.#busy && this.#open.length === 0;
  }

  open(owner: Committing, baseVersion: number): PendingChange {
    const change = new PendingChange(owner, baseVersion);
    this.#open.push(change);
    this.#want();
    return change;
  }

  /** The owner gave it up; the store has not seen it. */
  withdraw(change: PendingChange): void {
    const index = this.#open.indexOf(change);
    if (index >= 0) this.#open.splice(index, 1);
  }

  #want(): void {
    if (this.#wanted || this.#busy) return;
    this.#wanted = true;
    this.#clock.afterIo(this.#commit);
  }

  /** Gives the store what has come together; what comes while it is at work follows when it has answered. */
  readonly #commit = (): void => {
    this.#wanted = false;
    if (this.#open.length === 0) return;
    const changes = this.#open.splice(0, limits.changesPerCommitMax);
    this.#busy = true;
    for (let index = 0; index < changes.length; index++) (changes[index] as PendingChange).taken = true;
    this.#hooks.committing();
    this.#store.commit({ changes, ...NO_RECORDS, lettersRemovedTo: boundOf(changes) }).then(
      (outcomes) => this.#taken(changes, outcomes),
      (error: unknown) => this.#refused(changes, error),
    );
  };

  #taken(changes: readonly PendingChange[], outcomes: readonly ("committed" | "stale")[]): void {
    this.batches++;
    this.#settle(changes, (index) => (outcomes[index] === "stale" ? stale(changes[index]) : undefined));
  }

  #refused(changes: readonly PendingChange[], error: unknown): void {
    this.failures++;
    this.#hooks.failed(error, changes);
    const lost = asStoreError(error);
    this.#settle(changes, () => lost);
  }

  #settle(changes: readonly PendingChange[], errorOf: (index: number) => RuntimeError | undefined): void {
    this.#busy = false;
    const errors = changes.map((_, index) => errorOf(index));
    this.#hooks.committed(changes.filter((_, index) => errors[index] === undefined));
    for (let index = 0; index < changes.length; index++) {
      const change = changes[index] as PendingChange;
      change.owner.settled(change, errors[index]);
    }
    if (this.quiet) this.#hooks.quiet();
    else this.#want();
  }
}

/** Where their letters are stored, the oldest go. */
function boundOf(changes: readonly PendingChange[]): number {
  let newest = 0;
  for (const { letters } of changes) newest = Math.max(newest, letters?.at(-1)?.id ?? 0);
  return Math.max(0, newest - limits.deadLettersMax);
}

function stale(change: PendingChange | undefined): RuntimeError {
  const message = `Cannot store "${change?.type}/${change?.key}": another owner has taken it over`;
  return new RuntimeError("actor.stale_owner", message, { stood: "unknown" });
}

/** Its answer may have been lost on the way: nobody knows whether it is stored. */
function asStoreError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return standing(error, "unknown");
  return new RuntimeError("store.failed", "Cannot reach the store: it threw", { stood: "unknown", cause: error });
}
