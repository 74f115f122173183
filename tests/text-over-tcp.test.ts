// Text and frames on one port, with real sockets at both ends: commands with and without newline, ends and refusals.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";

import { type Certificate, createCertificate, hasOpenssl } from "./lib/certificate.ts";
import { eventually } from "./lib/eventually.ts";
import { closeFrame, request } from "./lib/frames.ts";
import { liveBytes } from "./lib/live-memory.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { hasPython, runPython } from "./lib/python.ts";
import { TextClient } from "./lib/text-client.ts";
import { startTextNode, type TextNode } from "./lib/text-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const ECHO = "ECHO: Comando recebido com sucesso.";
const TIME = "TIME: 2026-11-20 09:11:00.123456";
const UNKNOWN = "ERROR: Comando não reconhecido.";
const nodes: TextNode[] = [];
const folder = createDataFolder();
/** Used only where there is openssl. */
const certificate = (hasOpenssl ? createCertificate(folder) : {}) as Certificate;

afterEach(() => {
  for (const node of nodes.splice(0)) node.stop();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function nodeWith(options: Parameters<typeof startTextNode>[0] = {}): TextNode {
  const node = startTextNode(options);
  nodes.push(node);
  return node;
}

describe("one port", () => {
  test("serves text and frames side by side", async () => {
    const node = nodeWith();
    const text = await TextClient.connect(node.port);
    const frames = await WireClient.connect(node.port);
    text.send("ECHO\n");
    frames.send(request(7));
    await Promise.all([text.hears(`${ECHO}\n`), frames.hears(1)]);
    expect(frames.ids).toEqual([7]);
    frames.send(closeFrame);
    await frames.loses();
    text.send("EXIT\n");
    await text.loses();
    expect(text.heard).toBe(`${ECHO}\nEXIT: Encerrando conexão.\n`);
    for (const client of [text, frames]) client.close();
    await eventually("both ends", () => node.ended.length === 2);
    expect(node.ended.toSorted()).toEqual(["close", "exit"]);
  });

  // Without openssl there is no certificate to listen with.
  test.skipIf(!hasOpenssl)("does so over TLS too", async () => {
    const { certFile, keyFile, authority } = certificate;
    const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
    const node = nodeWith({ tls });
    const text = await TextClient.connect(node.port, authority);
    const frames = await WireClient.connect(node.port, { authority });
    text.send("ECHO");
    frames.send(request(7));
    await Promise.all([text.hears(ECHO), frames.hears(1)]);
    for (const client of [text, frames]) client.close();
  });

  test("tells a connection too many in its own protocol, and the silent in text", async () => {
    const node = nodeWith({ connectionsMax: 0 });
    const text = await TextClient.connect(node.port);
    const silent = await TextClient.connect(node.port);
    const frames = await WireClient.connect(node.port);
    text.send("ECHO");
    frames.send(request(1));
    await Promise.all([text, silent, frames].map((client) => client.loses()));
    const refusal = "ERROR: Servidor cheio (net.connections_max).\n";
    expect([text.heard, silent.heard]).toEqual([refusal, refusal]);
    expect(frames.replies).toEqual([expect.objectContaining({ status: "error", error: "net.connections_max" })]);
    for (const client of [text, silent, frames]) client.close();
    expect(node.table.stats.refused.get("net.connections_max")).toBe(3);
  });
});

describe("a client", () => {
  // Without Python there is no such client here.
  test.skipIf(!hasPython)("in Python that sends no newline and reads once has its reply, each time", async () => {
    const node = nodeWith();
    const replies = await runPython("text_client.py", [node.port, "ECHO", "time", "olá", "EXIT"]);
    expect(replies).toEqual([ECHO, TIME, UNKNOWN, "EXIT: Encerrando conexão."]);
  });

  test("with several commands in a packet has each answered, with the ending it came with", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    client.send("ECHO\nTIME\r\nolá\nECHO");
    const all = `${ECHO}\n${TIME}\r\n${UNKNOWN}\n${ECHO}`;
    await client.hears(all);
    expect(client.heard).toBe(all);
    expect(node.lines).toEqual(["ECHO\n", "TIME\r\n", "olá\n", "ECHO"]);
    client.close();
  });

  test("with one octet in each packet has sent the same commands", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    for (const [count, octet] of Buffer.from("ECHO olá\r\nTIME\n").entries()) {
      client.send(Buffer.from([octet]));
      await eventually("the octet's arrival", () => node.table.stats.bytesIn === count + 1);
    }
    await client.hears("TIME:");
    expect(node.lines.join("")).toBe("ECHO olá\r\nTIME\n");
    client.close();
  });

  test("that finishes behind a command without newline has its reply, and then the end", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    client.send("TIME\nECHO").finish();
    await client.loses();
    expect(client.heard).toBe(`${TIME}\n${ECHO}`);
    client.close();
    await eventually("its end", () => node.ended.length === 1);
    expect(node.ended).toEqual(["disconnect"]);
  });

  test("whose second half waited in the kernel while the loop was busy has sent one command", async () => {
    const client: { value?: TextClient } = {};
    const onLine = (line: string): void => {
      if (line !== "TIME\n") return;
      client.value?.send("HO");
      const untilMs = performance.now() + 60;
      while (performance.now() < untilMs);
    };
    const node = nodeWith({ onLine });
    client.value = await TextClient.connect(node.port);
    client.value.send("TIME\nEC");
    await client.value.hears(ECHO);
    expect(node.lines).toEqual(["TIME\n", "ECHO"]);
    client.value.close();
  });

  test("that is silent for too long is told so, and sees the end", async () => {
    const node = nodeWith({ deadlines: { idleMs: 60 } });
    const [spoken, silent] = [await TextClient.connect(node.port), await TextClient.connect(node.port)];
    spoken.send("ECHO\n");
    await Promise.all([spoken.loses(), silent.loses()]);
    const told = "* ! idle_timeout Conexão encerrada por inatividade.\n";
    expect([spoken.heard, silent.heard]).toEqual([`${ECHO}\n${told}`, told]);
    for (const client of [spoken, silent]) client.close();
    await eventually("their ends", () => node.ended.length === 2);
    expect(node.ended).toEqual(["idle_timeout", "idle_timeout"]);
  });

  test("is told that the server ends, whatever it has said", async () => {
    const node = nodeWith();
    const [spoken, silent] = [await TextClient.connect(node.port), await TextClient.connect(node.port)];
    spoken.send("ECHO\n");
    await spoken.hears(ECHO);
    await eventually("both", () => node.table.connectionCount() === 2);
    const drained = node.table.drain();
    await Promise.all([spoken.loses(), silent.loses()]);
    const told = "* ! shutdown Servidor encerrando.\n";
    expect([spoken.heard, silent.heard]).toEqual([`${ECHO}\n${told}`, told]);
    for (const client of [spoken, silent]) client.close();
    await drained;
  });
});

