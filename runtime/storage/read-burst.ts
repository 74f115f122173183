// Hot. Reads that follow each other in one go, as when many actors wake, share one transaction: its locks cost most.
import type { Database, Statement } from "bun:sqlite";

import type { Clock } from "../base/clock.ts";

export class ReadBurst {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #begin: Statement<unknown, []>;
  readonly #commit: Statement<unknown, []>;
  readonly #rollback: Statement<unknown, []>;
  /** Reads since the last callback of the loop began, or the last end. */
  #reads = 0;
  #ending = false;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#begin = database.prepare("BEGIN DEFERRED");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
  }

  /** To be called before each read: from the second one on they share a transaction, until the callback is over. */
  join(): void {
    if (++this.#reads === 2) this.#begin.run();
    if (this.#ending) return;
    this.#ending = true;
    this.#clock.soon(this.#callbackOver);
  }

  /** Whatever is not a read is called after this. Never throws: a file that cannot be read is met by who reads it. */
  end(): void {
    this.#reads = 0;
    // What SQLite throws may have ended it before.
    if (this.#database.inTransaction && !succeeds(this.#commit) && this.#database.inTransaction) {
      succeeds(this.#rollback);
    }
  }

  readonly #callbackOver = (): void => {
    this.#ending = false;
    this.end();
  };
}

function succeeds(statement: Statement<unknown, []>): boolean {
  try {
    statement.run();
    return true;
  } catch {
    return false;
  }
}
