// Opening the database: its folder, its owner's lock, a look at what is there, settings, tables, the next epoch.
import type { Database } from "bun:sqlite";
import { mkdirSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { RuntimeError } from "../core/errors.ts";
import { limits } from "../limits.ts";
import { OWNER_ALONE } from "./owner-alone.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import { connect } from "./sqlite-connect.ts";
import { storeError } from "./sqlite-errors.ts";
import { inspect } from "./sqlite-inspection.ts";
import { claim, migrate, pragma } from "./sqlite-schema.ts";

export interface SqliteFileOptions {
  /** The folder is made when it is not there. Beside the file come `-wal`, `-shm` and `.lock`. */
  readonly path: string;
  /** "full": every commit is on the disk when it resolves. "normal": a power cut may take the last ones. */
  readonly sync: "full" | "normal";
  /** How large the database may grow; its write-ahead log is not counted. */
  readonly bytesMax: number;
}

/** A database that belongs to this process until it is closed. */
export interface OwnedDatabase {
  readonly path: string;
  readonly database: Database;
  readonly epoch: number;
  /** Copies the log into the database and gives the lock back, the second whatever becomes of the first. */
  close(): void;
}

/** The most that SQLite can count. */
const PAGES_MAX = 0xffff_fffe;

/**
 * Throws `store.locked` when another process owns the file, `store.corrupt` when it is damaged or no database of ours,
 * `store.from_future`, `store.read_only`, `store.full` or `store.failed`; nothing in the file is lost then.
 */
export function openSqliteFile(options: SqliteFileOptions): OwnedDatabase {
  try {
    using opening = new DisposableStack();
    const path = makePlace(options.path);
    opening.use(takeOwnerLock(path));
    inspect(path);
    const database = opening.adopt(connect(path), (each) => each.close(true));
    const epoch = prepare(database, path, options);
    const open = opening.move();
    return { path, database, epoch, close: () => close(database, open) };
  } catch (error) {
    throw storeError("open", options.path, error);
  }
}

/** Where the file really is, so that its other names lead to the same lock. */
function makePlace(path: string): string {
  mkdirSync(dirname(resolve(path)), { recursive: true, mode: OWNER_ALONE });
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Returns the epoch of this owner, which is on the disk whatever `sync` says. */
function prepare(database: Database, path: string, { sync, bytesMax }: SqliteFileOptions): number {
  database.run("PRAGMA cell_size_check = ON");
  claim(database, path);
  const [mode] = database.prepare<{ journal_mode: string }, []>("PRAGMA journal_mode = WAL").all();
  if (mode?.journal_mode !== "wal") {
    throw new RuntimeError("store.failed", `Cannot open "${path}": this file system gives it no write-ahead log`);
  }
  const pages = Math.floor(bytesMax / pragma(database, "page_size"));
  database.run("PRAGMA synchronous = FULL");
  database.run(`PRAGMA cache_size = ${-limits.storeCacheBytes / 1_024}`);
  database.run(`PRAGMA journal_size_limit = ${limits.storeLogBytesKept}`);
  database.run(`PRAGMA max_page_count = ${Math.min(Math.max(pages, 1), PAGES_MAX)}`);
  migrate(database);
  const epoch = nextEpoch(database, path);
  if (sync === "normal") database.run("PRAGMA synchronous = NORMAL");
  return epoch;
}

function nextEpoch(database: Database, path: string): number {
  const counted = "UPDATE meta SET value = value + 1 WHERE name = 'epoch' RETURNING value";
  const [row] = database.prepare<{ value: number }, []>(counted).all();
  if (row === undefined) throw new RuntimeError("store.corrupt", `Cannot open "${path}": its epoch is missing`);
  return row.value;
}

function close(database: Database, open: Disposable): void {
  try {
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    open[Symbol.dispose]();
  }
}
