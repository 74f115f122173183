// A session slower than its peer, and a peer slower than its session: who waits, and what is kept meanwhile.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { closeFrame, frame } from "../wire/test-frames.ts";
import { createTestTable, echo, frames, holdTurns, left, NOTHING_LEFT, send } from "./test-connection.ts";

describe("pressure from the session", () => {
  test("a full mailbox pauses the socket, room in it resumes it, and nothing is lost or mixed up", async () => {
    const net = createTestTable({ capacity: 2 });
    const release = holdTurns(net);
    const socket = net.connect();
    const texts = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    await send(net, socket, frames(...texts));
    expect(socket.paused).toBe(true);
    expect(net.table.connections.get("1")?.paused).toBe(true);
    for (let turn = 0; turn < texts.length; turn++) {
      release();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", ...texts]);
    expect(socket.paused).toBe(false);
    expect(socket.calls.filter((call) => call === "pause" || call === "resume")).toEqual(["pause", "resume"]);
    expect(net.table.stats.pauses).toBe(1);
  });

  test("chunks that come although the socket is paused keep their place", async () => {
    const net = createTestTable({ capacity: 2 });
    const release = holdTurns(net);
    const socket = net.connect();
    const stream = frames(...Array.from({ length: 20 }, (_, index) => `${index}`));
    const cut = [0, 50, 110, 111, 190, stream.length];
    await send(net, socket, ...cut.slice(1).map((end, index) => stream.subarray(cut[index], end)));
    for (let turn = 0; turn < 20; turn++) {
      release();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", ...Array.from({ length: 20 }, (_, index) => `${index}`)]);
    expect(socket.paused).toBe(false);
  });

  test("a message is not late while it is the session that is", async () => {
    const net = createTestTable({ capacity: 1 });
    const release = holdTurns(net);
    const socket = net.connect();
    await send(net, socket, Buffer.concat([frames("a", "b", "c"), frame("late").subarray(0, 5)]));
    for (const _ of "ab") {
      await net.clock.advance(10_000);
      release();
      await net.clock.settle();
    }
    // Only now is there room for what the peer has not finished: its time begins.
    release();
    await net.clock.advance(2_999);
    expect(net.script.turns).toEqual(["opened", "a", "b", "c"]);
    await net.clock.advance(2);
    expect(net.script.turns.at(-1)).toBe("closed: message_timeout");
  });
});

describe("pressure from the peer", () => {
  const large = "x".repeat(600_000);

  test("above high water no turn starts, below low water they go on, and every byte arrives", async () => {
    const net = createTestTable({ capacity: 100 });
    net.script.message = (context) => context.send([large]);
    const socket = net.connect();
    socket.room = 0;
    await send(net, socket, frames(...Array.from({ length: 40 }, (_, index) => `${index}`)));
    const before = net.script.turns.length;
    expect(before).toBeLessThan(17);
    expect(net.table.outboundBytes()).toBeGreaterThan(limits.outboundHighWaterBytes);
    expect(net.table.outboundBytes()).toBeLessThan(limits.outboundBytesMax);
    await net.clock.advance(1_000);
    expect(net.script.turns).toHaveLength(before);
    socket.room = Number.POSITIVE_INFINITY;
    socket.data?.drained();
    await net.clock.settle();
    expect(net.script.turns).toHaveLength(41);
    expect(socket.bytesWritten).toBe(40 * (large.length + 12));
    expect(left(net)).toMatchObject({ queued: 0 });
  });

  test("one that takes all is never cut off, however much one step produces", async () => {
    const net = createTestTable({ capacity: 100 });
    net.script.message = (context) => context.send([large]);
    const socket = net.connect();
    await send(net, socket, frames(...Array.from({ length: 90 }, (_, index) => `${index}`)));
    expect(net.script.turns).toHaveLength(91);
    expect(socket.bytesWritten).toBe(90 * (large.length + 12));
  });

  test("one turn that sends past the bound ends the connection", async () => {
    const net = createTestTable();
    net.script.message = (context) => {
      for (let index = 0; index < 60; index++) context.send([large]);
    };
    const socket = net.connect();
    await send(net, socket, frames("a", "b"));
    expect(net.script.turns).toEqual(["opened", "a", "closed: outbound_overflow"]);
    expect(net.ended).toEqual(["outbound_overflow"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("one that takes nothing is disconnected after its time, one that takes a little is not", async () => {
    const net = createTestTable();
    echo(net);
    const [deaf, slow] = [net.connect(), net.connect()];
    deaf.room = 0;
    slow.room = 0;
    await send(net, deaf, frames("abcdefgh"));
    await send(net, slow, frames("abcdefgh"));
    for (let second = 0; second < 5; second++) {
      await net.clock.advance(1_001);
      slow.room = 1;
      slow.data?.drained();
    }
    await net.clock.settle();
    expect(net.ended).toEqual(["peer_not_reading"]);
    expect(deaf.calls.at(-1)).toBe("terminate");
    expect(slow.open).toBe(true);
  });

  test("one that stops reading while its connection ends is not waited for without end", async () => {
    const net = createTestTable();
    echo(net);
    const socket = net.connect();
    socket.room = 5;
    await send(net, socket, frames("a"), closeFrame);
    expect(net.script.turns).toEqual(["opened", "a", "closed: close"]);
    expect(socket.open).toBe(true);
    await net.clock.advance(5_001);
    expect(socket.calls.at(-1)).toBe("terminate");
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("the FIN waits for the last byte", async () => {
    const net = createTestTable();
    echo(net);
    const socket = net.connect();
    socket.room = 5;
    await send(net, socket, frames("a"), closeFrame);
    expect(socket.calls).toEqual(["write 5"]);
    socket.room = 100;
    socket.data?.drained();
    expect(socket.calls).toEqual(["write 5", "write 8", "shutdown"]);
  });
});
