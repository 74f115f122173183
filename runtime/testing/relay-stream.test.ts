// One direction of one TCP connection through a bad network, on a clock that stands still, into a socket that is none.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { FakeClock } from "./fake-clock.ts";
import { TokenBucket } from "./relay-bucket.ts";
import { FlowChance } from "./relay-chance.ts";
import { linkOf, type NetworkFaults } from "./relay-faults.ts";
import { createWayCounts } from "./relay-figures.ts";
import { relayLimits } from "./relay-limits.ts";
import { type OutletSocket, SocketOutlet } from "./relay-outlet.ts";
import { Partition } from "./relay-partition.ts";
import { type StreamLink, StreamPipe } from "./relay-stream.ts";

/** Takes as much at once as the test lets it. */
class ScriptedSocket implements OutletSocket {
  /** What came, with the time where it is not 0. */
  readonly events: string[] = [];
  roomBytes = Number.POSITIVE_INFINITY;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  write(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, Math.min(bytes.length, this.roomBytes));
    this.roomBytes -= taken.length;
    this.#note(new TextDecoder().decode(taken));
    return taken.length;
  }

  shutdown(): void {
    this.#note("FIN");
  }

  terminate(): void {
    this.#note("RST");
  }

  #note(what: string): void {
    const nowMs = this.#clock.monotonicMs();
    this.events.push(nowMs === 0 ? what : `${what} at ${nowMs}`);
  }
}

function stream(faults: NetworkFaults, seed = 7) {
  const clock = new FakeClock(0);
  const [partition, counts, outlet] = [new Partition(clock), createWayCounts(), new SocketOutlet()];
  const shared: StreamLink = {
    way: "up",
    clock,
    partition,
    counts,
    bucket: new TokenBucket(),
    link: linkOf(faults, "up"),
    roundTripMs: 0,
  };
  const reading: boolean[] = [];
  let enough = 0;
  const pipe = new StreamPipe(shared, new FlowChance(seed, "up", 0), {
    outlet,
    read: (isRead) => void reading.push(isRead),
    passedEnough: () => void enough++,
  });
  const socket = new ScriptedSocket(clock);
  outlet.attach(socket);
  const send = (text: string): void => pipe.received(Buffer.from(text));
  const drain = (): void => {
    outlet.drained();
    pipe.run();
  };
  const { events } = socket;
  return { clock, partition, counts, shared, pipe, outlet, socket, events, reading, send, drain, enough: () => enough };
}

/** A stream on which the first segment is lost once, and none after it. */
function streamThatLost(text: string, roundTripMs = 0) {
  const all = stream({});
  all.shared.roundTripMs = roundTripMs;
  all.shared.link = linkOf({ burst: { enter: 1, leave: 1 } }, "up");
  all.send(text);
  all.shared.link = linkOf({}, "up");
  return all;
}

describe("bytes", () => {
  test("arrive at once where nothing is wrong", () => {
    const { send, events } = stream({});
    send("abc");
    expect(events).toEqual(["abc"]);
  });

  test("arrive when their delay is over", async () => {
    const { send, clock, events } = stream({ delayMs: 20 });
    send("a");
    await clock.advance(10);
    send("b");
    await clock.advance(50);
    expect(events).toEqual(["a at 20", "b at 30"]);
  });

  test("of one chunk that arrive at the same time arrive in one write", async () => {
    const { send, clock, events, counts } = stream({ delayMs: 20 });
    send("x".repeat(3_000));
    await clock.advance(20);
    expect(events).toEqual([`${"x".repeat(3_000)} at 20`]);
    expect([counts.packetsIn, counts.packetsOut, counts.bytesOut]).toEqual([3, 3, 3_000]);
  });

  test("keep their order, whatever jitter and loss do", async () => {
    const pieces = fc.array(fc.tuple(fc.string({ unit: "grapheme-ascii", maxLength: 4_000 }), fc.nat(50)));
    await fc.assert(
      fc.asyncProperty(fc.integer(), pieces, async (seed, all) => {
        const { send, clock, socket, counts } = stream(
          { delayMs: 20, jitterMs: 20, loss: 0.3, keepOrder: false },
          seed,
        );
        for (const [text, gapMs] of all) {
          send(text);
          await clock.advance(gapMs);
        }
        await clock.advance(3_600_000);
        expect(socket.events.map((event) => event.replace(/ at [\d.]+$/, "")).join("")).toBe(
          all.map(([text]) => text).join(""),
        );
        expect([counts.packetsWaiting, counts.bytesWaiting]).toEqual([0, 0]);
      }),
      { numRuns: 20 },
    );
  });

  test("that are corrupted differ in one bit of a segment", () => {
    const { send, events, counts } = stream({ corrupt: 1 });
    send("a".repeat(2_000));
    expect([counts.corrupted, events[0]?.replaceAll("a", "").length]).toEqual([2, 2]);
  });
});

describe("a lost segment", () => {
  test("that nothing follows comes 200 ms later", async () => {
    const { clock, events, counts } = streamThatLost("a");
    await clock.advance(500);
    expect([events, counts.lostInBursts]).toEqual([["a at 200"], 1]);
  });

  test("that nothing follows comes a round trip later where that is longer", async () => {
    const { clock, events } = streamThatLost("a", 300);
    await clock.advance(500);
    expect(events).toEqual(["a at 300"]);
  });

  test("comes a round trip and a quarter after the next one, which waits for it", async () => {
    const { send, clock, events } = streamThatLost("a", 40);
    await clock.advance(30);
    send("b");
    await clock.advance(500);
    expect(events).toEqual(["a at 80", "b at 80"]);
  });

  test("comes no later for what follows it", async () => {
    const { send, clock, events } = streamThatLost("a", 40);
    await clock.advance(190);
    send("b");
    await clock.advance(500);
    expect(events).toEqual(["a at 200", "b at 200"]);
  });
});

