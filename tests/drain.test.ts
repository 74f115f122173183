// The end of the process, wanted or not: nothing accepted stays unanswered, no ended session loses its row.
import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, request, requests } from "./lib/frames.ts";
import { createDataFolder, type Settings } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { WireClient } from "./lib/wire-client.ts";

const servers: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});

async function serverWith(settings: Settings = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({ CORREIO_LOG_LEVEL: "silent", ...settings });
  servers.push(server);
  return server;
}

const TOKEN = "a-token-for-this-test";

/** Its loop stands from `block` until `goOn`. */
async function blockableServer(): Promise<{ readonly server: ServerProcess; goOn(): void; block(): Promise<void> }> {
  const folder = createDataFolder();
  const [program, sign] = [join(folder, "block.ts"), join(folder, "go-on")];
  writeFileSync(
    program,
    `import { existsSync, writeSync } from "node:fs";
    process.on("SIGUSR2", () => {
      writeSync(1, "The loop stands\\n");
      while (!existsSync(${JSON.stringify(sign)}));
      writeSync(1, "The loop goes on\\n");
    });`,
  );
  const settings = { CORREIO_LOG_LEVEL: "silent", CORREIO_ADMIN_TOKEN: TOKEN };
  const server = new ServerProcess(settings, folder, program);
  servers.push(server);
  await server.listens();
  const block = async (): Promise<void> => {
    server.signal("SIGUSR2");
    await eventually("the block", () => server.output.includes("The loop stands"));
  };
  return { server, block, goOn: () => writeFileSync(sign, "") };
}

async function callCounter(server: ServerProcess, method: string, input?: object): Promise<unknown> {
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  const body = input === undefined ? null : JSON.stringify(input);
  const url = `http://127.0.0.1:${server.httpPort}/actors/counter/a/${method}`;
  return (await fetch(url, { method: "POST", headers, body })).json();
}

/** A gapless prefix of what was asked, whole to the last byte. */
function expectPrefix(client: WireClient): void {
  expect(client.broken).toBeUndefined();
  expect(client.partialBytes).toBe(0);
  expect(client.ids).toEqual(client.ids.map((_, index) => index));
}

describe("SIGTERM", () => {
  test("while 50 clients are pipelining: all that was read is answered, and each has its row", async () => {
    const server = await serverWith({ CORREIO_WORK_MS: 0 });
    const clients = await Promise.all(Array.from({ length: 50 }, () => WireClient.connect(server.port)));
    const next = clients.map(() => 0);
    const feeding = setInterval(() => {
      clients.forEach((client, index) => {
        const first = next[index] as number;
        if (!client.sent || client.fate !== "open" || first - client.replies.length > 4_000) return;
        client.send(requests(40, `client_${index}`, first));
        next[index] = first + 40;
      });
    }, 1);
    await Promise.all(clients.map((client) => client.hears(100)));
    server.signal("SIGTERM");
    await Promise.all(clients.map((client) => client.loses()));
    clearInterval(feeding);
    for (const client of clients) client.close();
    expect(await server.exit()).toBe(0);
    clients.forEach(expectPrefix);
    const rows = server.rows();
    expect(rows).toHaveLength(50);
    expect(new Set(rows.map((row) => row["end_reason"]))).toEqual(new Set(["shutdown"]));
    const answered = Object.fromEntries(rows.map((row) => [row["client_id"], row["messages_processed"]]));
    const heard = clients.map((client, index) => [`client_${index}`, String(client.replies.length)]);
    expect(answered).toEqual(Object.fromEntries(heard));
  }, 20_000);

  test("with requests waiting for simulated work: those that were read are all answered", async () => {
    const server = await serverWith({ CORREIO_WORK_MS: 20 });
    const client = await WireClient.connect(server.port);
    client.send(requests(20));
    await client.hears(1);
    server.signal("SIGTERM");
    await client.loses();
    client.close();
    expect(await server.exit()).toBe(0);
    expect(client.ids).toEqual(Array.from({ length: 20 }, (_, id) => id));
    expect(server.rows()).toMatchObject([{ messages_processed: "20", end_reason: "shutdown" }]);
  });

  test("with more work than its deadline allows: the rest is cut off, and the row says how much was done", async () => {
    const server = await serverWith({ CORREIO_WORK_MS: 1_000, CORREIO_DRAIN_MS: 1_500, CORREIO_LOG_LEVEL: "warn" });
    const client = await WireClient.connect(server.port);
    client.send(requests(5));
    await eventually("its first turn", async () => (await server.figures.actors())[0]?.status === "running");
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    await client.loses();
    expectPrefix(client);
    expect(client.replies.length).toBeLessThan(5);
    expect(server.rows()).toMatchObject([
      { messages_processed: String(client.replies.length), end_reason: "shutdown" },
    ]);
    expect(server.errors).toContain("drain deadline");
    client.close();
  });

  test("with a client that never reads: it is cut off when the drain deadline comes", async () => {
    const server = await serverWith({ CORREIO_DRAIN_MS: 500 });
    const deaf = await WireClient.connect(server.port, { reading: false });
    deaf.send(requests(60_000, "deaf".repeat(50)));
    await eventually("a full queue", async () => ((await server.figures.sessions())[0]?.outboundBytes ?? 0) > 0);
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    expect(server.rows()).toMatchObject([{ end_reason: "shutdown" }]);
    deaf.close();
  });

  test("with clients that are idle, half way through a message, or silent: each is let go in order", async () => {
    const server = await serverWith();
    const idle = await WireClient.connect(server.port);
    const midway = await WireClient.connect(server.port);
    const silent = await WireClient.connect(server.port);
    idle.send(request(0, "idle"));
    midway.send(request(0, "midway"), request(1).subarray(0, 30));
    await Promise.all([idle.hears(1), midway.hears(1)]);
    server.signal("SIGINT");
    await Promise.all([idle, midway, silent].map((client) => client.loses()));
    expect([idle.fate, midway.fate, silent.fate]).toEqual(["ended", "ended", "ended"]);
    for (const client of [idle, midway, silent]) client.close();
    expect(await server.exit()).toBe(0);
    // The silent one had no session.
    expect(server.rows().map((row) => row["end_reason"])).toEqual(["shutdown", "shutdown"]);
  });

  test("a client that does not close its side does not hold the process, and is no session cut off", async () => {
    const server = await serverWith({ CORREIO_DRAIN_MS: 500, CORREIO_LOG_LEVEL: "warn" });
    const client = await WireClient.connect(server.port);
    client.send(request(0));
    await client.hears(1);
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    expect(server.errors).not.toContain("Cut sessions off");
    client.close();
  });

  test("refuses whoever comes while it drains", async () => {
    const server = await serverWith({ CORREIO_WORK_MS: 1_000, CORREIO_DRAIN_MS: 3_000 });
    const client = await WireClient.connect(server.port);
    client.send(request(0));
    await eventually("its first turn", async () => (await server.figures.actors())[0]?.status === "running");
    server.signal("SIGTERM");
    await eventually("the drain", () => server.output.includes("Encerrando"));
    await expect(WireClient.connect(server.port)).rejects.toThrow();
    await client.loses();
    client.close();
    expect(await server.exit()).toBe(0);
    expect(client.ids).toEqual([0]);
  });

  test("given again while it drains, a second later, ends the process at once with exit code 1", async () => {
    const server = await serverWith({ CORREIO_WORK_MS: 60_000, CORREIO_DRAIN_MS: 60_000 });
    const client = await WireClient.connect(server.port);
    client.send(request(0));
    await eventually("its first turn", async () => (await server.figures.actors())[0]?.status === "running");
    const again = setInterval(() => server.signal("SIGTERM"), 100);
    expect(await server.exit()).toBe(1);
    clearInterval(again);
    client.close();
  });
});

