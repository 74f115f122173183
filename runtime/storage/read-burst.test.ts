// Reads of one callback share a transaction, and nobody notices: not the commits between them, not other programs.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";

import { FakeClock } from "../testing/fake-clock.ts";
import { ReadBurst } from "./read-burst.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { change, commit, GENEROUS_BYTES, newDatabasePath, removeDatabases } from "./test-stores.ts";

afterAll(removeDatabases);

function open() {
  const clock = new FakeClock();
  const path = newDatabasePath();
  const store = openSqliteStore({ path, sync: "full", bytesMax: GENEROUS_BYTES, clock });
  return { clock, path, store };
}

describe("reads in one callback", () => {
  test("share a transaction from the second on, until the callback is over", async () => {
    const clock = new FakeClock();
    const database = new Database(":memory:");
    const burst = new ReadBurst(database, clock);
    const during: boolean[] = [];
    for (let read = 0; read < 3; read++) {
      burst.join();
      during.push(database.inTransaction);
    }
    await clock.settle();
    expect([...during, database.inTransaction]).toEqual([false, true, true, false]);
    burst.join();
    expect(database.inTransaction).toBe(false);
  });

  test("see what is committed between them", async () => {
    const { store } = open();
    const versions: (number | undefined)[] = [];
    for (const baseVersion of [0, 1, 2]) {
      const reads = [store.load("room", "a"), store.load("room", "a"), store.load("room", "b")];
      void commit(store, change({ key: "a", baseVersion }));
      const [first] = await Promise.all(reads);
      versions.push(first?.version);
    }
    expect(versions).toEqual([undefined, 1, 2]);
    await store.close();
  });

  test("do not keep the store from closing, nor other programs from reading", async () => {
    const { path, store } = open();
    await commit(store, change({ key: "a", state: "1" }));
    const reads = [store.load("room", "a"), store.load("room", "a")];
    using other = new Database(path, { readonly: true });
    expect(other.query("SELECT count(*) AS count FROM actors").get()).toEqual({ count: 1 });
    await store.close();
    expect((await Promise.all(reads)).map((stored) => stored?.version)).toEqual([1, 1]);
  });
});
