// Sockets that have said nothing yet: they are counted and have a deadline, but no session before the first octet.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createTextProtocol } from "../wire/text-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import type { Doorstep } from "./doorstep.ts";
import { createTestTable, frames, left, NOTHING_LEFT, send, type TestTable } from "./test-connection.ts";

type Options = Parameters<typeof createTestTable>[0];

function createDoor(options: Options = {}): TestTable {
  return createTestTable({ text: createTextProtocol() as Pairing["protocol"], ...options });
}

/** The server speaks first. */
function createGreeting(options: Options = {}): TestTable {
  const net = createDoor({ speaksFirst: true, ...options });
  net.script.opened = (context) => context.send("hello\n");
  return net;
}

function noDecoder(): never {
  throw new Error("no decoder");
}

describe("the first octet", () => {
  test.each([
    ["a frame", frames("ECHO"), "ECHO"],
    ["a line", Buffer.from("ECHO\n"), "ECHO\n"],
    ["a line that begins with an octet of no UTF-8", Buffer.from([0xff, 0x0a]), "\uFFFD\n"],
    ["an empty line", Buffer.from("\n"), "\n"],
  ])("of %s decides what is spoken", async (_, bytes, message) => {
    for (const chunks of [[bytes], [bytes.subarray(0, 1), bytes.subarray(1)]]) {
      const net = createDoor();
      const socket = net.connect();
      await send(net, socket, ...chunks.filter((chunk) => chunk.length > 0));
      expect(net.script.turns).toEqual(["opened", message]);
      expect(net.table.stats.bytesIn).toBe(bytes.length);
    }
  });

  test("makes the session, which has the next number", async () => {
    const net = createDoor();
    const [silent, other] = [net.connect(), net.connect()];
    await net.clock.settle();
    expect(net.script.turns).toEqual([]);
    expect([net.table.connectionCount(), net.table.connections.size]).toEqual([2, 0]);
    await send(net, other, Buffer.from("a\n"));
    await send(net, silent, Buffer.from("b\n"));
    expect(Array.from(net.table.connections.keys())).toEqual(["1", "2"]);
    expect(net.table.connections.get("1")?.bytesIn).toBe(2);
    expect(net.table.connectionCount()).toBe(2);
  });
});

