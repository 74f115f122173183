// Opening a database: its one owner, what it leaves alone, and what it says when it cannot have the file.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Store } from "../core/ports.ts";
import { limits } from "../limits.ts";
import { openSqliteFile } from "./sqlite-file.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { change, commit, failureOf, GENEROUS_BYTES, newDatabasePath, removeDatabases } from "./test-stores.ts";

afterAll(removeDatabases);

const open = (path: string, bytesMax = GENEROUS_BYTES): Store => openSqliteStore({ path, sync: "full", bytesMax });

/** A database of ours with some hundred actors in it, closed. */
async function writtenDatabase(): Promise<string> {
  const path = newDatabasePath();
  const store = open(path);
  await commit(
    store,
    ...Array.from({ length: 300 }, (_, index) => change({ key: `${index}`, state: "s".repeat(200) })),
  );
  await store.close();
  return path;
}

/** A file in a folder of its own. */
function writtenFile(content: string | Uint8Array): string {
  const path = newDatabasePath();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** With a table, and without anything else of ours. */
function foreign(id: number, version = 0): string {
  const path = writtenFile("");
  const database = new Database(path);
  database.run(`PRAGMA application_id = ${id}; PRAGMA user_version = ${version}; CREATE TABLE theirs (a)`);
  database.close(true);
  return path;
}

async function newer(): Promise<string> {
  const path = await writtenDatabase();
  const database = new Database(path);
  database.run("PRAGMA journal_mode = DELETE; PRAGMA user_version = 2");
  database.close(true);
  return path;
}

async function truncated(): Promise<string> {
  const path = await writtenDatabase();
  truncateSync(path, 20_000);
  return path;
}

/** Runs a program that has `Database` and `openSqliteStore`; its output when it ends. */
function runElsewhere(program: string): string {
  return Bun.spawnSync([process.execPath, "-e", `${imports}\n${program}`]).stdout.toString();
}

const imports = `
  import { Database } from "bun:sqlite";
  import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "sqlite-store.ts"))};`;

const openElsewhere = (path: string): string =>
  `const store = openSqliteStore({ path: ${JSON.stringify(path)}, sync: "full", bytesMax: ${GENEROUS_BYTES} });`;

describe("a database that is opened", () => {
  test("is made with its folders, and says in its header whose it is and which version it has", async () => {
    const path = join(dirname(newDatabasePath()), "not", "there", "yet.db");
    await open(path).close();
    const header = readFileSync(path);
    expect(header.subarray(68, 72).toString()).toBe("Corr");
    expect(header.readUInt32BE(60)).toBe(1);
  });

  test("may be an empty file", async () => {
    const path = writtenFile("");
    expect(await commit(open(path), change())).toEqual(["committed"]);
  });

  test("leaves when it is closed one file that holds everything, and the lock that holds nothing", async () => {
    const path = await writtenDatabase();
    expect([existsSync(`${path}-wal`), readFileSync(`${path}.lock`).length]).toEqual([false, 0]);
    const rows = new Database(path, { readonly: true }).prepare("SELECT count(*) AS count FROM actors").all();
    expect(rows).toEqual([{ count: 300 }]);
  });

  test("can be read by other programs meanwhile, up to the last commit", async () => {
    const path = newDatabasePath();
    const store = open(path);
    await commit(store, change({ state: '"read me"' }));
    const read = `const database = new Database(${JSON.stringify(path)}, { readonly: true });
      console.log(database.prepare("SELECT address, state FROM actors").values().join());`;
    expect(runElsewhere(read)).toBe('room/lobby,"read me"\n');
    expect(await commit(store, change({ baseVersion: 1 }))).toEqual(["committed"]);
  });

  test.each([
    ["full", 2],
    ["normal", 1],
  ] as const)("with sync %s syncs as it promises, and keeps within its limits", (sync, level) => {
    const { database, close } = openSqliteFile({ path: newDatabasePath(), sync, bytesMax: GENEROUS_BYTES });
    const settings = ["synchronous", "journal_mode", "cache_size", "journal_size_limit", "max_page_count"].map(
      (name) => database.prepare(`PRAGMA ${name}`).values()[0]?.[0],
    );
    close();
    const cacheKibibytes = -limits.storeCacheBytes / 1_024;
    expect(settings).toEqual([level, "wal", cacheKibibytes, limits.storeLogBytesKept, GENEROUS_BYTES / 4_096]);
  });
});

describe("a database that has an owner", () => {
  test("is refused at once to another process, which is told the file; the owner does not notice", async () => {
    const path = newDatabasePath();
    const store = open(path);
    const said = runElsewhere(
      `try { ${openElsewhere(path)} } catch (error) { console.log(error.code, error.message); }`,
    );
    expect(said).toBe(`store.locked Cannot open "${path}": another process owns it and holds "${path}.lock"\n`);
    expect(await commit(store, change())).toEqual(["committed"]);
  });

  test("is refused to the same process too, and open to it once it was closed", async () => {
    const path = newDatabasePath();
    const store = open(path);
    const failure = await failureOf(() => open(path));
    expect(failure).toMatchObject({ code: "store.locked", cause: { code: "SQLITE_BUSY" } });
    await store.close();
    expect(open(path).epoch).toBe(store.epoch + 1);
  });

  test("is refused under another name of the file", async () => {
    const path = newDatabasePath();
    const store = open(path);
    symlinkSync(path, `${path}.link`);
    expect(await failureOf(() => open(`${path}.link`))).toMatchObject({ code: "store.locked" });
    await store.close();
    expect(open(`${path}.link`).epoch).toBe(2);
  });

  test("is free as soon as the owner was killed", async () => {
    const path = newDatabasePath();
    const child = Bun.spawn([
      process.execPath,
      "-e",
      `${imports}\n${openElsewhere(path)} console.log("open"); setInterval(() => store, 1e6);`,
    ]);
    await child.stdout.getReader().read();
    expect(await failureOf(() => open(path))).toMatchObject({ code: "store.locked" });
    child.kill("SIGKILL");
    await child.exited;
    expect(open(path).epoch).toBe(2);
  });
});

describe("a file that is not to be touched", () => {
  test.each([
    ["garbage", () => writtenFile("garbage".repeat(10_000)), "store.corrupt", "it is not a database"],
    ["a short text", () => writtenFile("hello"), "store.corrupt", "it is not a database"],
    ["a truncated database", truncated, "store.corrupt", "it is damaged"],
    [
      "another program's database",
      () => foreign(42),
      "store.corrupt",
      "it is another program's database, with application id 42",
    ],
    [
      "a database of nobody",
      () => foreign(0, 1),
      "store.corrupt",
      "it is another program's database, with application id 0",
    ],
    ["a newer program's database", newer, "store.from_future", "it has version 2, this program knows up to 1"],
  ])("because it is %s is refused, named, and left as it was", async (_, create, code, state) => {
    const path = await create();
    const before = readFileSync(path);
    const failure = await failureOf(() => open(path));
    expect(failure).toMatchObject({ code, message: `Cannot open "${path}": ${state}` });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect([existsSync(`${path}-wal`), existsSync(`${path}-journal`)]).toEqual([false, false]);
  });

  test("does not keep the lock: what takes its place can be opened", async () => {
    const path = writtenFile("garbage");
    await failureOf(() => open(path));
    writeFileSync(path, "");
    expect(open(path).epoch).toBe(1);
  });

  test("carries what SQLite said as the cause", async () => {
    expect(await failureOf(() => open(writtenFile("garbage")))).toMatchObject({ cause: { code: "SQLITE_NOTADB" } });
  });
});

describe("a place that cannot be had", () => {
  test("is a folder", async () => {
    const path = dirname(writtenFile(""));
    const failure = await failureOf(() => open(path));
    expect(failure).toMatchObject({ code: "store.failed", message: `Cannot open "${path}": it is a folder` });
  });

  test("lies below a file", async () => {
    const path = join(writtenFile(""), "below.db");
    const failure = await failureOf(() => open(path));
    expect(failure).toMatchObject({ code: "store.failed", cause: { code: "EEXIST" } });
    expect(failure.message).toBe(`Cannot open "${path}": its folder is a file, or lies below one`);
    const deeper = await failureOf(() => open(join(path, "deeper", "below.db")));
    expect(deeper.message).toEndWith(": its folder is a file, or lies below one");
  });

  test("is a file that may only be read", async () => {
    const path = await writtenDatabase();
    chmodSync(dirname(path), 0o777);
    chmodSync(`${path}.lock`, 0o666);
    chmodSync(path, 0o444);
    const failure = await failureOf(() => asNobody(() => open(path)));
    expect(failure).toMatchObject({ code: "store.read_only", cause: { code: "SQLITE_READONLY" } });
    expect(failure.message).toBe(`Cannot open "${path}": it, or its folder, may not be written`);
  });

  test.each([
    ["a new file", (path: string) => path],
    ["a new folder", (path: string) => join(path, "new", "a.db")],
  ])("is %s in a folder that may only be read", async (_, at) => {
    const folder = dirname(writtenFile(""));
    const path = at(join(folder, "b.db"));
    const failure = await failureOf(() => withReadOnly(folder, () => open(path)));
    expect(failure).toMatchObject({ code: "store.read_only", cause: { code: "EACCES" } });
    expect(failure.message).toContain(path);
  });

  test("is a database in a folder that may only be read", async () => {
    const path = await writtenDatabase();
    for (const each of [path, `${path}.lock`]) chmodSync(each, 0o666);
    const failure = await failureOf(() => withReadOnly(dirname(path), () => open(path)));
    expect(failure).toMatchObject({ code: "store.read_only" });
    expect(failure.message).toContain(path);
  });

  test("is a disk without room for the first page", async () => {
    const path = newDatabasePath();
    expect(await failureOf(() => open(path, 0))).toMatchObject({ code: "store.full", cause: { code: "SQLITE_FULL" } });
    expect(open(path).epoch).toBe(1);
  });
});

function withReadOnly<Value>(folder: string, work: () => Value): Value {
  chmodSync(folder, 0o555);
  try {
    return asNobody(work);
  } finally {
    chmodSync(folder, 0o755);
  }
}

/** Root may write whatever the permissions say; so root does it as the one who may nothing. */
function asNobody<Value>(work: () => Value): Value {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
