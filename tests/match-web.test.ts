// Matches over WebSocket, as browsers play them: with players over TLS, through kill -9, and against bad clients.
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

import { limits } from "#runtime/limits.ts";

import { createCertificate, hasOpenssl } from "./lib/certificate.ts";
import { eventually } from "./lib/eventually.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { QUICK_PASSWORDS } from "./lib/quick-passwords.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { WebMatchClient } from "./lib/web-match-client.ts";

setDefaultTimeout(30_000);

const server = await MatchServer.start({ CORREIO_TURN_MS: 600_000, CORREIO_PLAIN_LOGIN: "allow" });
const { httpPort } = server.node.node;

afterAll(async () => {
  expect(await server.crashes()).toBe(0);
  await server.stop();
});

const UPGRADE = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** A WebSocket whose octets are written by hand. */
async function rawSocket(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: httpPort });
  const headers = Object.entries({ Host: `127.0.0.1:${httpPort}`, ...UPGRADE }).map((each) => each.join(": "));
  socket.write(`GET /match HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  const [head] = (await new Promise((resolve) => socket.once("data", (data) => resolve([String(data)])))) as [string];
  expect(head).toStartWith("HTTP/1.1 101");
  return socket;
}

/** A text frame of RFC 6455, masked with zeros; shorter than 126 octets. */
function textFrame(text: string): Buffer {
  const octets = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x81, 0x80 | octets.length, 0, 0, 0, 0), octets]);
}

describe("a player in a browser and one at a terminal", () => {
  test("play a match with each other", async () => {
    const web = await WebMatchClient.player(httpPort, "ana");
    const terminal = await server.player("bea");
    expect(await web.ask("begin;bea;ana;hosted")).toBe("beginACK");
    expect(await terminal.take("invite")).toBe("invite;ana;hosted");
    expect(await terminal.ask("answer;ana;True")).toBe("answerACK");
    expect(await web.take("answer")).toBe("answer;bea;True");
    const [, id] = (await web.take("match;")).split(";");
    const moves = [
      [web, "1;1"],
      [terminal, "2;1"],
      [web, "1;2"],
      [terminal, "2;2"],
      [web, "1;3"],
    ] as const;
    for (const [index, [player, place]] of moves.entries()) {
      expect(await player.ask(`play;${place};${index + 1}`)).toBe(`playACK;${index + 1}`);
    }
    expect(await terminal.take("ended")).toBe(`ended;${id};ana;line;5`);
    expect(await web.take("ended")).toBe(`ended;${id};ana;line;5`);
    expect(await web.ask("leaders")).toBe("leadersACK;ana:1;bea:0");
    web.socket.close();
    terminal.close();
  });

  test("go on where they were after the server was killed", async () => {
    const folder = createDataFolder();
    const settings = { CORREIO_LOG_LEVEL: "silent", CORREIO_MATCH_TLS_PORT: 0, CORREIO_PLAIN_LOGIN: "allow" };
    const first = new ServerProcess(settings, folder, QUICK_PASSWORDS);
    await first.listens();
    const authority = readFileSync(join(folder, "cert.pem"), "utf8");
    const web = await WebMatchClient.player(first.httpPort, "ana");
    const terminal = await MatchConnection.connect(first.matchTlsPort, { authority });
    await terminal.askAll(["adduser;bea;segredo", "login;bea;segredo"]);
    await terminal.ask("begin;ana;bea;hosted");
    await web.take("invite;bea;hosted");
    expect(await web.ask("answer;bea;True")).toBe("answerACK");
    const [, id] = (await web.take("match;")).split(";");
    expect(await terminal.ask("play;2;2;1")).toBe("playACK;1");
    const keys = [await web.ask("key"), await terminal.ask("key")].map((reply) => reply.slice("keyACK;".length));
    first.signal("SIGKILL");
    await first.exit();

    const second = new ServerProcess(settings, folder, QUICK_PASSWORDS);
    await second.listens();
    const webAgain = await WebMatchClient.connect(second.httpPort);
    expect(await webAgain.ask(`resume;ana;${keys[0]}`)).toBe("resumeACK;ana");
    expect(await webAgain.take("match;")).toStartWith(`match;${id};bea;ana;....O....;1;ana;`);
    const terminalAgain = await MatchConnection.connect(second.matchTlsPort, { authority });
    expect(await terminalAgain.ask(`resume;bea;${keys[1]}`)).toBe("resumeACK;bea");
    expect(await webAgain.ask("play;1;1;2")).toBe("playACK;2");
    expect(await terminalAgain.take(`moved;${id};2`)).toStartWith(`moved;${id};2;1;1;ana;bea;`);
    terminalAgain.close();
    await second.remove();
  });
});

describe("a WebSocket at /match", () => {
  test.each([
    ["of a page from elsewhere is refused", { Origin: "http://evil.example" }, 403],
    ["of no page at all is refused", { Origin: "null" }, 403],
    ["for another host name is refused", { Host: "evil.example" }, 421],
  ])("%s", async (_, headers, status) => {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/match`, { headers: { ...UPGRADE, ...headers } });
    expect(answer.status).toBe(status);
  });

  test("is what is asked for there: without an upgrade the answer is 426", async () => {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/match`);
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });

  test("with octets in place of text is closed with code 1003", async () => {
    const client = await WebMatchClient.connect(httpPort);
    client.socket.send(Uint8Array.of(1, 2, 3));
    expect(await client.ends()).toStartWith("1003");
  });

  test("with several lines in a message, or too long a one, is told that it is wrong, and goes on", async () => {
    const client = await WebMatchClient.connect(httpPort);
    expect(await client.ask("list;a\nlist")).toBe("listERR;Invalid Characters");
    expect(await client.ask(`list;${"a".repeat(limits.textLineBytesMax - 5)}`)).toBe("listACK");
    expect(await client.ask(`list;${"a".repeat(limits.textLineBytesMax - 4)}`)).toBe("listERR;Invalid Characters");
    expect(await client.ask("dança")).toBe("Comando Não Reconhecido");
    client.send("ping;ainda");
    expect(await client.take("pong")).toBe("pong;ainda");
  });

  test("with a message of 17 KB is closed", async () => {
    const client = await WebMatchClient.connect(httpPort);
    client.send("x".repeat(4 * limits.textLineBytesMax + 1));
    await client.ends();
  });

  test("that floods waits its turn, or is closed, and nobody else waits", async () => {
    const flooding = await WebMatchClient.connect(httpPort);
    for (let count = 0; count < 50_000; count++) flooding.send("list");
    const other = await WebMatchClient.connect(httpPort);
    for (let count = 0; count < 20; count++) expect(await other.ask("list")).toStartWith("listACK");
    expect(await flooding.ends()).toBe("1008 web.flood");
    expect(flooding.lines.length).toBeLessThan(limits.commandsBurst + 10 * limits.commandsPerSecond);
  });

  test("is told why it is let go", async () => {
    const one = await WebMatchClient.player(httpPort, "caio");
    const key = (await one.ask("key")).slice("keyACK;".length);
    const two = await WebMatchClient.connect(httpPort);
    expect(await two.ask(`resume;caio;${key}`)).toBe("resumeACK;caio");
    expect(await one.ends()).toBe("1000 replaced");
    expect(one.lines).toEqual(["disconnect;replaced"]);
  });

  test("whose client vanishes in the middle of a frame is gone, and its player away", async () => {
    const [host, guest] = [await WebMatchClient.player(httpPort, "davi"), await rawSocket()];
    guest.write(textFrame("adduser;edu;segredo"));
    guest.write(textFrame("login;edu;segredo"));
    await eventually("edu", async () => (await host.ask("list")).includes("edu"));
    await host.ask("begin;edu;davi;hosted");
    guest.write(textFrame("answer;davi;True"));
    const [, id] = (await host.take("match;")).split(";");
    guest.write(textFrame("play;1;1").subarray(0, 9));
    guest.resetAndDestroy();
    expect(await host.take("absent")).toBe(`absent;${id};edu`);
  });

  test("that asked for the heartbeat and is silent, as half a connection is, is let go by it", async () => {
    const quick = await MatchServer.start({ CORREIO_HEARTBEAT_MS: 300, CORREIO_PONG_MS: 100 });
    const client = await WebMatchClient.connect(quick.node.node.httpPort);
    expect(await client.ask("heartbeat")).toBe("heartbeatACK;200;400");
    expect(await client.ends()).toBe("1000 heartbeat_missed");
    expect(client.lines).toEqual(["ping", "disconnect;heartbeat_missed"]);
    await quick.stop();
  });

  test("without anything like a frame in it is closed", async () => {
    const socket = await rawSocket();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    socket.write("login;ana;segredo\n".repeat(100));
    await closed;
  });

  test.skipIf(!hasOpenssl)("takes any password where the gateway has TLS", async () => {
    // Refused without it, and so neither warned of nor refused.
    const folder = createDataFolder();
    const { certFile, keyFile, authority } = createCertificate(folder);
    const tls = { CORREIO_HTTP_CERT: certFile, CORREIO_HTTP_KEY: keyFile };
    const strict = await MatchServer.start({ CORREIO_PLAIN_LOGIN: "refuse", ...tls });
    const client = await WebMatchClient.connect(strict.node.node.httpPort, authority);
    expect(await client.ask("adduser;ana;segredo")).toBe("adduserACK");
    expect(await client.ask("login;ana;segredo")).toBe("loginACK;ana");
    expect(client.lines).toEqual([]);
    client.socket.close();
    await strict.stop();
    rmSync(folder, { recursive: true });
  });

  test("takes no password where the setting refuses it without TLS, and still shows matches", async () => {
    const strict = await MatchServer.start({ CORREIO_PLAIN_LOGIN: "refuse" });
    const client = await WebMatchClient.connect(strict.node.node.httpPort);
    expect(await client.ask("login;ana;segredo")).toBe("loginERR;TLS connection required");
    expect(await client.ask("matches")).toBe("matchesACK");
    await strict.stop();
  });
});