describe("while something blocks the process", () => {
  test("SIGTERM is not handled before that ends; then the process ends in order", async () => {
    const { server, block, goOn } = await blockableServer();
    const client = await WireClient.connect(server.port);
    client.send(request(0));
    await client.hears(1);
    await block();
    server.signal("SIGTERM");
    goOn();
    expect(await server.exit()).toBe(0);
    expect(server.output).toMatch(/The loop goes on\n[^]*Encerrando/);
    expect(server.output).not.toMatch(/Encerrando[^]*The loop goes on/);
    expect(server.rows()).toMatchObject([{ messages_processed: "1", end_reason: "shutdown" }]);
    client.close();
  });

  test("kill -9 ends it, and loses nothing that was acknowledged", async () => {
    const { server, block } = await blockableServer();
    expect(await callCounter(server, "add", { amount: 5 })).toBe(5);
    await block();
    server.signal("SIGTERM");
    server.signal("SIGKILL");
    expect(await server.exit()).toBeNull();
    const next = new ServerProcess({ CORREIO_LOG_LEVEL: "silent" }, server.dataFolder);
    servers.push(next);
    await next.listens();
    expect(await callCounter(next, "value")).toBe(5);
  });
});

describe("kill -9", () => {
  test("leaves the rows of all sessions that had ended, whole", async () => {
    const server = await serverWith();
    const clients = await Promise.all(Array.from({ length: 40 }, () => WireClient.connect(server.port)));
    clients.forEach((client, index) => client.send(requests(20, `client_${index}`)));
    const done = clients.slice(0, 30);
    for (const client of done) client.send(closeFrame);
    await Promise.all(done.map((client) => client.loses()));
    server.signal("SIGKILL");
    expect(await server.exit()).toBeNull();
    const rows = server.rows();
    expect(rows).toHaveLength(30);
    expect(new Set(rows.map((row) => row["client_id"])).size).toBe(30);
    for (const client of clients) client.close();
  });
});

describe("ports", () => {
  test("those in use are named, and the process exits with 1", async () => {
    const first = await serverWith();
    const second = new ServerProcess({ CORREIO_PORT: first.port });
    servers.push(second);
    expect(await second.exit()).toBe(1);
    expect(second.errors).toContain(String(first.port));
    expect(second.output).toBe("");
    const third = new ServerProcess({ CORREIO_UDP_PORT: first.udpPort });
    servers.push(third);
    expect(await third.exit()).toBe(1);
    expect(third.errors).toContain(`${first.udpPort} (UDP)`);
    expect(third.errors).toContain("CORREIO_UDP_PORT");
  });

  test("so is an HTTP port in use", async () => {
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const server = new ServerProcess({ CORREIO_HTTP_PORT: taken.port ?? 0 });
    servers.push(server);
    expect(await server.exit()).toBe(1);
    expect(server.errors).toContain(String(taken.port));
    await taken.stop(true);
  });

  test("one can be shared by two processes: both are given connections", async () => {
    const first = await serverWith({ CORREIO_REUSE_PORT: true, CORREIO_SERVER_ID: "first" });
    const settings = { CORREIO_REUSE_PORT: true, CORREIO_SERVER_ID: "second", CORREIO_PORT: first.port };
    await serverWith(settings);
    const clients = await Promise.all(Array.from({ length: 64 }, () => WireClient.connect(first.port)));
    for (const client of clients) client.send(request(0));
    await Promise.all(clients.map((client) => client.hears(1)));
    const servedBy = new Set(clients.map((client) => client.replies[0]?.server_id));
    expect(servedBy).toEqual(new Set(["first", "second"]));
    for (const client of clients) client.close();
  });
});
