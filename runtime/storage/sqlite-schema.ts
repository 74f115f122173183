// The tables of the database, how an older one becomes as this program wants it, and whose database it is.
import type { Database } from "bun:sqlite";

import { RuntimeError } from "../core/errors.ts";

/** "Corr" in the header of the file, where `file` and other programs find it. */
export const APPLICATION_ID = 0x436f_7272;

/**
 * Each leads from the version that is its index to the next; one that was ever released is never changed.
 * An actor is found by its address, type/key: one column is compared in half the time of two. `actors` has row ids
 * because states are written in place then, and a walk through the keys does not meet them. Times are REAL: parts of a
 * millisecond are no reason to refuse what others committed with them.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('epoch', 0);

  CREATE TABLE actors (
    address TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL, epoch INTEGER NOT NULL, state_version INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT;

  CREATE TABLE actor_rows (
    address TEXT NOT NULL, row TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (address, row)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE alarms (
    address TEXT NOT NULL, name TEXT NOT NULL,
    due_at REAL NOT NULL, every_ms REAL NOT NULL, method TEXT NOT NULL, input TEXT,
    missed TEXT NOT NULL, fire INTEGER NOT NULL,
    PRIMARY KEY (address, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alarms_due ON alarms (due_at);

  CREATE TABLE watches (
    watcher TEXT NOT NULL, watched TEXT NOT NULL, method TEXT NOT NULL,
    PRIMARY KEY (watcher, watched)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE indexed_fields (
    field TEXT NOT NULL, value TEXT NOT NULL, address TEXT NOT NULL,
    PRIMARY KEY (field, value, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX indexed_fields_of ON indexed_fields (address);

  CREATE TABLE letters (
    id INTEGER PRIMARY KEY, at REAL NOT NULL,
    type TEXT NOT NULL, key TEXT NOT NULL, method TEXT NOT NULL, reason TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE quarantines (address TEXT NOT NULL PRIMARY KEY, at REAL NOT NULL, reason TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
  `,
];

/**
 * Makes an empty file ours. Throws `store.corrupt` when the database is another program's and `store.from_future` when
 * it is a newer program's; then nothing was written. The path is for the message.
 */
export function claim(database: Database, path: string, migrations = MIGRATIONS): void {
  if (pragma(database, "page_count") === 0) {
    database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    return;
  }
  const [id, version] = [pragma(database, "application_id"), pragma(database, "user_version")];
  if (id !== APPLICATION_ID) {
    const state = `it is another program's database, with application id ${id}`;
    throw new RuntimeError("store.corrupt", `Cannot open "${path}": ${state}`);
  }
  if (version > migrations.length) {
    const state = `it has version ${version}, this program knows up to ${migrations.length}`;
    throw new RuntimeError("store.from_future", `Cannot open "${path}": ${state}`);
  }
}

/** Brings an older database to the newest version, each step in a transaction of its own. */
export function migrate(database: Database, migrations = MIGRATIONS): void {
  for (let version = pragma(database, "user_version"); version < migrations.length; version++) {
    database.transaction(() => {
      database.run(migrations[version] as string);
      database.run(`PRAGMA user_version = ${version + 1}`);
    })();
  }
}

/** A number that SQLite keeps about the database. */
export function pragma(
  database: Database,
  name: "application_id" | "freelist_count" | "max_page_count" | "page_count" | "page_size" | "user_version",
): number {
  const [row] = database.prepare<Record<string, number>, []>(`PRAGMA ${name}`).all();
  return row?.[name] ?? 0;
}
