// WebSockets as connections, on a fake clock: lines without their ending, pressure, and the codes with which they end.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createTestTable, left, NOTHING_LEFT, type TestTable } from "./test-connection.ts";
import { echoTexts, MESSAGES } from "./test-messages.ts";
import { openWebPeer } from "./web-peers.ts";
import type { WebSocketEvents, WebSocketPort } from "./web-socket-port.ts";

/** Tells of its end at once, as Bun's do. */
class WebSocketStandIn implements WebSocketPort {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;
  readonly calls: string[] = [];
  waiting = 0;
  full = false;
  events: WebSocketEvents | undefined;

  send(text: string): number {
    if (this.full) return 0;
    this.calls.push(`send ${text}`);
    return text.length;
  }

  waitingBytes(): number {
    return this.waiting;
  }

  close(code: number, reason: string): void {
    this.calls.push(`close ${code} ${reason}`);
    this.events?.closed(false);
  }

  terminate(): void {
    this.calls.push("terminate");
    this.events?.closed(false);
  }
}

async function open(options: { capacity?: number; connectionsMax?: number } = {}): Promise<{
  net: TestTable;
  socket: WebSocketStandIn;
  type: (...texts: readonly string[]) => Promise<void>;
}> {
  const net = createTestTable(options);
  echoTexts(net);
  const socket = new WebSocketStandIn();
  socket.events = openWebPeer(socket, net.table, { ...MESSAGES, idleMs: 1_000 });
  await net.clock.settle();
  const type = async (...texts: readonly string[]): Promise<void> => {
    for (const text of texts) socket.events?.received(text);
    await net.clock.settle();
  };
  return { net, socket, type };
}

describe("a WebSocket", () => {
  test("is sent each line without its ending", async () => {
    const { net, socket, type } = await open();
    await type("um", "dois\n", "três\r\n");
    expect(socket.calls).toEqual(["send um", "send dois", "send três"]);
    expect(net.table.bytesOut()).toBe(Buffer.byteLength("umdoistrês"));
  });

  test("is told when it was silent for too long", async () => {
    const { net, socket } = await open();
    await net.clock.advance(1_001);
    expect(socket.calls).toEqual(["send * ! idle_timeout", "close 1000 idle_timeout"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is told when the node ends, with code 1001", async () => {
    const { net, socket } = await open();
    const drained = net.table.drain();
    await net.clock.settle();
    await drained;
    expect(socket.calls).toEqual(["send * ! shutdown", "close 1001 shutdown"]);
  });

  test("is closed with code 1008 where there are connections enough", async () => {
    const { net, socket } = await open({ connectionsMax: 0 });
    expect(socket.calls).toEqual(["close 1008 net.connections_max"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that sends more than may wait is closed with code 1008 and that reason", async () => {
    const { net, socket, type } = await open({ capacity: 4 });
    net.script.message = () => new Promise<void>(() => undefined);
    await type("first");
    await type(...Array.from({ length: 4 + limits.messagesWaitingMax }, () => "x"));
    expect(net.ended).toEqual([]);
    await type("one more");
    await net.clock.advance(limits.closingTurnsMs + 1);
    expect(net.ended).toEqual(["web.flood"]);
    expect(socket.calls).toEqual(["close 1008 web.flood"]);
  });

  test("that takes nothing is cut off with that reason when too much waits, and its socket given back", async () => {
    const { net, socket, type } = await open();
    socket.full = true;
    await type("one", "two");
    expect(socket.calls).toEqual(["terminate"]);
    expect(net.ended).toEqual(["outbound_overflow"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("goes on when it has taken most of what waited", async () => {
    const { net, socket, type } = await open();
    socket.waiting = limits.messageHighWaterBytes + 1;
    await type("one", "two");
    expect(socket.calls).toEqual(["send one"]);
    socket.waiting = 0;
    socket.events?.drained();
    await net.clock.settle();
    expect(socket.calls).toEqual(["send one", "send two"]);
  });

  test("with a fault of ours is closed, and nobody else", async () => {
    const { net, socket, type } = await open();
    const other = new WebSocketStandIn();
    expect(openWebPeer(other, net.table, { ...MESSAGES, session: { name: "nobody" } })).toBeUndefined();
    expect(other.calls).toEqual(["close 1011 net.fault"]);
    Object.defineProperty(socket, "send", {
      value: () => {
        throw new Error("a bug");
      },
    });
    await net.clock.advance(1_001);
    await type();
    expect([net.faults.length, net.ended, socket.calls]).toEqual([2, ["idle_timeout"], ["terminate"]]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that its client closes is done with what the client had sent", async () => {
    const { net, socket, type } = await open({ capacity: 1 });
    for (const text of ["one", "two", "three"]) socket.events?.received(text);
    socket.events?.closed(true);
    await type();
    expect(net.script.turns).toEqual(["opened", "one", "two", "three", "closed: close"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("that is lost has what waited dropped", async () => {
    const { net, socket, type } = await open();
    socket.events?.received("one");
    socket.events?.closed(false);
    await type("late");
    expect(net.script.turns).toEqual(["opened", "closed: disconnect"]);
    expect(socket.calls).toEqual([]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});
