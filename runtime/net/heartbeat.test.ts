// Heartbeats: who is asked, when, and when a silent peer is given up, to the millisecond of a clock that stands still.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { greeting, ready, zmtpCommand, zmtpMessage } from "../wire/test-zmtp.ts";
import { createZmtpProtocol } from "../wire/zmtp-protocol.ts";
import type { Pairing } from "./connection-host.ts";
import {
  createTestTable,
  DEADLINES,
  holdTurns,
  left,
  NOTHING_LEFT,
  type SocketStandIn,
  type TestTable,
} from "./test-connection.ts";

const PING_MS = 100;
const PING = zmtpCommand("PING", "\u0000\u0000");
const PONG = zmtpCommand("PONG");
const FOREVER_MS = 1_000_000;

interface Beating {
  readonly net: TestTable;
  readonly socket: SocketStandIn;
  /** Pings sent since the last look. */
  pings(): number;
  hear(...chunks: readonly Buffer[]): Promise<void>;
}

/** A peer that has just shaken hands. */
async function meet({ minor = 1, idleMs = PING_MS } = {}): Promise<Beating> {
  const protocol = createZmtpProtocol({ socketType: "DEALER", role: "server" }) as Pairing["protocol"];
  const net = createTestTable({ protocol, pairing: { idleMs }, speaksFirst: true });
  const socket = net.connect();
  let seen = 0;
  const beating: Beating = {
    net,
    socket,
    pings() {
      const sent = socket.bytes.subarray(seen);
      seen = socket.bytesWritten;
      expect(sent.equals(Buffer.alloc(sent.length, PING))).toBe(true);
      return sent.length / PING.length;
    },
    async hear(...chunks) {
      for (const chunk of chunks) socket.data?.received(Buffer.from(chunk));
      await net.clock.settle();
    },
  };
  await beating.hear(greeting({ minor }), ready("DEALER"));
  seen = socket.bytesWritten;
  return beating;
}

const ping = (ttl: number): Buffer => zmtpCommand("PING", Buffer.of(0, ttl));