describe("a limited rate", () => {
  const SLOW = { rateBitsPerSecond: 8_000, rateBurstBytes: 1, rateQueueBytes: 10 };

  test("lets bytes through as fast as it says, and loses none", async () => {
    const { send, clock, events } = stream(SLOW);
    for (const text of ["aaaaa", "bbbbb", "ccccc"]) send(text);
    await clock.advance(100);
    expect(events).toEqual(["aaaaa at 4", "bbbbb at 9", "ccccc at 14"]);
  });

  test("stops reading the sender while more waits than may", async () => {
    const { send, clock, reading } = stream(SLOW);
    send("a".repeat(11));
    expect(reading).toEqual([]);
    send("a");
    expect(reading).toEqual([false]);
    await clock.advance(20);
    expect(reading).toEqual([false, true]);
  });
});

describe("a receiver that does not read", () => {
  test("gets the rest when it does, in order", () => {
    const { send, socket, events, drain } = stream({});
    socket.roomBytes = 2;
    for (const text of ["abc", "def"]) send(text);
    expect(events).toEqual(["ab"]);
    socket.roomBytes = Number.POSITIVE_INFINITY;
    drain();
    expect(events.join("")).toBe("abcdef");
  });

  test("stops the reading of the sender above the bound, until half of it is gone", () => {
    const { pipe, socket, reading, drain } = stream({});
    socket.roomBytes = 0;
    pipe.received(new Uint8Array(relayLimits.streamBytesMax));
    expect(reading).toEqual([]);
    pipe.received(new Uint8Array(1));
    expect(reading).toEqual([false]);
    socket.roomBytes = relayLimits.streamBytesMax / 2;
    drain();
    expect(reading).toEqual([false]);
    socket.roomBytes = 1;
    drain();
    expect(reading).toEqual([false, true]);
  });

  test("is reset all the same when the sender is", async () => {
    const { send, pipe, socket, events, clock, counts } = stream({ delayMs: 20 });
    socket.roomBytes = 0;
    send("abc");
    await clock.advance(20);
    pipe.broken();
    await clock.advance(20);
    expect([events, counts.packetsWaiting]).toEqual([[" at 20", "RST at 40"], 0]);
  });
});

describe("the end of a stream", () => {
  test("comes after its bytes, and as late", async () => {
    const { send, pipe, clock, events } = stream({ delayMs: 20 });
    send("a");
    await clock.advance(5);
    pipe.finished();
    await clock.advance(50);
    expect(events).toEqual(["a at 20", "FIN at 25"]);
  });

  test("comes as a reset where the sender was reset", async () => {
    const { send, pipe, clock, events } = stream({ delayMs: 20 });
    send("a");
    pipe.broken();
    await clock.advance(50);
    expect(events).toEqual(["a at 20", "RST at 20"]);
  });

  test("at a receiver that is gone leaves nothing on its way", async () => {
    const { send, outlet, pipe, clock, events, counts } = stream({ delayMs: 20 });
    send("a");
    outlet.closed();
    pipe.run();
    send("b");
    await clock.advance(50);
    expect([events, counts.packetsWaiting, counts.bytesWaiting, clock.pendingTimers]).toEqual([[], 0, 0, 0]);
  });

  test("is asked for once so many bytes have passed, and no more pass", () => {
    const { send, events, enough } = stream({ resetAfterBytes: 4 });
    send("abc");
    expect(enough()).toBe(0);
    send("def");
    expect([events, enough()]).toEqual([["abc", "d"], 1]);
  });
});

describe("a partition", () => {
  test("holds bytes and the end back, and lets them go when the network is whole", async () => {
    const { send, pipe, partition, clock, events } = stream({});
    partition.set("up");
    send("a");
    pipe.finished();
    await clock.advance(50);
    expect(events).toEqual([]);
    partition.set("none");
    expect(events).toEqual(["a at 50", "FIN at 50"]);
  });

  test("holds back what was on its way too", async () => {
    const { send, partition, clock, events } = stream({ delayMs: 20 });
    send("a");
    partition.set("both");
    await clock.advance(50);
    partition.set("none");
    expect(events).toEqual(["a at 50"]);
  });

  test("hides that the sender is gone", async () => {
    const { pipe, partition, clock, events } = stream({});
    partition.set("up");
    pipe.broken();
    await clock.advance(50);
    expect(events).toEqual([]);
    partition.set("none");
    expect(events).toEqual(["RST at 50"]);
  });

  test("of the other way changes nothing", () => {
    const { send, partition, events } = stream({});
    partition.set("down");
    send("a");
    expect(events).toEqual(["a"]);
  });
});

describe("a pipe that is stopped", () => {
  test("lets nothing arrive, and leaves no timer", async () => {
    const { send, pipe, clock, events, counts } = stream({ delayMs: 20 });
    send("a");
    pipe.stop();
    expect(clock.pendingTimers).toBe(0);
    send("b");
    pipe.finished();
    await clock.advance(50);
    expect([events, counts.bytesWaiting]).toEqual([[], 0]);
  });
});
