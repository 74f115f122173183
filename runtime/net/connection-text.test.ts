// A connection that speaks text: silence ends a line, and who is let go is told why, last of all.
import { describe, expect, test } from "bun:test";

import { createMatchProtocol } from "../wire/match-protocol.ts";
import { createTextProtocol } from "../wire/text-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { createTestTable, left, NOTHING_LEFT, send, type SocketStandIn, type TestTable } from "./test-connection.ts";

type Options = Parameters<typeof createTestTable>[0];

/** Its session answers each line with itself between brackets. */
function createTextTable(options: Options = {}): TestTable {
  const net = createTestTable({ text: createTextProtocol() as Pairing["protocol"], ...options });
  net.script.message = (context, text) => (context as { send(value: unknown): void }).send(`[${text}]`);
  return net;
}

const createLineTable = (): TestTable =>
  createTestTable({ protocol: createMatchProtocol("modern") as Pairing["protocol"] });

const type = (net: TestTable, socket: SocketStandIn, text: string): Promise<void> =>
  send(net, socket, Buffer.from(text));

describe("a line without an ending", () => {
  test("is a message when it has been quiet for 20 ms, and not before", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "ECHO");
    await net.clock.advance(19);
    expect(net.script.turns).toEqual(["opened"]);
    await net.clock.advance(2);
    expect(net.script.turns).toEqual(["opened", "ECHO"]);
    expect(socket.written).toBe("[ECHO]");
  });

  test("has that time anew after each octet", async () => {
    const net = createTextTable();
    const socket = net.connect();
    for (const octet of "ECHO olá") {
      await type(net, socket, octet);
      await net.clock.advance(19);
    }
    expect(net.script.turns).toEqual(["opened"]);
    await net.clock.advance(2);
    expect(net.script.turns).toEqual(["opened", "ECHO olá"]);
  });

  test("is one line with the ending that comes in time", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "ECHO\r");
    await net.clock.advance(19);
    await type(net, socket, "\n");
    await net.clock.advance(100);
    expect(net.script.turns).toEqual(["opened", "ECHO\r\n"]);
  });

  test("is followed by an empty one where the ending comes too late", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "ECHO");
    await net.clock.advance(21);
    await type(net, socket, "\n");
    expect(net.script.turns).toEqual(["opened", "ECHO", "\n"]);
  });

  test("follows the lines before it in the same packet", async () => {
    const net = createTextTable({ capacity: 8 });
    const socket = net.connect();
    await type(net, socket, "ECHO\nTIME\r\nHELP");
    expect(net.script.turns).toEqual(["opened", "ECHO\n", "TIME\r\n"]);
    await net.clock.advance(21);
    expect(net.script.turns.slice(3)).toEqual(["HELP"]);
  });

  test("waits for room in the mailbox, and what follows it is another line", async () => {
    const net = createTextTable({ capacity: 1 });
    const held: (() => void)[] = [];
    net.script.message = () => new Promise<void>((resolve) => held.push(resolve));
    const socket = net.connect();
    await type(net, socket, "a\nb\nc");
    await net.clock.advance(50);
    await type(net, socket, "d");
    for (let turn = 0; turn < 3; turn++) {
      held.shift()?.();
      await net.clock.advance(30);
    }
    expect(net.script.turns).toEqual(["opened", "a\n", "b\n", "cd"]);
    held.shift()?.();
    await net.clock.advance(30);
    expect(net.table.stats.pauses).toBeGreaterThan(0);
    expect(socket.paused).toBe(false);
  });

  test("is a message when the peer has finished, and is answered", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "TIME\nECHO");
    socket.data?.peerFinished();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "TIME\n", "ECHO", "closed: disconnect"]);
    expect(socket.written).toBe("[TIME\n][ECHO]");
    expect(socket.calls.at(-1)).toBe("shutdown");
  });

  test("is one too when the peer has finished behind a full mailbox", async () => {
    const net = createTextTable({ capacity: 1 });
    const socket = net.connect();
    socket.data?.received(Buffer.from("a\nb\nc\nd"));
    socket.data?.peerFinished();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "a\n", "b\n", "c\n", "d", "closed: disconnect"]);
  });

  test("goes nowhere when the connection is lost, and is no fault", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "ECHO");
    socket.lost();
    await net.clock.advance(100);
    expect(net.script.turns).toEqual(["opened", "closed: disconnect"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is not made one by a drain: it may be half of another", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "SAY lobby h");
    void net.table.drain();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "closed: shutdown"]);
  });
});

