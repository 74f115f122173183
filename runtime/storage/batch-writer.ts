// Hot. One batch as one transaction: either all of it that is not stale is in the database, or nothing.
import { constants, type Database, type SQLQueryBindings, type Statement } from "bun:sqlite";

import { RuntimeError } from "../core/errors.ts";
import type { CommitBatch, StoredLetter } from "../core/stored.ts";
import { addressOf } from "./address.ts";
import { type Outcome, outcomesOfOvertaken, refuseIllFormed } from "./batch-rules.ts";
import { ChangeWriter } from "./change-writer.ts";
import type { ReadBurst } from "./read-burst.ts";
import type { OwnedDatabase } from "./sqlite-file.ts";
import { refuseWithoutRoom } from "./sqlite-room.ts";

type Prepared = Statement<unknown, SQLQueryBindings[]>;

export class BatchWriter {
  readonly #owned: OwnedDatabase;
  readonly #reads: ReadBurst;
  readonly #changes: ChangeWriter;
  readonly #begin: Prepared;
  readonly #commit: Prepared;
  readonly #rollback: Prepared;
  readonly #newestEpoch: Statement<{ value: number }, []>;
  readonly #touch: Prepared;
  readonly #putLetter: Prepared;
  readonly #deleteLetter: Prepared;
  readonly #deleteLettersTo: Prepared;
  readonly #putQuarantine: Prepared;
  readonly #deleteQuarantine: Prepared;
  /** What SQLite answers when it is asked whether the file still is where it was. */
  readonly #hasMoved = new Int32Array(2);

  constructor(owned: OwnedDatabase, reads: ReadBurst) {
    const { database } = owned;
    const prepare = (sql: string): Prepared => database.prepare(sql);
    this.#owned = owned;
    this.#reads = reads;
    this.#changes = new ChangeWriter(database, owned.epoch);
    this.#begin = prepare("BEGIN IMMEDIATE");
    this.#commit = prepare("COMMIT");
    this.#rollback = prepare("ROLLBACK");
    this.#newestEpoch = database.prepare("SELECT value FROM meta WHERE name = 'epoch'");
    this.#touch = prepare("UPDATE meta SET value = value WHERE name = 'epoch'");
    this.#putLetter = prepare(`
      REPLACE INTO letters (id, at, type, key, method, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#deleteLetter = prepare("DELETE FROM letters WHERE id = ?");
    this.#deleteLettersTo = prepare("DELETE FROM letters WHERE id <= ?");
    this.#putQuarantine = prepare("REPLACE INTO quarantines (address, at, reason) VALUES (?, ?, ?)");
    this.#deleteQuarantine = prepare("DELETE FROM quarantines WHERE address = ?");
  }

  /** Throws what SQLite throws, and `RuntimeError`s of its own; then nothing was written. Never waits for a lock. */
  write(batch: CommitBatch): readonly Outcome[] {
    const { database, epoch, path } = this.#owned;
    refuseIllFormed(batch, `"${path}"`);
    this.#refuseMoved(database, path);
    this.#reads.end();
    this.#begin.run();
    try {
      const overtaken = (this.#newestEpoch.get()?.value ?? epoch) > epoch;
      const outcomes = overtaken ? outcomesOfOvertaken(batch, `"${path}"`) : this.#writeAll(batch);
      this.#commit.run();
      return outcomes;
    } catch (error) {
      if (database.inTransaction) this.#rollback.run();
      throw error;
    }
  }

  /** Throws where a commit would: writes what is written already, and looks for room. */
  tryOut(): void {
    const { database, path } = this.#owned;
    this.#refuseMoved(database, path);
    this.#reads.end();
    this.#touch.run();
    refuseWithoutRoom(this.#owned);
  }

  /** A file without a name is gone with the process: a commit to it would be none. */
  #refuseMoved(database: Database, path: string): void {
    database.fileControl(constants.SQLITE_FCNTL_HAS_MOVED, this.#hasMoved);
    if (this.#hasMoved[0] === 0) return;
    throw new RuntimeError("store.failed", `Cannot commit to "${path}": it was moved or removed while it was open`);
  }

  #writeAll(batch: CommitBatch): readonly Outcome[] {
    if (batch.letters.length > 0) this.#putLetters(batch.letters);
    for (const id of batch.lettersRemoved) this.#deleteLetter.run(id);
    for (const { type, key } of batch.released) this.#deleteQuarantine.run(addressOf(type, key));
    for (const { type, key, at, reason } of batch.quarantined)
      this.#putQuarantine.run(addressOf(type, key), at, reason);
    const outcomes: Outcome[] = [];
    for (const change of batch.changes) {
      const isWritten = this.#changes.write(change);
      if (isWritten && change.letters !== undefined) this.#putLetters(change.letters);
      outcomes.push(isWritten ? "committed" : "stale");
    }
    if (batch.lettersRemovedTo > 0) this.#deleteLettersTo.run(batch.lettersRemovedTo);
    return outcomes;
  }

  #putLetters(letters: readonly StoredLetter[]): void {
    for (const { id, at, type, key, method, reason, body } of letters) {
      this.#putLetter.run(id, at, type, key, method, reason, body);
    }
  }
}
