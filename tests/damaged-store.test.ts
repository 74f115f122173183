// A store that is damaged: the node does not start over it, and does not call itself ready once it has met it.
import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { openSqliteStore } from "#runtime/storage/sqlite-store.ts";

import { createDataFolder } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";

const ACTORS = 5_000;
const TOKEN = "a-token-for-this-test";
const settings = { CORREIO_ADMIN_TOKEN: TOKEN, CORREIO_LOG_LEVEL: "warn" };

const started: ServerProcess[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.remove();
});

/** In a folder where that many counters are stored. */
async function start(): Promise<{ readonly server: ServerProcess; readonly path: string }> {
  const folder = createDataFolder();
  const path = join(folder, "correio.db");
  mkdirSync(folder, { recursive: true });
  const store = openSqliteStore({ path, sync: "normal", bytesMax: 1_073_741_824 });
  const part = { type: "counter", baseVersion: 0, version: 1, stateVersion: 1, state: '{"count":1}', rows: [] };
  const changes = Array.from({ length: ACTORS }, (_, key) => ({ ...part, key: `${key}`, alarms: [], watches: [] }));
  const letters = { letters: [], lettersRemoved: [], lettersRemovedTo: 0 };
  const records = { ...letters, quarantined: [], released: [] };
  await store.commit({ changes: changes.map((change) => ({ ...change, indexed: undefined })), ...records });
  await store.close();
  const server = startOn(folder);
  await server.listens();
  return { server, path };
}

/** Does not wait until it listens. */
function startOn(folder: string): ServerProcess {
  const server = new ServerProcess(settings, folder);
  started.push(server);
  return server;
}

/** Garbage over the middle half of the file. */
function damage(path: string): void {
  const { size } = Bun.file(path);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(size / 2, "garbage"), 0, size / 2, size / 4);
  closeSync(file);
}

function send(server: ServerProcess, method: "GET" | "POST", path: string, body?: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return fetch(`http://127.0.0.1:${server.httpPort}${path}`, init);
}

/** The lines of the log that a failing store has caused, once it is ended. */
async function storeLines(server: ServerProcess): Promise<readonly Record<string, unknown>[]> {
  server.signal("SIGTERM");
  await server.exit();
  const lines = server.errors.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).filter(({ reason }) => String(reason).startsWith("store."));
}

describe("a node whose store was damaged", () => {
  test("while it was stopped: does not start, names the file, and leaves every byte of it", async () => {
    const { server, path } = await start();
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    damage(path);
    const before = readFileSync(path);
    const second = startOn(server.dataFolder);
    expect(await second.exit()).toBe(1);
    expect(second.errors).toStartWith(`Cannot open "${path}": it is damaged (`);
    expect(second.errors).toContain("(settings: CORREIO_DATA, CORREIO_STORE)");
    expect(second.errors.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("while it runs: stores nothing any more that the next process could not read", async () => {
    const { server, path } = await start();
    const before = await send(server, "POST", "/actors/counter/new/value");
    damage(path);
    let known = false;
    for (let key = 0; key < ACTORS && !known; key += 25) {
      known = (await send(server, "POST", `/actors/counter/${key}/value`)).status === 503;
    }
    const added = await send(server, "POST", "/actors/counter/new/add", { amount: 1 });
    expect([before.status, known, added.status, await added.json()]).toMatchObject([
      200,
      true,
      503,
      { code: "store.corrupt", title: "The store is damaged" },
    ]);
  });

  test("while it runs: is not ready, says why, and answers what needs no store", async () => {
    const { server, path } = await start();
    expect((await send(server, "GET", "/ready")).status).toBe(200);
    damage(path);
    const statuses = new Set<number>();
    for (let key = 0; key < ACTORS; key += 25) {
      statuses.add((await send(server, "POST", `/actors/counter/${key}/value`)).status);
    }
    expect(statuses).toContain(503);
    const ready = await send(server, "GET", "/ready");
    expect(ready.status).toBe(503);
    const problem = `Cannot read "${path}": it is damaged`;
    expect(await ready.json()).toEqual({ ready: false, why: "store.corrupt", problem });
    expect((await send(server, "GET", "/health")).status).toBe(200);
    expect(await storeLines(server)).toEqual([
      { level: 50, time: expect.any(String), reason: "store.corrupt", cause: "SQLITE_CORRUPT", msg: problem },
    ]);
  });
});
