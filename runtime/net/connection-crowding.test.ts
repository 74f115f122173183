// Bounds of all connections together, faults in handlers, and ends that come while something is under way.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { closeFrame, frame } from "../wire/test-frames.ts";
import { createTestTable, echo, frames, holdTurns, send } from "./test-connection.ts";

const LARGE = "x".repeat(50_000);

/** One that holds input, on a node that holds too much; its peer takes so many bytes. */
async function holding(room: number) {
  const net = createTestTable({ capacity: 1 });
  echo(net);
  const socket = net.connect();
  net.table.budget.queuedBytes = limits.outboundTotalBytes + 1;
  net.table.budget.heldBytes = limits.inboundTotalBytes;
  socket.room = room;
  await send(net, socket, frames(...Array.from({ length: 20 }, () => LARGE)));
  return net;
}

describe("while all connections together hold too much for their peers", () => {
  test("no further turn of one starts in the same step once its own queue passes the low-water mark", async () => {
    const net = createTestTable({ capacity: 100 });
    echo(net);
    const socket = net.connect();
    net.table.budget.queuedBytes = limits.outboundTotalBytes + 1;
    socket.room = 0;
    await send(net, socket, frames(...Array.from({ length: 50 }, () => LARGE)));
    expect(net.script.turns.filter((turn) => turn === LARGE)).toHaveLength(2);
  });
});

describe("while all connections together hold too much that is not handled", () => {
  test("one whose peer does not read is closed with that reason", async () => {
    const net = await holding(0);
    expect(net.ended).toEqual(["crowded_out"]);
    expect(net.table.budget.heldBytes).toBe(limits.inboundTotalBytes);
  });

  test("one whose peer reads goes on", async () => {
    expect((await holding(Number.POSITIVE_INFINITY)).ended).toEqual([]);
  });

  test("the share of one that is closed is given back", async () => {
    const net = createTestTable({ capacity: 1 });
    holdTurns(net);
    const socket = net.connect();
    await send(net, socket, frames("a", "b", "c", "d"));
    expect(net.table.budget.heldBytes).toBeGreaterThan(0);
    socket.lost();
    await net.clock.settle();
    expect(net.table.budget.heldBytes).toBe(0);
  });
});

describe("an exception in a handler of a socket", () => {
  test("ends the session, is reported, and lets its place be taken again", async () => {
    const net = createTestTable({ connectionsMax: 1 });
    const socket = net.open();
    await net.clock.settle();
    socket.data?.failed(new Error("a bug"));
    await net.clock.settle();
    expect([net.faults, net.ended]).toEqual([["a bug"], ["net.fault"]]);
    expect(net.script.turns.at(-1)).toBe("closed: net.fault");
    net.connect();
    expect(net.refused).toEqual([]);
  });
});

describe("an end", () => {
  test("by message_timeout comes after what was read before is answered", async () => {
    const net = createTestTable();
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, Buffer.concat([frames("a", "b"), frame("late").subarray(0, 5)]));
    await net.clock.advance(3_500);
    release();
    await net.clock.settle();
    release();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "a", "b", "closed: message_timeout"]);
  });

  test("that loses what was queued is counted by what lost it", async () => {
    const net = createTestTable();
    echo(net);
    const socket = net.connect();
    socket.room = 0;
    await send(net, socket, Buffer.concat([frames("a"), closeFrame]));
    await net.clock.advance(6_000);
    expect(net.ended).toEqual(["peer_not_reading"]);
  });

  test("that loses nothing is counted by its first reason, whoever cuts it short", async () => {
    const net = createTestTable();
    net.script.closed = () => new Promise<void>(() => undefined);
    const socket = net.connect();
    await send(net, socket, frames("a"), closeFrame);
    expect(net.table.abortAll("shutdown")).toBe(1);
    expect(net.ended).toEqual(["close"]);
    expect(socket.calls).toEqual(["terminate"]);
  });
});
