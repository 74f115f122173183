// How long a connection waits for its peer: in a message, in silence, after FIN.
import { describe, expect, test } from "bun:test";

import { closeFrame, frame } from "../wire/test-frames.ts";
import { createTestTable, echo, frames, holdTurns, left, NOTHING_LEFT, send } from "./test-connection.ts";

describe("time", () => {
  test.each([
    ["falls silent", 60_000, "idle_timeout", frames("a")],
    ["stops in the middle of a message", 3_000, "message_timeout", frame("a").subarray(0, 12)],
  ] as const)("a peer that %s is ended in order", async (_, allowedMs, reason, bytes) => {
    const net = createTestTable();
    const socket = net.connect();
    await send(net, socket, bytes);
    await net.clock.advance(allowedMs - 1);
    expect(socket.calls).toEqual([]);
    await net.clock.advance(2);
    expect(net.script.turns.at(-1)).toBe(`closed: ${reason}`);
    expect(socket.calls).toEqual(["shutdown"]);
    socket.lost();
    await net.clock.settle();
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("a short idle time is kept", async () => {
    const net = createTestTable({ deadlines: { idleMs: 100 } });
    const socket = net.connect();
    await send(net, socket, frames("a"));
    await net.clock.advance(210);
    expect(net.script.turns.at(-1)).toBe("closed: idle_timeout");
  });

  test("a session that works is not idle", async () => {
    const net = createTestTable({ deadlines: { idleMs: 100 } });
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, frames("a"));
    await net.clock.advance(10_000);
    expect(net.script.turns).toEqual(["opened", "a"]);
    release();
    await net.clock.advance(99);
    expect(net.script.turns).toEqual(["opened", "a"]);
    await net.clock.advance(110);
    expect(net.script.turns.at(-1)).toBe("closed: idle_timeout");
  });

  test("a peer that has finished gets its answers, but waits for none of them for ever", async () => {
    const net = createTestTable();
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, frames("a", "b", "c"));
    socket.data?.peerFinished();
    for (const _ of "ab") {
      await net.clock.advance(29_000);
      release();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", "a", "b", "c"]);
    await net.clock.advance(30_001);
    expect(socket.calls).not.toContain("shutdown");
    await net.clock.advance(30_001);
    expect(net.script.turns.at(-1)).toBe("closed: answer_timeout");
    expect(socket.calls.at(-1)).toBe("shutdown");
    socket.lost();
    await net.clock.settle();
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  type Input = readonly [what: string, input: readonly Buffer[]];
  const INPUTS: readonly Input[] = [
    ["and has sent part of another message", [frames("a"), frame("b").subarray(0, 12)]],
    ["and has sent more than its mailbox holds", [frames(..."abcdefghij")]],
  ];
  test.each(INPUTS)("a peer that has finished waits for no turn for ever, %s", async (_, input) => {
    const net = createTestTable();
    holdTurns(net);
    const socket = net.connect();
    await send(net, socket, ...input);
    socket.data?.peerFinished();
    await net.clock.advance(100_000);
    expect(net.script.turns.at(-1)).toBe("closed: answer_timeout");
    expect(net.ended).toEqual(["answer_timeout"]);
  });

  test("a peer that has finished, and reads slowly but steadily, gets all of its answers", async () => {
    const net = createTestTable({ capacity: 64 });
    net.script.message = (context) => context.send(["x".repeat(1_000_000)]);
    const socket = net.connect();
    socket.room = 0;
    await send(net, socket, frames(..."abcdefghij"));
    socket.data?.peerFinished();
    for (let second = 0; second < 120; second++) {
      await net.clock.advance(1_000);
      socket.room = 100_000;
      socket.data?.drained();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", ..."abcdefghij", "closed: disconnect"]);
  });

  test("bytes that drip in do not make a message newer", async () => {
    const net = createTestTable();
    const socket = net.connect();
    for (const octet of frame("slow").subarray(0, 7)) {
      await send(net, socket, Buffer.from([octet]));
      await net.clock.advance(500);
    }
    expect(net.script.turns.at(-1)).toBe("closed: message_timeout");
  });

  test("each message has the whole time", async () => {
    const net = createTestTable();
    const socket = net.connect();
    const stream = frames("a", "b", "c", "d");
    for (let offset = 0; offset < stream.length; offset += 4) {
      await send(net, socket, stream.subarray(offset, offset + 4));
      await net.clock.advance(700);
    }
    expect(net.script.turns).toEqual(["opened", "a", "b", "c", "d"]);
  });
});

describe("the idle time of a pairing", () => {
  test.each([
    ["shorter", 100],
    ["longer", 600_000],
  ])("stands in place of that of the node, where it is %s", async (_, idleMs) => {
    const net = createTestTable({ pairing: { idleMs } });
    await send(net, net.connect(), frames("a"));
    await net.clock.advance(idleMs - 1);
    expect(net.script.turns).toEqual(["opened", "a"]);
    await net.clock.advance(2);
    expect(net.script.turns.at(-1)).toBe("closed: idle_timeout");
  });

  test("that is infinite has no timer", async () => {
    const net = createTestTable({ pairing: { idleMs: Number.POSITIVE_INFINITY } });
    await send(net, net.connect(), frames("a"));
    expect(net.system.wheel.count).toBe(0);
    await net.clock.advance(3_600_000);
    expect(net.script.turns).toEqual(["opened", "a"]);
  });

  test("that is infinite leaves the other deadlines as they are", async () => {
    const net = createTestTable({ pairing: { idleMs: Number.POSITIVE_INFINITY } });
    echo(net);
    const [partial, blocked] = [net.connect(), net.connect()];
    await send(net, partial, frame("a").subarray(0, 12));
    blocked.room = 0;
    await send(net, blocked, frames("a"));
    await net.clock.advance(5_001);
    expect(net.ended).toContain("peer_not_reading");
    expect(net.script.turns).toContain("closed: message_timeout");
    partial.lost();
    await net.clock.settle();
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that is infinite arms nothing again once a message has become whole in time", async () => {
    const net = createTestTable({ pairing: { idleMs: Number.POSITIVE_INFINITY } });
    const socket = net.connect();
    await send(net, socket, frame("a").subarray(0, 12));
    expect(net.system.wheel.count).toBe(1);
    await send(net, socket, frame("a").subarray(12));
    await net.clock.advance(3_001);
    expect([net.system.wheel.count, net.script.turns]).toEqual([0, ["opened", "a"]]);
  });
});

describe("lingering", () => {
  test("a peer that does not close its side is closed without a reset: it may still be reading", async () => {
    const net = createTestTable();
    const socket = net.connect();
    await send(net, socket, closeFrame);
    await net.clock.advance(499);
    expect(socket.open).toBe(true);
    await net.clock.advance(2);
    expect(socket.calls).toEqual(["shutdown", "close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("what the peer sends meanwhile is read and dropped", async () => {
    const net = createTestTable({ capacity: 1 });
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, frames("a", "b", "c"));
    expect(socket.paused).toBe(true);
    net.table.connections.get("1")?.end("enough");
    release();
    await net.clock.settle();
    expect(socket.calls).toEqual(["pause", "resume", "shutdown"]);
    await send(net, socket, frames("d"));
    expect(net.script.turns).toEqual(["opened", "a", "closed: enough"]);
  });

  test("when all is aborted, it is no session that was cut off", async () => {
    const net = createTestTable();
    echo(net);
    const [done, blocked] = [net.connect(), net.connect()];
    blocked.room = 1;
    await send(net, done, frames("a"), closeFrame);
    await send(net, blocked, frames("a"), closeFrame);
    expect(net.table.abortAll("shutdown")).toBe(1);
    expect(done.calls.at(-1)).toBe("close");
    expect(blocked.calls.at(-1)).toBe("terminate");
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});
