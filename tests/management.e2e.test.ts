// A process managed over HTTP, as an operator does it: looked at, its limits and an actor's state changed, ended.
import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ledgerHeader } from "#actors/pipeline/ledger.ts";
import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, requests } from "./lib/frames.ts";
import { createDataFolder, type Settings } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { WireClient } from "./lib/wire-client.ts";

const TOKEN = "a-token-for-this-test";
const servers: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});

async function start(settings: Settings = {}, dataFolder?: string) {
  const server = new ServerProcess({ CORREIO_ADMIN_TOKEN: TOKEN, ...settings }, dataFolder);
  servers.push(server);
  await server.listens();
  const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${server.httpPort}${path}`, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { server, ask };
}

async function served(server: ServerProcess, count: number): Promise<void> {
  const client = await WireClient.connect(server.port);
  client.send(requests(count), closeFrame);
  await client.loses();
  client.close();
}

describe("an operator", () => {
  test("sees the process, and none of its secrets", async () => {
    const { server, ask } = await start();
    const text = await (await ask("GET", "/system")).text();
    expect(JSON.parse(text)).toMatchObject({
      serverId: "test-node",
      ready: true,
      bun: Bun.version,
      ports: { tcp: server.port, udp: server.udpPort, http: server.httpPort },
      counts: { connections: 0, deadLetters: 0, quarantinedKeys: 0 },
    });
    expect(text).not.toContain(TOKEN);
  });

  test("ends it: what was accepted is answered, each session leaves its row, the code is 0", async () => {
    const { server, ask } = await start();
    const client = await WireClient.connect(server.port);
    client.send(requests(100));
    await client.hears(100);
    const [first, second] = [
      await ask("POST", "/system/drain", { reason: "a newer one" }),
      await ask("POST", "/system/drain"),
    ];
    expect([first.status, second.status]).toEqual([202, 409]);
    await client.loses();
    client.close();
    expect(await server.exit()).toBe(0);
    expect(server.rows()).toMatchObject([{ messages_processed: "100", end_reason: "shutdown" }]);
    expect(server.output).toContain("Servidor encerrado");
    expect(server.output + server.errors).toContain("a newer one");
  });

  test("changes a limit for as long as the process lives", async () => {
    const { server, ask } = await start();
    const seen = await ask("GET", "/limits/connectionsMax");
    const put = () =>
      ask("PUT", "/limits/connectionsMax", { value: 1 }, { "If-Match": seen.headers.get("etag") ?? "" });
    expect([(await put()).status, (await put()).status]).toEqual([200, 412]);
    const client = await WireClient.connect(server.port);
    client.send(requests(1));
    await client.hears(1);
    const refused = await WireClient.connect(server.port);
    refused.send(requests(1));
    await refused.loses();
    expect(refused.replies.filter(({ status }) => status === "success")).toEqual([]);
    client.close();
    server.signal("SIGKILL");
    await server.exit();
    const { ask: askNext } = await start({}, server.dataFolder);
    expect(await (await askNext("GET", "/limits/connectionsMax")).json()).toMatchObject({ value: 16_000, changes: 0 });
  });

  test("replaces a state from the commit he has seen; it outlives a kill, and overwrites no later one", async () => {
    const { server, ask } = await start();
    await ask("POST", "/actors/counter/a/add", { amount: 5 });
    const tag = (await ask("GET", "/actors/counter/a")).headers.get("etag") ?? "";
    expect((await ask("PUT", "/actors/counter/a/_state", { state: { count: 70 } }, { "If-Match": tag })).status).toBe(
      200,
    );
    server.signal("SIGKILL");
    await server.exit();
    const next = await start({}, server.dataFolder);
    expect(await (await next.ask("POST", "/actors/counter/a/add", { amount: 1 })).json()).toBe(71);
    const late = await next.ask("PUT", "/actors/counter/a/_state", { state: { count: 0 } }, { "If-Match": tag });
    expect(late.status).toBe(412);
    expect(await (await next.ask("GET", "/actors/counter/a")).json()).toMatchObject({
      state: { count: 71 },
      commits: 3,
    });
  });

  test("downloads the ledger, whole and its end", async () => {
    const { server, ask } = await start();
    for (const count of [3, 2, 1]) await served(server, count);
    await eventually("three rows", () => server.rows().length === 3);
    const whole = await ask("GET", "/ledger");
    const lines = (await whole.text()).trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    const end = (await (await ask("GET", "/ledger?last=1")).text()).trimEnd().split("\n");
    expect(end).toEqual([lines[0] ?? "", lines[3] ?? ""]);
    const tag = whole.headers.get("etag") ?? "";
    expect((await ask("GET", "/ledger", undefined, { "If-None-Match": tag })).status).toBe(304);
    await served(server, 1);
    await eventually("a fourth row", () => server.rows().length === 4);
    expect((await ask("GET", "/ledger", undefined, { "If-None-Match": tag })).status).toBe(200);
  });

  test("downloads a long ledger with few others at once, and whoever goes away makes room", async () => {
    const folder = createDataFolder();
    const row = `${"x".repeat(200)},1,test-node,0,0,0,0,,,,tcp,1,1,close\n`;
    const rows = 100_000;
    writeFileSync(join(folder, "sessions.csv"), ledgerHeader + row.repeat(rows));
    const { ask, server } = await start({}, folder);
    const open: AbortController[] = [];
    const download = async (): Promise<number> => {
      const gone = new AbortController();
      const url = `http://127.0.0.1:${server.httpPort}/ledger`;
      const response = await fetch(url, { signal: gone.signal });
      if (response.status === 200) open.push(gone);
      else await response.text();
      return response.status;
    };
    for (let count = 0; count < limits.ledgerDownloadsMax; count++) expect(await download()).toBe(200);
    expect(await download()).toBe(429);
    open[0]?.abort();
    await eventually("room for another", async () => (await download()) === 200);
    for (const each of open) each.abort();
    const whole = async (): Promise<number> => (await (await ask("GET", "/ledger")).arrayBuffer()).byteLength;
    await eventually("the whole", async () => (await whole()) === ledgerHeader.length + row.length * rows);
  });

  test("ends one session and says why: its row has the code, the log has his words", async () => {
    const { server, ask } = await start();
    const client = await WireClient.connect(server.port);
    client.send(requests(1));
    await client.hears(1);
    const [{ id = "" } = {}] = await server.figures.sessions();
    expect(await (await ask("GET", `/sessions/${id}`)).json()).toMatchObject({
      id,
      session: { status: "idle", turns: 2 },
    });
    const why = encodeURIComponent("moved to another node");
    expect((await ask("DELETE", `/sessions/${id}?reason=${why}`)).status).toBe(204);
    await client.loses();
    await eventually("its row", () => server.rows().length === 1);
    expect(server.rows()).toMatchObject([{ end_reason: "disconnected_by_operator" }]);
    await eventually("the log", () => (server.output + server.errors).includes("moved to another node"));
    client.close();
  });
});
