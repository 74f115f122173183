// Looking at a database before anything is written to it: whose it is, and whether it is damaged.
import type { Database } from "bun:sqlite";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";

import { RuntimeError } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { connect } from "./sqlite-connect.ts";
import { claim } from "./sqlite-schema.ts";

const READ_BYTES = 1_048_576;

/**
 * Throws `store.corrupt` or `store.from_future`, or what SQLite throws; then the file and its log are as they were.
 * Damage is found wherever it is in a file of up to `storeCheckBytesMax`; of a larger one each table's beginning is
 * looked at, and the rest when it is read.
 */
export function inspect(path: string): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0) return;
  // Whoever closes a database that he may write copies a log that a killed process left into it.
  const database = connect(path, { readonly: existsSync(`${path}-wal`) });
  try {
    database.run("PRAGMA cell_size_check = ON");
    claim(database, path);
    if (bytes > limits.storeCheckBytesMax) return readBeginnings(database);
    readThrough(path);
    refuseDamaged(database, path);
  } finally {
    database.close(true);
  }
}

/** A disk gives a file in its own order three times as fast as page by page in that of the check. */
function readThrough(path: string): void {
  const file = openSync(path, "r");
  const buffer = new Uint8Array(READ_BYTES);
  try {
    while (readSync(file, buffer) > 0);
  } finally {
    closeSync(file);
  }
}

function refuseDamaged(database: Database, path: string): void {
  const [found] = database.prepare<{ quick_check: string }, []>("PRAGMA quick_check(1)").all();
  if (found === undefined || found.quick_check === "ok") return;
  const where = found.quick_check.split("\n").at(-1);
  throw new RuntimeError("store.corrupt", `Cannot open "${path}": it is damaged (${where})`);
}

function readBeginnings(database: Database): void {
  const tables = database.prepare<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  for (const { name } of tables) database.prepare(`SELECT * FROM "${name}" LIMIT 1`).all();
}
