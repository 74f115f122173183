// Too much, too long, too slow: floods of messages and connections of match clients cost others nothing.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { eventually } from "./lib/eventually.ts";
import { liveBytes } from "./lib/live-memory.ts";
import { Bystanders } from "./lib/match-bystanders.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";

setDefaultTimeout(30_000);

const server = await MatchServer.start({ CORREIO_TURN_MS: 600_000, CORREIO_WRITE_STALL_MS: 400 });
const bystanders = await Bystanders.start(server);
const opened: MatchConnection[] = [];

const connections = (): Promise<number> => server.metric("correio_connections");

/** Nobody is left but the bystanders. */
const isCalm = async (): Promise<boolean> => (await connections()) === 2;

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  await bystanders.playOn(3);
  await eventually("nobody else", isCalm);
  expect(await server.crashes()).toBe(0);
});

afterAll(() => server.stop());

function kept(connection: MatchConnection): MatchConnection {
  opened.push(connection);
  return connection;
}

/** The plain connection of an existing client, which answers no pings. */
async function plainClient(): Promise<MatchConnection> {
  const { plain } = await server.plain();
  return kept(plain).send("0\n");
}

/** So many connections to the port of existing clients, which have said nothing. */
async function comers(count: number): Promise<readonly MatchConnection[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => MatchConnection.connect(server.port)));
  for (const client of clients) kept(client);
  return clients;
}

const KINDS = [
  ["a modern client", async () => kept(await server.modern()), "disconnect;wire.line_too_long\n"],
  ["an existing client", plainClient, "disconnect"],
] as const;

describe.each(KINDS)("%s", (_, connect, farewell) => {
  test("may send a message of 4 096 octets, and not one more", async () => {
    const client = await connect();
    const field = "é".repeat((limits.textLineBytesMax - "list;".length - 1) / 2);
    expect(await client.ask(`list;${field}a`)).toBe("listACK;ana;bea");
    const before = await server.ended("wire.line_too_long");
    client.send(`list;${field}ab\nlist\n`);
    await client.loses();
    expect(client.heard.replace(/^secport;\d+/, "")).toBe(`listACK;ana;bea\n${farewell}`);
    client.close();
    await eventually("its end", async () => (await server.ended("wire.line_too_long")) === before + 1);
  });

  test("that never ends its message is let go at the 4 097th octet", async () => {
    const client = await connect();
    client.send("x".repeat(1_048_576));
    await client.loses();
    expect(client.heard.replace(/^secport;\d+/, "")).toBe(farewell);
  });

  test("may send octet by octet", async () => {
    const client = await connect();
    const messages = ["list", "adduser;é;", "leaders;x", "list;ana", "dance"];
    for (const octet of Buffer.from(messages.map((message) => `${message}\n`).join(""))) {
      client.send(Buffer.of(octet));
      await new Promise(setImmediate);
    }
    await client.hears("Reconhecido\n");
    const account = farewell === "disconnect" ? "TLS connection required" : "Invalid Username";
    const last = ["leadersERR;Wrong Number of Arguments", "listACK;bea", "Comando Não Reconhecido"];
    expect(client.lines).toEqual(["listACK;ana;bea", `adduserERR;${account}`, ...last]);
  });

  test("with 400 000 commands at once waits its turn, and nobody else does", async () => {
    const client = await connect();
    const pauses = await server.metric("correio_socket_pauses_total");
    const settledBytes = liveBytes();
    client.send("list\n".repeat(400_000));
    await bystanders.playOn(15);
    await eventually(
      "its socket to be paused",
      async () => (await server.metric("correio_socket_pauses_total")) > pauses,
    );
    expect(client.lines.length).toBeLessThan(limits.commandsBurst + 10 * limits.commandsPerSecond);
    expect(await server.metric("correio_mailbox_messages")).toBeLessThan(limits.mailboxMessagesMax + 10);
    // What it has sent and the server has not read is its own.
    expect(liveBytes() - settledBytes).toBeLessThan(16 * 1_048_576);
    await eventually("its first replies", () => client.lines.length >= limits.commandsBurst);
    expect(new Set(client.lines)).toEqual(new Set(["listACK;ana;bea"]));
  });
});

describe("a client", () => {
  test("that guesses passwords is told to wait, before anything is hashed", async () => {
    const client = kept(await server.modern());
    const tries = limits.loginsPerAccountAndAddressBurst + 2;
    const replies = await client.askAll(Array.from({ length: tries }, () => "login;nobody;segredo"));
    expect(replies.slice(0, limits.loginsPerAccountAndAddressBurst)).toEqual(
      Array(10).fill("loginERR;Username not found"),
    );
    expect(replies.at(-1)).toBe("loginERR;Too many attempts");
  });

  test("that never reads is let go, and what waits for it is bounded", async () => {
    const deaf = kept(await server.modern());
    deaf.socket.pause();
    const before = await server.ended("peer_not_reading");
    deaf.send(`ping;${"x".repeat(4_080)}\n`.repeat(4_000));
    const peak = { outboundBytes: 0 };
    while ((await server.ended("peer_not_reading")) === before) {
      await bystanders.playOn();
      peak.outboundBytes = Math.max(peak.outboundBytes, await server.metric("correio_outbound_queue_bytes"));
      await Bun.sleep(20);
    }
    expect(peak.outboundBytes).toBeWithin(1, limits.outboundBytesMax);
    await eventually("an empty queue", async () => (await server.metric("correio_outbound_queue_bytes")) === 0);
  });

  test("that commands over TLS faster than it may be told over plain misses no reply", async () => {
    const { plain, secure } = await server.existing();
    kept(plain);
    kept(secure);
    plain.send("list");
    await plain.hears("listACK");
    secure.send("leaders\n".repeat(100));
    await eventually("every reply", () => plain.heard.split("leadersACK").length > 100);
    await bystanders.playOn();
  });
});

describe("connections to the port of existing clients", () => {
  test("1 000 that come and vanish leave no port, no session and no player: as many as ever have room", async () => {
    for (let wave = 0; wave < 5; wave++) {
      for (const [index, client] of (await comers(200)).entries()) {
        if (index % 3 === 1) client.send("0\nlist\n");
        if (index % 3 === 2) client.send("80");
        if (index % 2 === 0) client.close();
        else client.reset();
      }
      await eventually("their end", isCalm);
    }
    const many = await comers(limits.privateListenersMax + 50);
    await eventually("a word to each", () => many.every((client) => client.heard !== ""));
    const ports = many.filter((client) => client.heard.startsWith("secport;"));
    expect(new Set(ports.map((client) => client.heard)).size).toBe(limits.privateListenersMax);
    const refused = many.filter((client) => !ports.includes(client));
    expect(new Set(refused.map((client) => client.heard))).toEqual(new Set(["disconnect"]));
    for (const client of many) client.close();
    await eventually("the count of those", async () => (await server.ended("match.no_secure_port")) === 50);
    await eventually("their end", isCalm);
    expect(await (await plainClient()).ask("list")).toBe("listACK;ana;bea");
    expect((await server.node.figures.sessions()).length).toBe(3);
  });
});