describe("a connection that we end", () => {
  type Way = readonly [reason: string, told: string, act: (net: TestTable, socket: SocketStandIn) => unknown];
  const WAYS: readonly Way[] = [
    ["idle_timeout", "* ! idle_timeout Conexão", (net) => net.clock.advance(60_001)],
    ["shutdown", "* ! shutdown Servidor encerrando.\n", (net) => void net.table.drain()],
    ["wire.line_too_long", "ERROR: Linha longa demais", (net, socket) => type(net, socket, "x".repeat(4_097))],
    [
      "message_timeout",
      "* ! message_timeout Conexão",
      async (net, socket) => {
        for (let octet = 0; octet < 310; octet++) {
          await type(net, socket, "x");
          await net.clock.advance(10);
        }
      },
    ],
    [
      "session_crashed",
      "* ! session_crashed Conexão",
      (net, socket) => {
        net.script.message = () => {
          throw new Error("a bug");
        };
        return type(net, socket, "ECHO\n");
      },
    ],
    [
      "disconnected_by_operator",
      "* ! disconnected_by_operator Conexão",
      (net) => net.table.connections.get("1")?.end("disconnected_by_operator"),
    ],
  ];

  test.each(WAYS)("for %s is told so behind all that was sent, and before the FIN", async (reason, told, act) => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "TIME\n");
    await act(net, socket);
    await net.clock.settle();
    expect(socket.written).toStartWith(`[TIME\n]${told}`);
    expect(socket.written.trim().split("\n")).toHaveLength(2);
    expect(socket.calls.at(-1)).toBe("shutdown");
    expect(net.script.turns.at(-1)).toBe(`closed: ${reason}`);
    socket.lost();
    await net.clock.settle();
    expect(net.ended).toEqual([reason]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is told at the millisecond of its idle time, counted from its last octet", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await type(net, socket, "ECHO\n");
    await net.clock.advance(40_000);
    await type(net, socket, "ECHO\n");
    await net.clock.advance(59_999);
    expect(socket.written).not.toContain("idle_timeout");
    await net.clock.advance(2);
    expect(socket.written).toContain("idle_timeout");
    expect(socket.calls.at(-1)).toBe("shutdown");
  });

  test("is told behind what its peer has not taken yet", async () => {
    const net = createTextTable();
    const socket = net.connect();
    socket.room = 3;
    await type(net, socket, "ECHO\n");
    void net.table.drain();
    await net.clock.settle();
    expect(socket.calls).not.toContain("shutdown");
    socket.room = Number.POSITIVE_INFINITY;
    socket.data?.drained();
    expect(socket.written).toBe("[ECHO\n]* ! shutdown Servidor encerrando.\n");
    expect(socket.calls.at(-1)).toBe("shutdown");
  });

  test("because its session says so is told nothing more than its session said", async () => {
    const net = createTextTable();
    net.script.message = (context) => {
      (context as { send(value: unknown): void }).send("EXIT: Encerrando conexão.\n");
      context.end("exit");
    };
    const socket = net.connect();
    await type(net, socket, "EXIT\nTIME\n");
    expect(socket.written).toBe("EXIT: Encerrando conexão.\n");
    expect(net.script.turns).toEqual(["opened", "EXIT\n", "closed: exit"]);
  });

  test("that speaks frames is told nothing", async () => {
    const net = createTextTable();
    const socket = net.connect();
    await send(net, socket, Buffer.from([0x12]));
    void net.table.drain();
    await net.clock.settle();
    expect(socket.calls).toEqual(["shutdown"]);
  });
});

describe("a line that only its ending ends", () => {
  test("waits for it, whatever the silence", async () => {
    const net = createLineTable();
    const socket = net.connect();
    await type(net, socket, "list");
    await net.clock.advance(2_000);
    expect(net.script.turns).toEqual(["opened"]);
    await type(net, socket, "\n");
    expect(net.script.turns).toEqual(["opened", "list\n"]);
  });

  test("is none when the peer has finished before", async () => {
    const net = createLineTable();
    const socket = net.connect();
    await type(net, socket, "list\nplay;1;");
    socket.data?.peerFinished();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "list\n", "closed: wire.truncated"]);
    expect(socket.calls).toEqual(["shutdown"]);
  });

  test("and does not come ends the connection, which is told so", async () => {
    const net = createLineTable();
    const socket = net.connect();
    await type(net, socket, "list");
    await net.clock.advance(3_001);
    expect(socket.written).toBe("disconnect;message_timeout\n");
    expect(net.script.turns).toEqual(["opened", "closed: message_timeout"]);
  });
});
