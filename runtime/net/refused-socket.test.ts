// A connection too many: it hears why, and costs little.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createTestTable, frames, left, NOTHING_LEFT, send } from "./test-connection.ts";

describe("a connection too many", () => {
  test("is told why, may finish what it sends, and is closed", async () => {
    const net = createTestTable({ connectionsMax: 0 });
    const socket = net.connect();
    expect(socket.written).toContain('"error":"net.connections_max"');
    await send(net, socket, frames("a"));
    expect(socket.calls.slice(1)).toEqual(["shutdown"]);
    await net.clock.advance(501);
    expect(socket.calls.slice(1)).toEqual(["shutdown", "close"]);
    expect(net.refused).toEqual(["net.connections_max"]);
    expect(net.script.turns).toEqual([]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("leaves nothing behind when it goes by itself", async () => {
    const net = createTestTable({ connectionsMax: 0 });
    const socket = net.connect();
    socket.events?.peerFinished();
    expect(socket.calls.at(-1)).toBe("close");
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("over TLS is told once it has shaken hands", () => {
    const net = createTestTable({ connectionsMax: 0 });
    const socket = net.connect("tls");
    expect(socket.calls).toEqual([]);
    socket.events?.handshaken(true);
    expect(socket.written).toContain("net.connections_max");
  });

  test("is closed at once when too many of them are being let go already", async () => {
    const net = createTestTable({ connectionsMax: 0 });
    const sockets = Array.from({ length: limits.refusedLingeringMax }, () => net.connect());
    expect(net.connect().calls.slice(1)).toEqual(["shutdown", "close"]);
    sockets[0]?.lost();
    expect(net.connect().open).toBe(true);
    await net.clock.advance(501);
    expect(left(net)).toEqual(NOTHING_LEFT);
    expect(net.connect().open).toBe(true);
  });
});
