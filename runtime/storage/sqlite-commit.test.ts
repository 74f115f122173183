// Commits that the database does not take: busy, full, moved; what is promised of them, and of the next ones.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";

import type { Store } from "../core/ports.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { openSqliteStore, type WatchedStore } from "./sqlite-store.ts";
import {
  batch,
  change,
  commit,
  failureOf,
  GENEROUS_BYTES,
  letter,
  newDatabasePath,
  removeDatabases,
} from "./test-stores.ts";

afterAll(removeDatabases);

interface Setting {
  readonly path: string;
  readonly store: WatchedStore;
  readonly clock: FakeClock;
}

function setting(bytesMax = GENEROUS_BYTES, path = newDatabasePath()): Setting {
  const clock = new FakeClock();
  return { path, clock, store: openSqliteStore({ path, sync: "full", bytesMax, clock }) };
}

/** Kept: one that nobody holds is collected, and its transaction with it. */
const writers: Database[] = [];

/** Another program, in the middle of a transaction. */
function writerOf(path: string): Database {
  const writer = new Database(path);
  writers.push(writer);
  writer.run("BEGIN IMMEDIATE");
  return writer;
}

/** Keys in the order in which their commits ended, and how. */
function watched(store: Store, ...keys: readonly string[]): string[] {
  const ended: string[] = [];
  for (const key of keys) {
    const ending = commit(store, change({ key }));
    ending.then((outcomes) => ended.push(`${key} ${outcomes[0]}`)).catch((error) => ended.push(`${key} ${error.code}`));
  }
  return ended;
}

describe("a commit while another program writes", () => {
  test("waits without blocking, tries again and again, and goes through when the other is done", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const ended = watched(store, "a");
    await clock.advance(10 * limits.storeBusyRetryMs);
    expect(ended).toEqual([]);
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(ended).toEqual(["a committed"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("keeps its place before the commits that came later", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const ended = watched(store, "a", "b");
    await clock.advance(limits.storeBusyRetryMs / 2);
    other.run("ROLLBACK");
    ended.push(...watched(store, "c"));
    const chain = [commit(store, change()), commit(store, change({ baseVersion: 1 }))];
    await clock.advance(limits.storeBusyRetryMs);
    expect(ended).toEqual(["a committed", "b committed"]);
    expect(await Promise.all(chain)).toEqual([["committed"], ["committed"]]);
  });

  test("can be read around: what was committed before is there", async () => {
    const { path, store, clock } = setting();
    await commit(store, change());
    const other = writerOf(path);
    const waiting = commit(store, change({ baseVersion: 1 }));
    expect((await store.load("room", "lobby"))?.version).toBe(1);
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(await waiting).toEqual(["committed"]);
  });

  test("is given up when it has waited as long as it may; those behind it have their own time", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const first = watched(store, "a");
    await clock.advance(limits.storeBusyRetryMs);
    const second = watched(store, "b");
    await clock.advance(limits.storeBusyMs - limits.storeBusyRetryMs - 1);
    expect([first, second]).toEqual([[], []]);
    await clock.advance(1);
    expect([first, second]).toEqual([["a store.locked"], []]);
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(second).toEqual(["b committed"]);
    expect(await store.load("room", "a")).toBeUndefined();
  });

  test("says who has the file", async () => {
    const { path, store, clock } = setting();
    writerOf(path);
    const failing = failureOf(() => commit(store, change()));
    await clock.advance(limits.storeBusyMs);
    const message = `Cannot commit to "${path}": another program holds it`;
    expect(await failing).toMatchObject({ code: "store.locked", message, cause: { code: "SQLITE_BUSY" } });
  });

  test("makes the store unusable until the other is done, also when nobody commits again", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const failing = failureOf(() => commit(store, change()));
    await clock.advance(limits.storeBusyMs);
    expect(store.problem()).toBe(await failing);
    await clock.advance(limits.storeTryMs);
    expect(store.problem()).toMatchObject({ code: "store.locked" });
    other.close(true);
    await clock.advance(limits.storeTryMs);
    expect(store.problem()).toBeUndefined();
    expect((await store.load("room", "lobby"))?.version).toBeUndefined();
  });

  test("finds room behind others up to a limit; the one past it is refused, and no other", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const keys = Array.from({ length: limits.storeWaitingCommitsMax }, (_, index) => `${index}`);
    const ended = watched(store, ...keys);
    expect(await failureOf(() => commit(store, change()))).toMatchObject({ code: "store.locked" });
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(ended).toEqual(keys.map((key) => `${key} committed`));
  });

  test("is waited for when the store is closed", async () => {
    const { path, store, clock } = setting();
    const other = writerOf(path);
    const waiting = commit(store, change());
    const closed = store.close();
    await clock.advance(limits.storeBusyRetryMs);
    other.close(true);
    await clock.advance(limits.storeBusyRetryMs);
    expect(await waiting).toEqual(["committed"]);
    await closed;
    expect((await setting(GENEROUS_BYTES, path).store.load("room", "lobby"))?.version).toBe(1);
  });

  test("fails the opening at once", async () => {
    const { path, store } = setting();
    await store.close();
    writerOf(path);
    expect(await failureOf(() => setting(GENEROUS_BYTES, path))).toMatchObject({ code: "store.locked" });
  });
});

