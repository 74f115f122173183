// One connection of messages on a fake clock: in, out, pressure both ways, and every way to its end, once.
import { describe, expect, test } from "bun:test";

import { createRandom } from "../base/random.ts";
import { limits } from "../limits.ts";
import { createTestTable, DEADLINES, left, NOTHING_LEFT, type TestTable } from "./test-connection.ts";
import { echoTexts, holdTexts, openMessages, type OutletStandIn, type TestMessages } from "./test-messages.ts";

async function receive(net: TestTable, { connection }: TestMessages, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) connection.received(text, text.length);
  await net.clock.settle();
}

const ends = (net: TestTable): readonly string[] => net.script.turns.filter((turn) => turn.startsWith("closed: "));

describe("a connection of messages", () => {
  test("gives each to its session and sends what that answers", async () => {
    const net = createTestTable();
    echoTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one", "two", "three", "four", "five", "six");
    expect(peer.outlet.sent).toEqual(["one", "two", "three", "four", "five", "six"]);
    expect(net.table.stats).toMatchObject({ accepted: 1, messagesIn: 6, messagesOut: 6, bytesIn: 22 });
    expect(peer.connection).toMatchObject({ bytesIn: 22, bytesOut: 22, paused: false });
    expect(net.table.bytesOut()).toBe(22);
  });

  test("holds what its session has no room for, in order, and takes no more than it may hold", async () => {
    const net = createTestTable({ capacity: 2 });
    const letOne = holdTexts(net);
    const peer = openMessages(net);
    await net.clock.settle();
    const count = 1 + 2 + limits.messagesWaitingMax;
    for (let index = 0; index < count; index++) {
      expect(peer.connection.received(String(index), 1)).toBe(true);
      await net.clock.settle();
    }
    expect(peer.connection.received("too many", 1)).toBe(false);
    expect([peer.connection.paused, peer.connection.room]).toEqual([true, 0]);
    for (let index = 0; index < count; index++) {
      letOne();
      await net.clock.settle();
    }
    expect(net.script.turns.slice(1)).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    expect([peer.connection.paused, peer.connection.room]).toEqual([false, 2]);
  });

  test("tells an outlet that holds messages when there is room", async () => {
    const net = createTestTable({ capacity: 1 });
    const letOne = holdTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one");
    await receive(net, peer, "two");
    peer.outlet.holding = true;
    expect(peer.connection.room).toBe(0);
    letOne();
    await net.clock.settle();
    expect(peer.connection.room).toBe(1);
    expect(peer.outlet.calls).toContain("room");
  });

  test("has no session, and its address is let go, where that cannot be begun", () => {
    const net = createTestTable({ connectionsMax: 1 });
    for (let count = 0; count < 3; count++) {
      expect(() => openMessages(net, { session: { name: "nobody" } })).toThrow();
    }
    expect(left(net)).toEqual(NOTHING_LEFT);
    expect(openMessages(net).connection.id).toBe("4");
  });
});

