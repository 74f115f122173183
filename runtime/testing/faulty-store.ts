// A store in trouble: slow, refusing, losing its answers, or dying with its process, wherever a plan says so.
import type { Clock } from "../base/clock.ts";
import { RuntimeError, type RuntimeErrorCode } from "../core/errors.ts";
import type { Store } from "../core/ports.ts";
import type {
  AlarmRecord,
  CommitBatch,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "../core/stored.ts";

export type OperationName = Exclude<keyof Store, "epoch" | "close">;

/** What the store is about to do. */
export interface StoreOperation {
  readonly name: OperationName;
  /** Whom it concerns, for people: `room/lobby`, several of them, or nothing. */
  readonly of: string;
}

/** What happens to one operation; what is left out goes as it should. */
export interface Trouble {
  /** Turns of the loop before it is done, and between that and the answer. */
  readonly delayTurns?: number;
  readonly answerDelayTurns?: number;
  /** It is not done before this has come. */
  readonly until?: Promise<unknown>;
  /** It is not done, and rejects with this code. */
  readonly fails?: StoreErrorCode;
  /** It is done, and rejects all the same: its owner cannot know. */
  readonly answerLost?: boolean;
  /** The process dies before it is done, or once it is and before it answers. */
  readonly kills?: "before" | "after";
}

export type StoreErrorCode = Extract<RuntimeErrorCode, `store.${string}`>;
export type StorePlan = (operation: StoreOperation) => Trouble | undefined;

/** Around the store of one process. */
export class FaultyStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #plan: StorePlan;
  readonly #die: () => void;
  #dead = false;

  /** `die` is to call `kill`, with all else that dies with the process. */
  constructor(store: Store, clock: Clock, plan: StorePlan, die: () => void) {
    this.#store = store;
    this.#clock = clock;
    this.#plan = plan;
    this.#die = die;
  }

  get epoch(): number {
    return this.#store.epoch;
  }

  /** Nothing is done from now on, and nothing answers. */
  kill(): void {
    this.#dead = true;
  }

  load(type: string, key: string): Promise<StoredActor | undefined> {
    return this.#meet("load", `${type}/${key}`, () => this.#store.load(type, key));
  }

  row(type: string, key: string, row: string): Promise<string | undefined> {
    return this.#meet("row", `${type}/${key} ${row}`, () => this.#store.row(type, key, row));
  }

  rows(type: string, key: string, range: RowRange): Promise<readonly { row: string; value: string }[]> {
    return this.#meet("rows", `${type}/${key}`, () => this.#store.rows(type, key, range));
  }

  commit(batch: CommitBatch): Promise<readonly ("committed" | "stale")[]> {
    const changes = batch.changes.map(({ type, key, version }) => `${type}/${key} version ${version}`);
    return this.#meet("commit", changes.join(", "), () => this.#store.commit(batch));
  }

  alarmsDue(after: number, until: number, limit: number): Promise<readonly StoredAlarm[]> {
    return this.#meet("alarmsDue", "", () => this.#store.alarmsDue(after, until, limit));
  }

  alarmsOf(type: string, key: string): Promise<readonly AlarmRecord[]> {
    return this.#meet("alarmsOf", `${type}/${key}`, () => this.#store.alarmsOf(type, key));
  }

  hasAlarms(type: string): Promise<boolean> {
    return this.#meet("hasAlarms", type, () => this.#store.hasAlarms(type));
  }

  watches(): Promise<readonly StoredWatch[]> {
    return this.#meet("watches", "", () => this.#store.watches());
  }

  keys(query: StoreQuery): Promise<readonly string[]> {
    return this.#meet("keys", query.type, () => this.#store.keys(query));
  }

  letters(before: number, limit: number): Promise<readonly StoredLetter[]> {
    return this.#meet("letters", "", () => this.#store.letters(before, limit));
  }

  letter(id: number): Promise<StoredLetter | undefined> {
    return this.#meet("letter", String(id), () => this.#store.letter(id));
  }

  quarantines(): Promise<readonly StoredQuarantine[]> {
    return this.#meet("quarantines", "", () => this.#store.quarantines());
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #meet<Value>(name: OperationName, of: string, work: () => Promise<Value>): Promise<Value> {
    const trouble = this.#plan({ name, of }) ?? {};
    await this.#turnsOfLoop(trouble.delayTurns);
    if (trouble.until !== undefined) await trouble.until;
    if (trouble.kills === "before") this.#die();
    if (this.#dead) return never();
    if (trouble.fails !== undefined) throw failure(trouble.fails, name, "as planned");
    const value = await work();
    if (trouble.kills === "after") this.#die();
    await this.#turnsOfLoop(trouble.answerDelayTurns);
    if (this.#dead) return never();
    if (trouble.answerLost === true) throw failure("store.failed", name, "its answer was lost, as planned");
    return value;
  }

  async #turnsOfLoop(count = 0): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => this.#clock.afterIo(resolve));
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function failure(code: StoreErrorCode, name: OperationName, why: string): RuntimeError {
  return new RuntimeError(code, `Cannot finish "${name}" in the store of this test: ${why}`);
}