describe("a peer that says nothing", () => {
  test.each([
    ["the time for the first byte", { firstByteMs: 2_000, idleMs: 60_000 }, 2_000, "first_byte_timeout"],
    ["the idle time, where that is shorter", { firstByteMs: 60_000, idleMs: 2_000 }, 2_000, "idle_timeout"],
  ] as const)("is told and closed after %s", async (_, deadlines, allowedMs, reason) => {
    const net = createDoor({ deadlines });
    const socket = net.connect();
    await net.clock.advance(allowedMs - 1);
    expect(socket.calls).toEqual([]);
    await net.clock.advance(2);
    expect(socket.written).toStartWith(`* ! ${reason} `);
    expect(socket.calls.at(-1)).toBe("shutdown");
    expect([net.ended, net.script.turns, net.table.connectionCount()]).toEqual([[reason], [], 0]);
    socket.data?.peerFinished();
    expect(socket.calls.at(-1)).toBe("close");
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is told nothing where only frames are spoken", async () => {
    const net = createTestTable();
    const socket = net.connect();
    await net.clock.advance(2_001);
    expect(socket.calls).toEqual(["shutdown"]);
    expect(net.ended).toEqual(["first_byte_timeout"]);
  });

  test("and then too late is no session either", async () => {
    const net = createDoor();
    const socket = net.connect();
    await net.clock.advance(2_001);
    await send(net, socket, Buffer.from("ECHO\n"));
    await net.clock.advance(501);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect([net.script.turns, net.ended]).toEqual([[], ["first_byte_timeout"]]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test.each([
    ["finishes", "disconnect", (net: TestTable) => net.connect().data?.peerFinished()],
    ["is lost", "disconnect", (net: TestTable) => net.connect().lost()],
    ["meets a bug of ours", "net.fault", (net: TestTable) => net.connect().data?.failed(new Error("a bug"))],
  ])("and %s leaves nothing behind, and its place to others", async (_, reason, act) => {
    const net = createDoor({ connectionsMax: 1 });
    act(net);
    await net.clock.settle();
    expect(net.ended).toEqual([reason]);
    expect(net.table.stats.ended).toEqual(new Map([[reason, 1]]));
    expect(left(net)).toEqual(NOTHING_LEFT);
    await send(net, net.connect(), Buffer.from("ECHO\n"));
    expect(net.script.turns).toEqual(["opened", "ECHO\n"]);
  });

  test("takes a place as any other", () => {
    const net = createDoor({ connectionsMax: 1 });
    net.connect();
    net.connect();
    expect(net.refused).toEqual(["net.connections_max"]);
  });
});

describe("the end of the node", () => {
  test("is told to those at the doorstep, and waits for none of them", async () => {
    const net = createDoor();
    const sockets = [net.connect(), net.connect()];
    await net.table.drain();
    for (const socket of sockets) {
      expect(socket.written).toBe("* ! shutdown Servidor encerrando.\n");
      expect(socket.calls.at(-1)).toBe("shutdown");
    }
    expect([net.ended, net.table.abortAll("shutdown")]).toEqual([["shutdown", "shutdown"], 0]);
    await net.clock.advance(501);
    expect(sockets.map((socket) => socket.open)).toEqual([false, false]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("waits for those who have spoken", async () => {
    const net = createDoor();
    const [spoken] = [net.connect(), net.connect()] as const;
    await send(net, spoken, Buffer.from("ECHO\n"));
    let drained = false;
    void net.table.drain().then(() => (drained = true));
    await net.clock.settle();
    expect([drained, net.ended]).toEqual([false, ["shutdown"]]);
    spoken.lost();
    await net.clock.settle();
    expect(drained).toBe(true);
  });

  test("lets a bounded number of them linger; the others are told and closed", async () => {
    const net = createDoor();
    const sockets = Array.from({ length: limits.refusedLingeringMax + 1 }, () => net.connect());
    await net.table.drain();
    expect(sockets.filter((socket) => socket.open)).toHaveLength(limits.refusedLingeringMax);
    expect(sockets.every((socket) => socket.written.includes("shutdown"))).toBe(true);
  });

  test("that cannot wait cuts them off, and none of them has lost anything", () => {
    const net = createDoor();
    const socket = net.connect();
    expect(net.table.abortAll("shutdown")).toBe(0);
    expect(socket.calls).toEqual(["terminate"]);
    expect([net.ended, net.table.connectionCount()]).toEqual([["shutdown"], 0]);
  });
});

describe("over TLS", () => {
  test("a handshake that fails is no session", async () => {
    const net = createDoor();
    const socket = net.connect("tls");
    socket.data?.handshaken?.(false);
    await net.clock.settle();
    expect([net.ended, net.script.turns, socket.open]).toEqual([["handshake_failed"], [], false]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("a peer that finishes instead of shaking hands has failed to", () => {
    const net = createDoor();
    net.connect("tls").data?.peerFinished();
    expect(net.ended).toEqual(["handshake_failed"]);
  });

  test("a handshake that does not come is cut off", async () => {
    const net = createDoor();
    const socket = net.connect("tls");
    await net.clock.advance(1_001);
    expect(net.ended).toEqual(["handshake_timeout"]);
    expect(socket.calls).toEqual(["terminate"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("a drain cuts off who is still shaking hands", async () => {
    const net = createDoor();
    const socket = net.connect("tls");
    await net.table.drain();
    expect([net.ended, socket.calls]).toEqual([["shutdown"], ["terminate"]]);
  });

  test("the time for the first byte counts from the start, also when it is the shorter one", async () => {
    const net = createDoor({ deadlines: { handshakeMs: 50_000 } });
    const socket = net.connect("tls");
    await net.clock.advance(1_500);
    socket.data?.handshaken?.(true);
    await net.clock.advance(499);
    expect(net.ended).toEqual([]);
    await net.clock.advance(2);
    expect(net.ended).toEqual(["first_byte_timeout"]);
  });

  test("the first octet behind the handshake decides", async () => {
    const net = createDoor();
    const socket = net.connect("tls");
    socket.data?.handshaken?.(true);
    await send(net, socket, frames("ECHO"));
    expect(net.script.turns).toEqual(["opened", "ECHO"]);
    expect(net.table.connections.get("1")?.transport).toBe("tls");
  });
});

describe("where the server speaks first", () => {
  test("the session begins with the connection, and what the peer sends comes behind", async () => {
    const net = createGreeting();
    const socket = net.connect();
    await net.clock.settle();
    expect([net.script.turns, socket.written]).toEqual([["opened"], "hello\n"]);
    expect([net.table.connectionCount(), net.table.connections.size]).toEqual([1, 1]);
    await send(net, socket, Buffer.from("ECHO\n"));
    expect(net.script.turns).toEqual(["opened", "ECHO\n"]);
  });

  test("over TLS it begins when the handshake is over", async () => {
    const net = createGreeting();
    const socket = net.connect("tls");
    await net.clock.advance(999);
    expect(net.script.turns).toEqual([]);
    socket.data?.handshaken?.(true);
    await net.clock.settle();
    expect([net.script.turns, socket.written]).toEqual([["opened"], "hello\n"]);
    expect(net.table.connections.get("1")?.transport).toBe("tls");
  });

  test("over TLS who does not shake hands is let go as everywhere", async () => {
    const net = createGreeting();
    const [late, failed] = [net.connect("tls"), net.connect("tls")];
    failed.data?.handshaken?.(false);
    await net.clock.advance(1_001);
    expect([net.ended, net.script.turns]).toEqual([["handshake_failed", "handshake_timeout"], []]);
    expect([late.open, failed.open, left(net)]).toEqual([false, false, NOTHING_LEFT]);
  });

  test.each(["tcp", "tls"] as const)(
    "over %s a peer may be silent beyond the time for the first byte",
    async (kind) => {
      const net = createGreeting();
      const socket = net.connect(kind);
      socket.data?.handshaken?.(true);
      await net.clock.advance(59_999);
      expect(net.script.turns).toEqual(["opened"]);
      await net.clock.advance(2);
      expect(net.script.turns).toEqual(["opened", "closed: idle_timeout"]);
    },
  );

  test("a session that cannot begin is a fault, and leaves its place to others", async () => {
    const protocol = createTextProtocol() as Pairing["protocol"];
    const net = createDoor({ speaksFirst: true, connectionsMax: 1, text: { ...protocol, createDecoder: noDecoder } });
    for (const socket of [net.connect(), net.connect()]) expect(socket.calls).toEqual(["terminate"]);
    expect([net.ended, net.faults]).toEqual([Array(2).fill("net.fault"), Array(2).fill("no decoder")]);
    await net.clock.settle();
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("who came by another door is not cut off with those of this one", async () => {
    const net = createDoor();
    const [mine, spoken, others] = [net.connect("tls"), net.connect("tls"), net.connect("tls")];
    await send(net, spoken, Buffer.from("ECHO\n"));
    net.table.cutOffWaiting((mine.data as Doorstep).door, "listener_closed");
    await net.clock.settle();
    expect([mine.open, spoken.open, others.open]).toEqual([false, true, true]);
    expect(net.ended).toEqual(["listener_closed"]);
  });
});
