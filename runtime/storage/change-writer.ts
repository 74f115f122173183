// Hot. One change on its way into the database: its state in one statement, the rest of it only when it has any.
import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

import type { Change } from "../core/stored.ts";
import { addressOf } from "./address.ts";
import { indexedText } from "./batch-rules.ts";

type Prepared = Statement<unknown, SQLQueryBindings[]>;

/** Everything here is inside a transaction of whoever calls it. */
export class ChangeWriter {
  readonly #insertActor: Prepared;
  readonly #updateActor: Prepared;
  readonly #deleteActor: Prepared;
  readonly #isStored: Prepared;
  readonly #putRow: Prepared;
  readonly #deleteRow: Prepared;
  readonly #putAlarm: Prepared;
  readonly #deleteAlarm: Prepared;
  readonly #putWatch: Prepared;
  readonly #deleteWatch: Prepared;
  readonly #addIndexed: Prepared;
  readonly #deleteIndexed: Prepared;
  readonly #deleteParts: readonly Prepared[];

  /** The epoch is part of the statements: what need not be bound for each change is not. */
  constructor(database: Database, epoch: number) {
    const prepare = (sql: string): Prepared => database.prepare(sql);
    this.#insertActor = prepare(`
      INSERT INTO actors (version, epoch, state_version, state, address) VALUES (?, ${epoch}, ?, ?, ?)
      ON CONFLICT DO NOTHING`);
    this.#updateActor = prepare(`
      UPDATE actors SET version = ?, epoch = ${epoch}, state_version = ?, state = ? WHERE address = ? AND version = ?`);
    this.#deleteActor = prepare("DELETE FROM actors WHERE address = ? AND version = ?");
    this.#isStored = prepare("SELECT 1 FROM actors WHERE address = ?");
    this.#putRow = prepare(`
      INSERT INTO actor_rows (address, row, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`);
    this.#deleteRow = prepare("DELETE FROM actor_rows WHERE address = ? AND row = ?");
    this.#putAlarm = prepare(`
      REPLACE INTO alarms (address, name, due_at, every_ms, method, input, missed, fire)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#deleteAlarm = prepare("DELETE FROM alarms WHERE address = ? AND name = ?");
    this.#putWatch = prepare("REPLACE INTO watches (watcher, watched, method) VALUES (?, ?, ?)");
    this.#deleteWatch = prepare("DELETE FROM watches WHERE watcher = ? AND watched = ?");
    this.#addIndexed = prepare("INSERT INTO indexed_fields (address, field, value) VALUES (?, ?, ?)");
    this.#deleteIndexed = prepare("DELETE FROM indexed_fields WHERE address = ?");
    this.#deleteParts = [
      prepare("DELETE FROM actor_rows WHERE address = ?"),
      prepare("DELETE FROM alarms WHERE address = ?"),
      prepare("DELETE FROM watches WHERE watcher = ?"),
      this.#deleteIndexed,
    ];
  }

  /** False, and nothing is written, when the change does not follow from what is stored. */
  write(change: Change): boolean {
    const address = addressOf(change.type, change.key);
    if (change.state === undefined) return this.#remove(address, change.baseVersion);
    if (!this.#putState(address, change, change.state)) return false;
    if (change.rows.length > 0) this.#writeRows(address, change);
    if (change.alarms.length > 0) this.#writeAlarms(address, change);
    if (change.watches.length > 0) this.#writeWatches(address, change);
    if (change.indexed !== undefined) this.#writeIndexed(address, change.indexed);
    return true;
  }

  #putState(address: string, { baseVersion, version, stateVersion }: Change, state: string): boolean {
    const { changes } =
      baseVersion === 0
        ? this.#insertActor.run(version, stateVersion, state, address)
        : this.#updateActor.run(version, stateVersion, state, address, baseVersion);
    return changes > 0;
  }

  #writeRows(address: string, { rows }: Change): void {
    for (const { row, value } of rows) {
      if (value === undefined) this.#deleteRow.run(address, row);
      else this.#putRow.run(address, row, value);
    }
  }

  #writeAlarms(address: string, { alarms }: Change): void {
    for (const { name, alarm } of alarms) {
      if (alarm === undefined) {
        this.#deleteAlarm.run(address, name);
      } else {
        const { dueAt, everyMs, method, input, missed, fire } = alarm;
        this.#putAlarm.run(address, name, dueAt, everyMs, method, input ?? null, missed, fire);
      }
    }
  }

  #writeWatches(address: string, { watches }: Change): void {
    for (const { on, watchedType, watchedKey, method } of watches) {
      const watched = addressOf(watchedType, watchedKey);
      if (on) this.#putWatch.run(address, watched, method);
      else this.#deleteWatch.run(address, watched);
    }
  }

  #writeIndexed(address: string, indexed: NonNullable<Change["indexed"]>): void {
    this.#deleteIndexed.run(address);
    for (const [field, value] of indexed) this.#addIndexed.run(address, field, indexedText(value));
  }

  /** What is not stored has version 0 and no parts. */
  #remove(address: string, baseVersion: number): boolean {
    if (baseVersion === 0) return this.#isStored.get(address) === null;
    if (this.#deleteActor.run(address, baseVersion).changes === 0) return false;
    for (const statement of this.#deleteParts) statement.run(address);
    return true;
  }
}
