// One owner: a lock beside the database that a process holds as long as it lives, however it ends.
import { RuntimeError } from "../core/errors.ts";
import { connect } from "./sqlite-connect.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";

/**
 * Takes the lock of this database, or throws `store.locked` at once; disposing gives it back. It is an exclusive
 * transaction on an empty SQLite file of its own: the kernel ends it with the process, and other programs may go on
 * reading the database. The file stays, because removing it would let two processes lock two files of one name.
 */
export function takeOwnerLock(databasePath: string): Disposable {
  const path = `${databasePath}.lock`;
  try {
    using opening = new DisposableStack();
    const file = opening.adopt(connect(path), (each) => each.close(true));
    file.run("BEGIN EXCLUSIVE");
    return opening.move();
  } catch (error) {
    if (!isBusy(error)) throw storeError("lock", path, error);
    const state = `another process owns it and holds "${path}"`;
    throw new RuntimeError("store.locked", `Cannot open "${databasePath}": ${state}`, { cause: error });
  }
}
