// Opening a file with SQLite, and asking the file system why when that fails.
import { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";

/** Never waits for a lock. Where SQLite says only that it cannot open the file, the file system's reason is thrown. */
export function connect(path: string, { readonly = false } = {}): Database {
  try {
    const database = readonly ? new Database(path, { readonly }) : new Database(path);
    database.run("PRAGMA busy_timeout = 0");
    return database;
  } catch (error) {
    closeSync(openSync(path, "a"));
    throw error;
  }
}
