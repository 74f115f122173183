// A connection too many: it hears why, in the words of its protocol, and costs little.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createMatchProtocol } from "../wire/match-protocol.ts";
import { createTextProtocol } from "../wire/text-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import { createTestTable, frames, left, NOTHING_LEFT, send, type TestTable } from "./test-connection.ts";

const TEXT = "ERROR: Servidor cheio (net.connections_max).\n";

function createFullTable(speaksFirst = false): TestTable {
  return createTestTable({ connectionsMax: 0, text: createTextProtocol() as Pairing["protocol"], speaksFirst });
}

describe("a connection too many", () => {
  test.each([
    ["frames", frames("a"), '"error":"net.connections_max"'],
    ["text", Buffer.from("ECHO"), TEXT],
  ])("is told why in %s, may finish what it sends, and is closed", async (_, bytes, told) => {
    const net = createFullTable();
    const socket = net.connect();
    expect(socket.calls).toEqual([]);
    await send(net, socket, bytes.subarray(0, 1), bytes.subarray(1));
    expect(socket.written).toContain(told);
    expect(socket.calls.slice(1)).toEqual(["shutdown"]);
    await net.clock.advance(501);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect(net.refused).toEqual(["net.connections_max"]);
    expect(net.script.turns).toEqual([]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that says nothing is told in text after 250 ms", async () => {
    const net = createFullTable();
    const socket = net.connect();
    await net.clock.advance(249);
    expect(socket.written).toBe("");
    await net.clock.advance(2);
    expect(socket.written).toBe(TEXT);
    await send(net, socket, frames("a"));
    expect(socket.written).toBe(TEXT);
    await net.clock.advance(501);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that finishes without a word is told in text", () => {
    const net = createFullTable();
    const socket = net.connect();
    socket.data?.peerFinished();
    expect(socket.written).toBe(TEXT);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("leaves nothing behind when it goes by itself, told or not", async () => {
    const net = createFullTable();
    net.connect().lost();
    const socket = net.connect();
    await send(net, socket, frames("a"));
    socket.data?.peerFinished();
    expect(socket.calls.at(-1)).toBe("close");
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("over TLS is told once it has shaken hands", async () => {
    const net = createFullTable();
    const [spoken, silent] = [net.connect("tls"), net.connect("tls")];
    for (const socket of [spoken, silent]) socket.data?.handshaken?.(true);
    await send(net, spoken, frames("a"));
    expect(spoken.written).toContain('"error":"net.connections_max"');
    await net.clock.advance(251);
    expect(silent.written).toBe(TEXT);
  });

  test("over TLS is closed where it does not shake hands in time", async () => {
    const net = createFullTable();
    const socket = net.connect("tls");
    await net.clock.advance(501);
    expect(socket.calls).toEqual(["close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is told in text and closed at once when too many of them are being let go already", async () => {
    const net = createFullTable();
    const sockets = Array.from({ length: limits.refusedLingeringMax }, () => net.connect());
    const another = net.connect();
    expect(another.written).toBe(TEXT);
    expect(another.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect(net.connect("tls").calls).toEqual(["close"]);
    sockets[0]?.lost();
    expect(net.connect().open).toBe(true);
    await net.clock.advance(1_000);
    expect(left(net)).toEqual(NOTHING_LEFT);
    expect(net.connect().open).toBe(true);
  });
});

describe("a connection too many, where the server speaks first", () => {
  test("is told at once, may finish what it sends, and is closed", async () => {
    const net = createFullTable(true);
    const socket = net.connect();
    expect(socket.written).toBe(TEXT);
    await send(net, socket, Buffer.from("8080"));
    await net.clock.advance(501);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect([net.refused, net.script.turns]).toEqual([["net.connections_max"], []]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("over TLS is told when it has shaken hands, and closed where it does not", async () => {
    const net = createFullTable(true);
    const [shaken, late] = [net.connect("tls"), net.connect("tls")];
    expect(shaken.written).toBe("");
    shaken.data?.handshaken?.(true);
    expect(shaken.written).toBe(TEXT);
    await net.clock.advance(501);
    expect(late.calls).toEqual(["close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is closed without a word where its protocol has none", async () => {
    const protocol = createMatchProtocol("second") as Pairing["protocol"];
    const net = createTestTable({ connectionsMax: 0, protocol, speaksFirst: true });
    const socket = net.connect();
    expect(socket.calls).toEqual(["shutdown"]);
    await net.clock.advance(501);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});
