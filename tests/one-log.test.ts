// The log of a whole process: what clients do is in it and in the documents' files, nothing forged and no password.
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { eventually } from "./lib/eventually.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { TextClient } from "./lib/text-client.ts";

const headers = { Authorization: "Bearer token", "Content-Type": "application/json" };
const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({ CORREIO_ADMIN_TOKEN: "token", CORREIO_PLAIN_LOGIN: "allow", ...settings });
  servers.push(server);
  return server;
}

function read({ dataFolder }: ServerProcess, name: string): string {
  return readFileSync(join(dataFolder, name), "utf8");
}

function entriesOf(server: ServerProcess): Record<string, unknown>[] {
  const lines = read(server, "correio.log").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function ask(server: ServerProcess, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.httpPort}${path}`, { headers, ...init });
}

describe("what a text client does", () => {
  test("is in the log's file, in its memory and in server_log.txt, forges nothing, and shows no password", async () => {
    const server = await start();
    const ana = await TextClient.connect(server.port);
    ana.send("ADDUSER ana open-sesame-1\n");
    await ana.hears("ADDUSER:");
    ana.send("LOGIN ana open-sesame-1\n");
    await ana.hears("LOGIN: ana");
    ana.send("JOIN lobby\n");
    await ana.hears("JOIN:");
    ana.send("SAY lobby a\u202eb\n");
    await ana.hears("SAY: lobby 1");
    const { items } = (await (await ask(server, "/logs?reason=text.command&limit=1")).json()) as { items: object[] };
    const said = { command: "SAY lobby a\\u{202e}b" };
    expect(items).toMatchObject([{ level: "info", reason: "text.command", fields: said }]);
    ana.close();
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    expect(entriesOf(server).map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(["text.connected", "text.command", "text.named", "text.disconnected"]),
    );
    expect(entriesOf(server)).toContainEqual(expect.objectContaining({ reason: "text.command", id: "ana", ...said }));
    expect(read(server, "server_log.txt")).toContain(`: ${said.command}\n`);
    expect(server.errors).not.toContain("text.command");
    for (const text of [read(server, "correio.log"), read(server, "server_log.txt"), server.output, server.errors]) {
      expect(text).not.toContain("open-sesame-1");
      expect(text).not.toMatch(/\u202e/u);
    }
  }, 20_000);

  test("is a few lines a second in the log, however much it is; the rest is counted", async () => {
    const server = await start();
    const ana = await TextClient.connect(server.port);
    ana.send("TIME\n".repeat(200));
    await eventually("200 answers", () => ana.heard.split("TIME:").length > 200);
    const suppressed = async (): Promise<number> => {
      const response = await ask(server, "/logs?reason=text.command&contains=suppressed");
      const { items } = (await response.json()) as { items: { fields: { suppressed: number } }[] };
      return items.reduce((sum, { fields }) => sum + fields.suppressed, 0);
    };
    await eventually("a count of the rest", async () => (await suppressed()) > 0);
    ana.close();
    server.signal("SIGTERM");
    expect(await server.exit()).toBe(0);
    expect(read(server, "server_log.txt").match(/: TIME\n/g)).toHaveLength(200);
  }, 20_000);
});

describe("the level", () => {
  test("holds from when it is set; there is no file where none is wanted", async () => {
    const server = await start({ CORREIO_LOG_FILE: "" });
    const body = '{"level":"error"}';
    expect(await (await ask(server, "/logs/level", { method: "PUT", body })).json()).toEqual({ level: "error" });
    const ana = await TextClient.connect(server.port);
    ana.send("TIME\n");
    await ana.hears("TIME:");
    ana.close();
    const { items } = (await (await ask(server, "/logs?contains=text.")).json()) as { items: unknown[] };
    expect(items).toEqual([]);
    expect(() => read(server, "correio.log")).toThrow("ENOENT");
  }, 20_000);
});
