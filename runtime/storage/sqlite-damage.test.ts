// Damage in the middle of the file: found before anything is written, or by whoever meets it, and left as it is.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { openSqliteStore, type WatchedStore } from "./sqlite-store.ts";
import { change, commit, failureOf, GENEROUS_BYTES, newDatabasePath, removeDatabases } from "./test-stores.ts";

afterAll(removeDatabases);

const ACTORS = 2_000;
const PAGE_BYTES = 4_096;

const optionsOf = (path: string) => ({ path, sync: "full", bytesMax: GENEROUS_BYTES }) as const;
const open = (path: string, clock = new FakeClock()): WatchedStore => openSqliteStore({ ...optionsOf(path), clock });
const changes = Array.from({ length: ACTORS }, (_, key) => change({ key: `${key}`, state: "s".repeat(200) }));

async function writtenDatabase(): Promise<string> {
  const path = newDatabasePath();
  const store = open(path);
  await commit(store, ...changes);
  await store.close();
  return path;
}

/** Garbage over the beginning of each of these pages, counted from 1. */
function damage(path: string, firstPage: number, lastPage: number): void {
  const file = openSync(path, "r+");
  for (let page = firstPage; page <= lastPage; page++) {
    writeSync(file, new Uint8Array(64).fill(0xff), 0, 64, (page - 1) * PAGE_BYTES);
  }
  closeSync(file);
}

function pagesOf(path: string): number {
  return Math.floor(Bun.file(path).size / PAGE_BYTES);
}

/** The page at which a table begins. */
function rootOf(path: string, table: string): number {
  const database = new Database(path, { readonly: true });
  const [row] = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`).values();
  database.close(true);
  return Number(row?.[0]);
}

/** The file and its log, or undefined in the place of the one that is not there. */
function bytesOf(path: string): readonly (string | undefined)[] {
  return ["", "-wal"].map((end) =>
    existsSync(path + end) ? Bun.hash(readFileSync(path + end)).toString() : undefined,
  );
}

/** Leaves what it has committed in its log, as a process that is killed does. */
function commitAndBeKilled(path: string): void {
  const program = `
    import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "sqlite-store.ts"))};
    import { change, commit } from ${JSON.stringify(join(import.meta.dirname, "test-stores.ts"))};
    await commit(openSqliteStore(${JSON.stringify(optionsOf(path))}), change({ key: "in the log" }));
    process.kill(process.pid, "SIGKILL");`;
  Bun.spawnSync([process.execPath, "-e", program]);
}

async function keysUntilFailure(work: (key: string) => Promise<unknown>): Promise<void> {
  for (let key = 0; key < ACTORS; key++) await work(`${key}`);
}

describe("a damaged database that is opened", () => {
  test("is refused, with the file and the place, and stays as it is", async () => {
    const path = await writtenDatabase();
    const page = Math.floor(pagesOf(path) / 2);
    damage(path, page, page);
    const before = bytesOf(path);
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe("store.corrupt");
    expect(failure.message).toMatch(new RegExp(`^Cannot open "${path}": it is damaged \\(.* ${page}[: ].*\\)$`));
    expect(bytesOf(path)).toEqual(before);
  });

  test("is not joined with the log that a killed process left", async () => {
    const path = await writtenDatabase();
    commitAndBeKilled(path);
    damage(path, 40, pagesOf(path));
    const before = bytesOf(path);
    expect(before).not.toContain(undefined);
    expect(await failureOf(() => open(path))).toMatchObject({ code: "store.corrupt" });
    expect(bytesOf(path)).toEqual(before);
  });

  test("is refused where a table begins, also when it is too large to be looked through", async () => {
    const path = await writtenDatabase();
    const root = rootOf(path, "actors");
    damage(path, root, root);
    enlarge(path);
    expect(await failureOf(() => open(path))).toMatchObject({
      code: "store.corrupt",
      message: `Cannot open "${path}": it is damaged`,
    });
  });

  test("is whole where a killed process left its log: nothing is refused", async () => {
    const path = await writtenDatabase();
    commitAndBeKilled(path);
    expect(await open(path).load("room", "in the log")).toMatchObject({ version: 1 });
  });
});

describe("a database that is damaged while it is open", () => {
  test("says so to whoever meets the damage, and cannot be used from then on", async () => {
    const path = await writtenDatabase();
    const clock = new FakeClock();
    const store = open(path, clock);
    expect(store.problem()).toBeUndefined();
    damage(path, 40, pagesOf(path));
    const reading = await failureOf(() => keysUntilFailure((key) => store.load("room", key)));
    expect(reading).toMatchObject({ code: "store.corrupt", message: `Cannot read "${path}": it is damaged` });
    const writing = await failureOf(() =>
      keysUntilFailure((key) => commit(store, change({ key, baseVersion: 1, version: 2 }))),
    );
    expect(writing).toMatchObject({ code: "store.corrupt", message: `Cannot commit to "${path}": it is damaged` });
    await commit(store, change({ key: "another" })).catch(() => undefined);
    await clock.advance(10 * limits.storeTryMs);
    expect(store.problem()).toBe(reading);
  });
});

/** A hole at the end, of pages that the database does not count among its own. */
function enlarge(path: string): void {
  truncateSync(path, limits.storeCheckBytesMax + PAGE_BYTES);
}
