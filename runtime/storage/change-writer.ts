// Hot. One change on its way into the database: its state in one statement, the rest of it only when it has any.
import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

import type { Change } from "../core/ports.ts";
import { indexedText } from "./batch-rules.ts";

type Prepared = Statement<unknown, SQLQueryBindings[]>;

/** Everything here is inside a transaction of whoever calls it. */
export class ChangeWriter {
  readonly #epoch: number;
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

  constructor(database: Database, epoch: number) {
    const prepare = (sql: string): Prepared => database.prepare(sql);
    this.#epoch = epoch;
    this.#insertActor = prepare(`
      INSERT INTO actors (version, epoch, state_version, state, type, key) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING`);
    this.#updateActor = prepare(`
      UPDATE actors SET version = ?, epoch = ?, state_version = ?, state = ?
      WHERE type = ? AND key = ? AND version = ?`);
    this.#deleteActor = prepare("DELETE FROM actors WHERE type = ? AND key = ? AND version = ?");
    this.#isStored = prepare("SELECT 1 FROM actors WHERE type = ? AND key = ?");
    this.#putRow = prepare(`
      INSERT INTO actor_rows (type, key, row, value) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value`);
    this.#deleteRow = prepare("DELETE FROM actor_rows WHERE type = ? AND key = ? AND row = ?");
    this.#putAlarm = prepare(`
      REPLACE INTO alarms (type, key, name, due_at, every_ms, method, input, missed, fire)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#deleteAlarm = prepare("DELETE FROM alarms WHERE type = ? AND key = ? AND name = ?");
    this.#putWatch = prepare(`
      REPLACE INTO watches (watcher_type, watcher_key, watched_type, watched_key, method) VALUES (?, ?, ?, ?, ?)`);
    this.#deleteWatch = prepare(`
      DELETE FROM watches WHERE watcher_type = ? AND watcher_key = ? AND watched_type = ? AND watched_key = ?`);
    this.#addIndexed = prepare("INSERT INTO indexed_fields (type, key, field, value) VALUES (?, ?, ?, ?)");
    this.#deleteIndexed = prepare("DELETE FROM indexed_fields WHERE type = ? AND key = ?");
    this.#deleteParts = [
      prepare("DELETE FROM actor_rows WHERE type = ? AND key = ?"),
      prepare("DELETE FROM alarms WHERE type = ? AND key = ?"),
      prepare("DELETE FROM watches WHERE watcher_type = ? AND watcher_key = ?"),
      this.#deleteIndexed,
    ];
  }

  /** False, and nothing is written, when the change does not follow from what is stored. */
  write(change: Change): boolean {
    if (change.state === undefined) return this.#remove(change);
    if (!this.#putState(change, change.state)) return false;
    if (change.rows.length > 0) this.#writeRows(change);
    if (change.alarms.length > 0) this.#writeAlarms(change);
    if (change.watches.length > 0) this.#writeWatches(change);
    if (change.indexed !== undefined) this.#writeIndexed(change, change.indexed);
    return true;
  }

  #putState({ type, key, baseVersion, version, stateVersion }: Change, state: string): boolean {
    const { changes } =
      baseVersion === 0
        ? this.#insertActor.run(version, this.#epoch, stateVersion, state, type, key)
        : this.#updateActor.run(version, this.#epoch, stateVersion, state, type, key, baseVersion);
    return changes > 0;
  }

  #writeRows({ type, key, rows }: Change): void {
    for (const { row, value } of rows) {
      if (value === undefined) this.#deleteRow.run(type, key, row);
      else this.#putRow.run(type, key, row, value);
    }
  }

  #writeAlarms({ type, key, alarms }: Change): void {
    for (const { name, alarm } of alarms) {
      if (alarm === undefined) {
        this.#deleteAlarm.run(type, key, name);
      } else {
        const { dueAt, everyMs, method, input, missed, fire } = alarm;
        this.#putAlarm.run(type, key, name, dueAt, everyMs, method, input ?? null, missed, fire);
      }
    }
  }

  #writeWatches({ type, key, watches }: Change): void {
    for (const { on, watchedType, watchedKey, method } of watches) {
      if (on) this.#putWatch.run(type, key, watchedType, watchedKey, method);
      else this.#deleteWatch.run(type, key, watchedType, watchedKey);
    }
  }

  #writeIndexed({ type, key }: Change, indexed: NonNullable<Change["indexed"]>): void {
    this.#deleteIndexed.run(type, key);
    for (const [field, value] of indexed) this.#addIndexed.run(type, key, field, indexedText(value));
  }

  /** What is not stored has version 0 and no parts. */
  #remove({ type, key, baseVersion }: Change): boolean {
    if (baseVersion === 0) return this.#isStored.get(type, key) === null;
    if (this.#deleteActor.run(type, key, baseVersion).changes === 0) return false;
    for (const statement of this.#deleteParts) statement.run(type, key);
    return true;
  }
}