describe("what is no command", () => {
  test("10 MB without a newline are refused at the first chunk, and take no memory", async () => {
    const node = nodeWith();
    const piece = "x".repeat(1_048_576);
    const flood = async (): Promise<void> => {
      const client = await TextClient.connect(node.port);
      for (let count = 0; count < 10; count++) client.send(piece);
      await client.loses();
      expect(client.heard).toBe("ERROR: Linha longa demais (wire.line_too_long).\n");
      client.close();
    };
    await flood();
    const settledBytes = liveBytes();
    for (let round = 0; round < 10; round++) await flood();
    expect(liveBytes() - settledBytes).toBeLessThan(8 * 1_048_576);
    expect(new Set(node.lines)).toEqual(new Set(["closed: wire.line_too_long"]));
    expect(node.table.budget).toEqual({ queuedBytes: 0, heldBytes: 0 });
  }, 30_000);

  test("one octet too many is refused at once, though no newline comes", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    client.send("x".repeat(4_096));
    await eventually("its arrival", () => node.lines.length === 1);
    client.send("ECHO\n", "x".repeat(4_097));
    await client.hears("wire.line_too_long");
    client.close();
  });

  test("NUL and octets that are no UTF-8 reach the session as text, and those behind them too", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    client.send(Buffer.from([0x00, 0x0a, 0xff, 0xfe, 0x0a]), Buffer.from([0xc3]), "\nECHO\n");
    await client.hears(ECHO);
    expect(node.lines).toEqual(["\0\n", "\uFFFD\uFFFD\n", "\uFFFD\n", "ECHO\n"]);
    client.close();
  });
});

// Where there is no /proc, the kernel does not say which of its timers run.
describe.skipIf(process.platform !== "linux")("the kernel", () => {
  test("looks after a silent peer in 20 s, so that one that is gone is noticed in 30", async () => {
    const node = nodeWith();
    const client = await TextClient.connect(node.port);
    await eventually("the connection", () => node.table.connectionCount() === 1);
    // local address, state 01 = established, timer 02 = keep-alive: its time in hundredths of a second.
    const port = node.port.toString(16).toUpperCase().padStart(4, "0");
    const line = new RegExp(`:${port} [0-9A-F]+:[0-9A-F]+ 01 [0-9A-F:]+ 02:([0-9A-F]+)`);
    const timer = line.exec(readFileSync("/proc/net/tcp", "utf8"))?.[1];
    expect(Number.parseInt(timer ?? "", 16)).toBeWithin(1_000, 2_001);
    client.close();
  });
});
