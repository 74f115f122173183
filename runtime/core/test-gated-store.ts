// A store whose commits a test can hold open, refuse, or count; all else is the store behind it.
import type { Store } from "./ports.ts";
import type { CommitBatch } from "./stored.ts";

export class GatedStore implements Store {
  /** Every batch that was to be committed, in order; also those that were refused. */
  readonly batches: CommitBatch[] = [];
  /** What the next commit that is let go fails with. */
  refusal: unknown = undefined;
  /** While set, no change of an actor is taken; what the node writes down of its own is. */
  changesRefusal: unknown = undefined;
  /** While set, actors and their alarms cannot be read. */
  loadRefusal: unknown = undefined;
  readonly #behind: Store;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(behind: Store) {
    this.#behind = behind;
  }

  /** Commits wait from now on. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Those that wait go on, and those that come do not wait. */
  letGo(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  get epoch(): number {
    return this.#behind.epoch;
  }

  async commit(batch: CommitBatch): ReturnType<Store["commit"]> {
    this.batches.push(batch);
    await this.#gate?.promise;
    const refusal = this.refusal ?? (batch.changes.length > 0 ? this.changesRefusal : undefined);
    this.refusal = undefined;
    if (refusal !== undefined) throw refusal;
    return this.#behind.commit(batch);
  }

  async load(...about: Parameters<Store["load"]>): ReturnType<Store["load"]> {
    if (this.loadRefusal !== undefined) throw this.loadRefusal;
    return this.#behind.load(...about);
  }

  row(...about: Parameters<Store["row"]>): ReturnType<Store["row"]> {
    return this.#behind.row(...about);
  }

  rows(...about: Parameters<Store["rows"]>): ReturnType<Store["rows"]> {
    return this.#behind.rows(...about);
  }

  alarmsDue(...about: Parameters<Store["alarmsDue"]>): ReturnType<Store["alarmsDue"]> {
    return this.#behind.alarmsDue(...about);
  }

  async alarmsOf(...about: Parameters<Store["alarmsOf"]>): ReturnType<Store["alarmsOf"]> {
    if (this.loadRefusal !== undefined) throw this.loadRefusal;
    return this.#behind.alarmsOf(...about);
  }

  hasAlarms(...about: Parameters<Store["hasAlarms"]>): ReturnType<Store["hasAlarms"]> {
    return this.#behind.hasAlarms(...about);
  }

  watches(): ReturnType<Store["watches"]> {
    return this.#behind.watches();
  }

  keys(...about: Parameters<Store["keys"]>): ReturnType<Store["keys"]> {
    return this.#behind.keys(...about);
  }

  letters(...about: Parameters<Store["letters"]>): ReturnType<Store["letters"]> {
    return this.#behind.letters(...about);
  }

  letter(...about: Parameters<Store["letter"]>): ReturnType<Store["letter"]> {
    return this.#behind.letter(...about);
  }

  quarantines(): ReturnType<Store["quarantines"]> {
    return this.#behind.quarantines();
  }

  close(): Promise<void> {
    return this.#behind.close();
  }
}
