// What the server says of its clients: the lines of the documents, which no client can forge or break.
import { describe, expect, test } from "bun:test";

import { ChatNode } from "./test-clients.ts";

describe("the console", () => {
  test("shows who comes, what is said in rooms, and who goes, as the document has it", async () => {
    const node = new ChatNode();
    const ana = node.connect();
    const device = node.connect("udp-text-session");
    await ana.type("HELLO 123456789", "JOIN lobby", "SAY lobby 2478011632");
    await device.type("HELLO 987654321");
    await ana.leave();
    expect(node.consoleLines).toEqual([
      "[CONNECT] Cliente 123456789 conectado de 127.0.0.1:50000\n",
      '[MESSAGE] 123456789 : "2478011632"\n',
      "[REGISTER] Novo cliente 987654321 registrado de 127.0.0.1:50000\n",
      "[DISCONNECT] Cliente 123456789 desconectado\n",
    ]);
  });

  test("shows no direct message", async () => {
    const node = new ChatNode();
    const ana = await node.named("ana");
    await node.named("bea");
    await ana.type("MSG bea segredo");
    expect([...node.consoleLines, ...node.fileLines].filter((line) => line.includes("segredo"))).toEqual([]);
  });
});

describe("the file", () => {
  test("has connections, commands and ends, with the time as Python's logging writes it", async () => {
    const node = new ChatNode();
    const client = node.connect();
    await client.type("ECHO", "DANCE", "HELLO ana", "JOIN lobby", "SAY lobby oi");
    await client.leave("idle_timeout");
    const lines = node.fileLines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - /, ""));
    expect(lines).toEqual([
      "Cliente 1: conectado de 127.0.0.1:50000 (tcp)\n",
      "Cliente 1: ECHO\n",
      "Cliente 1: comando desconhecido\n",
      "Cliente 1: HELLO ana\n",
      "Cliente 1: identificado como ana\n",
      "Cliente 1: JOIN lobby\n",
      "Cliente 1: SAY lobby oi\n",
      "Cliente 1: encerrado por inatividade\n",
    ]);
  });

  test("is one line for each thing that happens, whatever a client writes", async () => {
    const node = new ChatNode();
    const ana = await node.named("ana");
    await ana.type("JOIN lobby");
    await ana.type("SAY lobby \u202eoi\u200b", "SAY lobby a\rb\n2026-01-01 - Cliente 9: EXIT");
    for (const line of [...node.fileLines, ...node.consoleLines])
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]+\n$/u);
    expect(node.fileLines.filter((line) => line.includes("\\u{202e}oi\\u{200b}"))).toHaveLength(1);
  });
});