const roomyBytes = 400_000;
const big = (key: string) => change({ key, state: "s".repeat(100_000) });

describe("a database that is full", () => {
  test("refuses a batch whole, and takes the next one that has room", async () => {
    const { path, store } = setting(roomyBytes);
    await commit(store, big("a"), big("b"));
    const changes = [change({ key: "small" }), big("c"), big("d")];
    const failure = await failureOf(() => store.commit(batch({ changes, letters: [letter(1)] })));
    const message = `Cannot commit to "${path}": the disk is full or its bound is reached`;
    expect(failure).toMatchObject({ code: "store.full", message, cause: { code: "SQLITE_FULL" } });
    expect(await store.keys({ type: "room", keyPrefix: "", after: "", limit: 9 })).toEqual(["a", "b"]);
    expect(await store.letters(9, 9)).toEqual([]);
    expect(await commit(store, change({ key: "small" }))).toEqual(["committed"]);
  });

  test("has room again when an actor goes, or when it is opened with a wider bound", async () => {
    const { path, store } = setting(roomyBytes);
    await commit(store, big("a"), big("b"), big("c"));
    expect(await failureOf(() => commit(store, big("d")))).toMatchObject({ code: "store.full" });
    await commit(store, change({ key: "a", baseVersion: 1, state: undefined }));
    expect(await commit(store, big("d"))).toEqual(["committed"]);
    expect(await failureOf(() => commit(store, big("e")))).toMatchObject({ code: "store.full" });
    await store.close();
    expect(await commit(setting(2 * roomyBytes, path).store, big("e"))).toEqual(["committed"]);
  });

  test("keeps to its bound in the file, and one that is over a narrower bound already is still read", async () => {
    const { path, store } = setting(roomyBytes);
    let key = 0;
    while ((await commit(store, big(`${key}`)).catch(() => undefined)) !== undefined) key++;
    await store.close();
    expect(Bun.file(path).size).toBeWithin(100_000 * key, roomyBytes + 1);
    const narrow = setting(4_096, path).store;
    expect((await narrow.load("room", "0"))?.version).toBe(1);
    expect(await failureOf(() => commit(narrow, big("more")))).toMatchObject({ code: "store.full" });
  });
});

/** Fails, and leaves nothing of it. */
async function fill({ store }: Setting, bytesMax: number): Promise<void> {
  const changes = Array.from({ length: Math.ceil(bytesMax / 100_000) }, (_, key) => big(`${key}`));
  expect(await failureOf(() => commit(store, ...changes))).toMatchObject({ code: "store.full" });
  expect(store.problem()).toMatchObject({ code: "store.full" });
}

describe("a store whose database was full", () => {
  test("is usable again when there is room", async () => {
    const bytesMax = limits.storeRoomBytes + roomyBytes;
    const roomy = setting(bytesMax);
    await fill(roomy, bytesMax);
    await roomy.clock.advance(limits.storeTryMs);
    expect(roomy.store.problem()).toBeUndefined();
  });

  test("is not while there is little, though a small commit would fit; when one does, it is", async () => {
    const narrow = setting(roomyBytes);
    await fill(narrow, roomyBytes);
    await narrow.clock.advance(limits.storeTryMs);
    expect(narrow.store.problem()).toMatchObject({ code: "store.full" });
    await commit(narrow.store, change());
    expect(narrow.store.problem()).toBeUndefined();
  });
});

describe("a database whose file is taken away", () => {
  test.each([
    ["removed", (path: string) => rmSync(path)],
    ["moved", (path: string) => renameSync(path, `${path}.moved`)],
  ])("takes no commit that would be nowhere: %s", async (_, take) => {
    const { path, store, clock } = setting();
    await commit(store, change());
    take(path);
    const failure = await failureOf(() => commit(store, change({ baseVersion: 1 })));
    const message = `Cannot commit to "${path}": it was moved or removed while it was open`;
    expect(failure).toMatchObject({ code: "store.failed", message });
    await clock.advance(limits.storeTryMs);
    expect(store.problem()).toMatchObject({ code: "store.failed", message });
  });
});