describe("a peer that takes little", () => {
  test("suspends its session above the high-water mark, until it has taken most of it", async () => {
    const net = createTestTable({ capacity: 8 });
    echoTexts(net);
    const peer = openMessages(net);
    peer.outlet.queuedBytes = limits.messageHighWaterBytes + 1;
    await receive(net, peer, "one", "two");
    expect(peer.outlet.sent).toEqual(["one"]);
    expect(net.table.outboundBytes()).toBe(limits.messageHighWaterBytes + 1);
    peer.outlet.queuedBytes = limits.outboundLowWaterBytes + 1;
    peer.connection.drained();
    await net.clock.settle();
    expect(peer.outlet.sent).toEqual(["one"]);
    peer.outlet.queuedBytes = limits.outboundLowWaterBytes;
    peer.connection.drained();
    await net.clock.settle();
    expect(peer.outlet.sent).toEqual(["one", "two"]);
  });

  test("and then nothing for writeStallMs is let go", async () => {
    const net = createTestTable({ capacity: 8 });
    echoTexts(net);
    const peer = openMessages(net, { idleMs: 1_000 });
    peer.outlet.queuedBytes = limits.messageHighWaterBytes + 1_000;
    await receive(net, peer, "one", "two");
    await net.clock.advance(DEADLINES.writeStallMs - 1);
    peer.outlet.queuedBytes -= 1;
    await net.clock.advance(DEADLINES.writeStallMs);
    expect(net.ended).toEqual([]);
    await net.clock.advance(DEADLINES.writeStallMs);
    expect(net.ended).toEqual(["peer_not_reading"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("of which too much waits already is let go at once, with that reason", async () => {
    const net = createTestTable();
    echoTexts(net);
    const peer = openMessages(net);
    peer.outlet.full = true;
    await receive(net, peer, "one", "two");
    expect(net.ended).toEqual(["outbound_overflow"]);
    expect(ends(net)).toEqual(["closed: outbound_overflow"]);
    expect(peer.outlet.calls).toEqual(["drop outbound_overflow", "finish outbound_overflow"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });
});

describe("silence", () => {
  test("ends it after idleMs, and it is told so", async () => {
    const net = createTestTable();
    echoTexts(net);
    const peer = openMessages(net, { idleMs: 1_000 });
    await net.clock.advance(900);
    await receive(net, peer, "one");
    await net.clock.advance(999);
    expect(net.ended).toEqual([]);
    await net.clock.advance(2);
    expect(net.ended).toEqual(["idle_timeout"]);
    expect(peer.outlet.calls).toEqual(["send one", "send * ! idle_timeout\n", "finish idle_timeout"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("does not count while a turn runs", async () => {
    const net = createTestTable();
    const letOne = holdTexts(net);
    const peer = openMessages(net, { idleMs: 1_000 });
    await receive(net, peer, "one");
    await net.clock.advance(2_500);
    letOne();
    await net.clock.advance(999);
    expect(net.ended).toEqual([]);
    await net.clock.advance(2);
    expect(net.ended).toEqual(["idle_timeout"]);
  });

  test("never ends one without idleMs", async () => {
    const net = createTestTable();
    openMessages(net);
    await net.clock.advance(3_600_000);
    expect(net.ended).toEqual([]);
  });
});

describe("the end of a connection of messages", () => {
  test("by its peer's goodbye comes when all that came before is done", async () => {
    const net = createTestTable({ capacity: 1 });
    const letOne = holdTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one");
    await receive(net, peer, "two", "three");
    peer.connection.peerFinished("close");
    for (let count = 0; count < 3; count++) {
      expect(net.ended).toEqual([]);
      letOne();
      await net.clock.settle();
    }
    expect(net.script.turns).toEqual(["opened", "one", "two", "three", "closed: close"]);
    expect([net.ended, net.table.connectionCount()]).toEqual([["close"], 0]);
  });

  test("waits for what the outlet still holds", async () => {
    const net = createTestTable();
    const peer = openMessages(net);
    await net.clock.settle();
    peer.outlet.holding = true;
    peer.connection.peerFinished("close");
    await receive(net, peer, "held");
    expect(net.ended).toEqual([]);
    peer.outlet.holding = false;
    await receive(net, peer, "the last");
    expect(net.script.turns).toEqual(["opened", "held", "the last", "closed: close"]);
  });

  test("comes after answerMs where a turn does not end", async () => {
    const net = createTestTable();
    holdTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one");
    peer.connection.peerFinished("close");
    await net.clock.advance(DEADLINES.answerMs + 1);
    // The turn is abandoned after its own time.
    await net.clock.advance(limits.closingTurnsMs + 1);
    expect(net.ended).toEqual(["answer_timeout"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("comes too where the session was suspended when its peer left", async () => {
    const net = createTestTable();
    echoTexts(net);
    const peer = openMessages(net);
    peer.outlet.queuedBytes = limits.messageHighWaterBytes + 1;
    await receive(net, peer, "one", "two");
    peer.outlet.queuedBytes = 0;
    peer.connection.peerFinished("close");
    await net.clock.settle();
    expect(net.ended).toEqual(["close"]);
    expect(net.script.turns).toEqual(["opened", "one", "two", "closed: close"]);
  });

  test("by the loss of its peer drops what waits", async () => {
    const net = createTestTable();
    const letOne = holdTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one", "two");
    peer.connection.peerGone("keep_alive_timeout");
    letOne();
    await net.clock.settle();
    expect(net.script.turns).toEqual(["opened", "one", "closed: keep_alive_timeout"]);
    expect(net.ended).toEqual(["keep_alive_timeout"]);
  });

  test("by a shutdown answers what was read, takes nothing more, and says goodbye", async () => {
    const net = createTestTable();
    const letOne = holdTexts(net);
    const peer = openMessages(net);
    await receive(net, peer, "one");
    const drained = net.table.drain();
    await receive(net, peer, "late");
    letOne();
    await net.clock.settle();
    await drained;
    expect(net.script.turns).toEqual(["opened", "one", "closed: shutdown"]);
    expect(peer.outlet.sent).toEqual(["one", "* ! shutdown\n"]);
    expect([net.ended, net.table.connectionCount()]).toEqual([["shutdown"], 0]);
  });

  test("by a crash of its session is told to the peer", async () => {
    const net = createTestTable();
    net.script.message = () => {
      throw new Error("a bug");
    };
    const peer = openMessages(net);
    await receive(net, peer, "one", "two");
    expect(peer.outlet.sent).toEqual(["* ! session_crashed\n"]);
    expect([net.ended, net.crashes.length]).toEqual([["session_crashed"], 1]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("by an operator is told to the peer", async () => {
    const net = createTestTable();
    const peer = openMessages(net);
    await net.clock.settle();
    net.table.connections.get(peer.connection.id)?.end("disconnected_by_operator");
    await net.clock.settle();
    expect(peer.outlet.sent).toEqual(["* ! disconnected_by_operator\n"]);
    expect(net.ended).toEqual(["disconnected_by_operator"]);
  });

  test("gives back the address that was let in, wherever the peer has moved", async () => {
    const net = createTestTable({ connectionsMax: 1 });
    for (let count = 0; count < 3; count++) {
      const peer = openMessages(net);
      peer.outlet.remoteAddress = `127.0.0.${2 + count}`;
      peer.connection.end("exit");
      await net.clock.settle();
    }
    expect(net.ended).toEqual(["exit", "exit", "exit"]);
  });
});

async function finishing(): Promise<{ net: TestTable; outlet: OutletStandIn; left: () => void }> {
  const net = createTestTable();
  const peer = openMessages(net);
  await net.clock.settle();
  Object.assign(peer.outlet, { slow: true, queuedBytes: 1_000 });
  peer.connection.end("exit");
  await net.clock.settle();
  expect(peer.outlet.calls).toEqual(["finish exit"]);
  return { net, outlet: peer.outlet, left: () => peer.connection.left() };
}

describe("an outlet that needs time to finish", () => {
  test("keeps its connection in the table until then", async () => {
    const { net, left: outletLeft } = await finishing();
    expect([net.table.connectionCount(), net.ended]).toEqual([1, []]);
    outletLeft();
    outletLeft();
    expect(net.ended).toEqual(["exit"]);
    expect(left(net)).toEqual(NOTHING_LEFT);
  });

  test("has lingerMs for it, and more as long as its peer takes something", async () => {
    const { net, outlet } = await finishing();
    for (const bytes of [500, 499, 1]) {
      outlet.queuedBytes = bytes;
      await net.clock.advance(DEADLINES.lingerMs);
    }
    expect(net.ended).toEqual([]);
    await net.clock.advance(DEADLINES.lingerMs + 1);
    expect(net.ended).toEqual(["exit"]);
    expect(outlet.calls).toEqual(["finish exit", "drop exit"]);
  });

  test("loses nothing more by being cut off", async () => {
    const { net } = await finishing();
    expect(net.table.abortAll("shutdown")).toBe(0);
    expect(net.ended).toEqual(["exit"]);
  });
});

describe("a fault of an outlet", () => {
  test.each(["send", "finish"])("in %s is the end of its connection, and leaves nothing behind", async (what) => {
    const net = createTestTable();
    echoTexts(net);
    const [bad, good] = [openMessages(net), openMessages(net)];
    await net.clock.settle();
    bad.outlet.trouble = () => {
      throw new Error(`a bug in ${what}`);
    };
    if (what === "send") await receive(net, bad, "one");
    else bad.connection.end("exit");
    await receive(net, good, "two");
    expect(good.outlet.sent).toEqual(["two"]);
    expect(net.table.connectionCount()).toBe(1);
    expect(ends(net)).toHaveLength(1);
  });
});

describe("whatever comes to a connection, in whatever order", () => {
  const REASONS = ["close", "disconnect", "exit", "shutdown", "idle_timeout"];

  function strike(net: TestTable, { connection, outlet }: TestMessages, draw: (below: number) => number): void {
    const reason = REASONS[draw(REASONS.length)] as string;
    const strokes = [
      () => connection.received("text", 4),
      () => connection.received("text", 4),
      () => connection.peerFinished(reason),
      () => connection.peerGone(reason),
      () => connection.end(reason),
      () => connection.abort(reason),
      () => connection.shutDown(),
      () => connection.left(),
      () => connection.drained(),
      () => void (outlet.full = draw(4) === 0),
      () => void (outlet.slow = draw(2) === 0),
      () => void (outlet.queuedBytes = draw(2) * (limits.messageHighWaterBytes + 1)),
      () => void (net.script.message = () => (draw(2) === 0 ? undefined : new Promise<void>(() => undefined))),
    ];
    strokes[draw(strokes.length)]?.();
  }

  test("its session ends exactly once, and nothing is left of it", async () => {
    const random = createRandom(20_261_121);
    const draw = (below: number): number => Math.floor(random.next() * below);
    for (let round = 0; round < 150; round++) {
      const net = createTestTable({ connectionsMax: 1 });
      echoTexts(net);
      const peer = openMessages(net, { idleMs: 5_000 });
      for (let count = draw(12); count > 0; count--) {
        strike(net, peer, draw);
        if (draw(3) === 0) await net.clock.settle();
        if (draw(6) === 0) await net.clock.advance(draw(1_000));
      }
      peer.connection.abort("shutdown");
      await net.clock.advance(2 * limits.closingTurnsMs);
      expect({ round, ends: ends(net).length, told: net.ended.length }).toEqual({ round, ends: 1, told: 1 });
      expect({ round, ...left(net) }).toEqual({ round, ...NOTHING_LEFT });
    }
  });
});