describe("a silent peer", () => {
  test("is pinged after pingMs, again after as long, and gone after three times that", async () => {
    const { net, pings } = await meet();
    const seen: number[] = [];
    for (let elapsedMs = 0; net.ended.length === 0; elapsedMs++) {
      if (pings() > 0) seen.push(elapsedMs);
      await net.clock.advance(1);
      if (net.ended.length > 0) seen.push(elapsedMs + 1);
    }
    expect([seen, net.ended]).toEqual([[PING_MS, 2 * PING_MS, 3 * PING_MS], ["heartbeat_missed"]]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("is reset: what waits for it goes nowhere", async () => {
    const { net, socket } = await meet();
    await net.clock.advance(3 * PING_MS);
    expect(socket.calls.at(-1)).toBe("terminate");
  });

  test("has limits.zmtpPingMs for each answer at most, however rarely it is asked", async () => {
    const idleMs = 10 * limits.zmtpPingMs;
    const { net } = await meet({ idleMs });
    await net.clock.advance(idleMs + 2 * limits.zmtpPingMs - 1);
    expect(net.ended).toEqual([]);
    await net.clock.advance(1);
    expect(net.ended).toEqual(["heartbeat_missed"]);
  });

  test("of version 3.0 is never pinged and never given up: it could not answer", async () => {
    const { net, pings } = await meet({ minor: 0 });
    await net.clock.advance(FOREVER_MS);
    expect([pings(), net.ended]).toEqual([0, []]);
  });

  test("that has not shaken hands is not pinged, and has the time of any message for it", async () => {
    const protocol = createZmtpProtocol({ socketType: "DEALER", role: "server" }) as Pairing["protocol"];
    const net = createTestTable({ protocol, pairing: { idleMs: PING_MS }, speaksFirst: true });
    const socket = net.connect();
    socket.data?.received(greeting());
    await net.clock.advance(DEADLINES.messageMs - 1);
    expect([net.ended, socket.bytes.includes(PING)]).toEqual([[], false]);
    await net.clock.advance(1 + DEADLINES.lingerMs);
    expect(net.ended).toEqual(["message_timeout"]);
  });

  test("is not given up because our own loop was busy: it is asked, and has its time", async () => {
    const { net, hear, pings } = await meet();
    net.clock.block(50 * PING_MS);
    await net.clock.advance(0);
    expect([pings(), net.ended]).toEqual([1, []]);
    await hear(PONG);
    await net.clock.advance(PING_MS - 1);
    expect(net.ended).toEqual([]);
  });
});

describe("a peer that answers", () => {
  test.each([
    ["with PONG", PONG],
    ["with a PING of its own", ping(0)],
    ["with a message", zmtpMessage("still here")],
  ])("%s stays", async (_, answer) => {
    const { net, hear } = await meet();
    for (let round = 0; round < 20; round++) {
      await net.clock.advance(2.9 * PING_MS);
      await hear(answer);
    }
    expect(net.ended).toEqual([]);
  });

  test("is asked once for each pingMs of silence", async () => {
    const { net, hear, pings } = await meet();
    let count = 0;
    for (let elapsedMs = 0; elapsedMs < 10 * PING_MS; elapsedMs++) {
      await net.clock.advance(1);
      const asked = pings();
      count += asked;
      if (asked > 0) await hear(PONG);
    }
    expect([count, net.ended]).toEqual([10, []]);
  });

  test("and falls silent is asked anew, twice", async () => {
    const { net, hear, pings } = await meet();
    await net.clock.advance(2 * PING_MS);
    await hear(PONG);
    expect(pings()).toBe(2);
    await net.clock.advance(3 * PING_MS - 1);
    expect([pings(), net.ended]).toEqual([2, []]);
    await net.clock.advance(1);
    expect(net.ended).toEqual(["heartbeat_missed"]);
  });

  test("and talks all the time is not asked", async () => {
    const { net, hear, pings } = await meet();
    for (let round = 0; round < 50; round++) {
      await net.clock.advance(PING_MS - 1);
      await hear(zmtpMessage("talk"));
    }
    expect([pings(), net.ended]).toEqual([0, []]);
  });
});

describe("a peer whose request is being answered", () => {
  test("is not asked, however long that takes", async () => {
    const { net, hear, pings } = await meet();
    const next = holdTurns(net);
    await hear(zmtpMessage("slow"));
    await net.clock.advance(20 * PING_MS);
    expect([pings(), net.ended]).toEqual([0, []]);
    net.script.message = () => undefined;
    next();
  });
});

describe("a PING of the peer", () => {
  test("says how long a silence it allows itself: longer, and it is gone, without being asked", async () => {
    const { net, hear, socket } = await meet({ idleMs: 10_000 });
    await hear(ping(15));
    const before = socket.bytesWritten;
    await net.clock.advance(1_499);
    expect(net.ended).toEqual([]);
    await net.clock.advance(1);
    expect([net.ended, socket.bytesWritten - before]).toEqual([["heartbeat_missed"], 0]);
  });

  test("counts from its last octet", async () => {
    const { net, hear } = await meet({ idleMs: 10_000 });
    await hear(ping(15));
    await net.clock.advance(1_400);
    await hear(zmtpMessage("still here"));
    await net.clock.advance(1_400);
    expect(net.ended).toEqual([]);
    await net.clock.advance(100);
    expect(net.ended).toEqual(["heartbeat_missed"]);
  });

  test.each([0, 100])(
    "with a later time, as %d tenths of a second, takes the place of an earlier one",
    async (later) => {
      const { net, hear, socket } = await meet({ idleMs: 10_000 });
      await hear(ping(2), ping(later));
      const before = socket.bytesWritten;
      await net.clock.advance(300);
      // It is asked before it is given up.
      expect([net.ended, socket.bytes.subarray(before)]).toEqual([[], PING]);
    },
  );

  test("with a time beyond our own patience changes nothing", async () => {
    const { net, hear } = await meet();
    await hear(ping(255));
    await net.clock.advance(3 * PING_MS - 1);
    expect(net.ended).toEqual([]);
    await net.clock.advance(1);
    expect(net.ended).toEqual(["heartbeat_missed"]);
  });
});
