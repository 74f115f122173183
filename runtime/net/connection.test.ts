// One connection from its first byte to its last, on a socket that does exactly what the test says.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { closeFrame, frame } from "../wire/test-frames.ts";
import {
  createTestTable,
  echo,
  frames,
  holdTurns,
  left,
  NOTHING_LEFT,
  send,
  type SocketStandIn,
  type TestTable,
} from "./test-connection.ts";

describe("the turns of a session", () => {
  test("are opened, each message in order, and closed once", async () => {
    const net = createTestTable();
    const socket = net.connect();
    await send(net, socket, frames("a", "b"), frames("c"), closeFrame);
    socket.lost();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "a", "b", "c", "closed: close"]);
    expect(net.ended).toEqual(["close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("what one step produced leaves in one write, and the FIN after it", async () => {
    const net = createTestTable({ capacity: 100 });
    echo(net);
    const socket = net.connect();
    await send(net, socket, Buffer.concat([frames("a", "b", "c"), closeFrame]));
    expect(socket.calls).toEqual([`write ${3 * 13}`, "shutdown"]);
  });

  test("a message that ends the session is the last one run", async () => {
    const net = createTestTable();
    net.script.message = (context) => context.end("enough");
    const socket = net.connect();
    await send(net, socket, frames("a", "b", "c"));
    expect(net.script.turns).toEqual(["opened", "a", "closed: enough"]);
    expect(socket.calls).toEqual(["shutdown"]);
  });

  test("a crash ends the session, what was sent before it is flushed", async () => {
    const net = createTestTable();
    net.script.message = (context, text) => {
      context.send([text]);
      throw new Error("no");
    };
    const socket = net.connect();
    await send(net, socket, frames("a", "b"));
    expect(net.script.turns).toEqual(["opened", "a", "closed: session_crashed"]);
    expect(socket.calls).toEqual(["write 13", "shutdown"]);
    expect(net.crashes).toEqual(["scripted/1.message: no"]);
  });

  test("a crash in `closed` loses neither the end nor the connection", async () => {
    const net = createTestTable();
    net.script.closed = () => {
      throw new Error("no");
    };
    const socket = net.connect();
    await send(net, socket, closeFrame);
    socket.lost();
    await net.clock.settle();
    expect(net.ended).toEqual(["close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});

describe("`closed` comes exactly once", () => {
  type Way = readonly [what: string, reason: string, act: (socket: SocketStandIn, net: TestTable) => void];
  const WAYS: readonly Way[] = [
    ["a close frame", "close", (socket) => socket.data?.received(closeFrame)],
    ["a fault", "wire.bad_magic", (socket) => socket.data?.received(Buffer.from("GET"))],
    ["the peer's FIN", "disconnect", (socket) => socket.data?.peerFinished()],
    ["a lost connection", "disconnect", (socket) => socket.lost()],
    ["a drain", "shutdown", (_, net) => void net.table.drain()],
    ["an abort", "shutdown", (_, net) => void net.table.abortAll("shutdown")],
    ["an operator", "disconnected", (_, net) => net.table.connections.values().next().value?.end("disconnected")],
  ];
  const FOLLOW_UPS: Way[2][] = WAYS.map(([, , act]) => act);

  test.each(WAYS)("by %s, whatever comes after it", async (_, reason, act) => {
    for (const next of FOLLOW_UPS) {
      const net = createTestTable();
      const socket = net.connect();
      await send(net, socket, frames("a"));
      act(socket, net);
      next(socket, net);
      await net.clock.settle();
      socket.data?.drained();
      next(socket, net);
      socket.lost();
      await net.clock.settle();
      expect(net.script.turns).toEqual(["opened", "a", `closed: ${reason}`]);
      expect(net.ended).toEqual([reason]);
      expect(left(net)).toEqual(NOTHING_LEFT);
      await net.clock.advance(100_000);
      expect(net.script.turns).toHaveLength(3);
    }
  });

  test.each(WAYS)("by %s before the session has run its first turn", async (_, reason, act) => {
    const net = createTestTable();
    const socket = net.open();
    act(socket, net);
    await net.clock.settle();
    socket.lost();
    await net.clock.settle();
    expect(net.script.turns.at(-1)).toBe(`closed: ${reason}`);
    expect(net.script.turns.filter((turn) => turn.startsWith("closed"))).toHaveLength(1);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});

describe("the end of what is read", () => {
  test("a close frame is answered to the last message before it, also when turns take time", async () => {
    const net = createTestTable();
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, Buffer.concat([frames("a", "b"), closeFrame]));
    socket.data?.peerFinished();
    for (const _ of "ab") {
      release();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", "a", "b", "closed: close"]);
    expect(socket.bytesWritten).toBe(26);
  });

  test("a close frame that waits behind a full mailbox still counts when the FIN is seen first", async () => {
    const net = createTestTable({ capacity: 2 });
    const release = holdTurns(net);
    const socket = net.connect();
    socket.data?.received(Buffer.concat([frames("a", "b", "c", "d"), closeFrame]));
    socket.data?.peerFinished();
    for (let turn = 0; turn < 4; turn++) {
      await net.clock.settle();
      release();
    }
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "a", "b", "c", "d", "closed: close"]);
    expect(socket.bytesWritten).toBe(4 * 13);
  });

  test.each([
    ["FIN", (socket: SocketStandIn) => socket.data?.peerFinished()],
    ["the loss of the connection", (socket: SocketStandIn) => socket.lost()],
  ] as const)("%s in the middle of a message is a truncated message", async (_, act) => {
    const net = createTestTable();
    const socket = net.connect();
    await send(net, socket, frame("abc").subarray(0, 14));
    act(socket);
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "closed: wire.truncated"]);
  });

  test("a drain answers what is read and waits, and reads nothing more", async () => {
    const net = createTestTable({ capacity: 2 });
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, frames("a", "b", "c", "d"));
    const drained = net.table.drain();
    await send(net, socket, frames("too late"));
    for (let turn = 0; turn < 4; turn++) {
      release();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", "a", "b", "c", "d", "closed: shutdown"]);
    socket.lost();
    await drained;
    // Until then the node looks for turns that wait for too long.
    await net.clock.advance(limits.turnOpenMs);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});
