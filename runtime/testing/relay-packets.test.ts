// Datagrams through one direction of a bad network, on a clock that stands still.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { FakeClock } from "./fake-clock.ts";
import { FlowChance } from "./relay-chance.ts";
import { linkOf, type NetworkFaults } from "./relay-faults.ts";
import { createWayCounts } from "./relay-figures.ts";
import { relayLimits } from "./relay-limits.ts";
import { PacketLink } from "./relay-packets.ts";
import { Partition, type Partitioned } from "./relay-partition.ts";

interface Arrival {
  readonly atMs: number;
  readonly text: string;
}

function way(faults: NetworkFaults, seed = 7) {
  const clock = new FakeClock(0);
  const [partition, counts] = [new Partition(clock), createWayCounts()];
  const link = new PacketLink("up", linkOf(faults, "up"), { clock, partition, counts });
  const arrivals: Arrival[] = [];
  const arrive = (bytes: Uint8Array): void => {
    arrivals.push({ atMs: clock.monotonicMs(), text: new TextDecoder().decode(bytes) });
  };
  const createFlow = (number: number) => ({ chance: new FlowChance(seed, "up", number), lastDueMs: 0, arrive });
  const flow = createFlow(0);
  const send = (text: string, sender = flow): void => link.send(sender, new TextEncoder().encode(text));
  const texts = (): string => arrivals.map(({ text }) => text).join("");
  return { clock, partition, counts, link, arrivals, createFlow, send, texts };
}

/** Which of thirty datagrams arrive after ten that met a network which is parted so. */
function arrivingAfter(cut: Partitioned): string {
  const { send, partition, texts } = way({ loss: 0.5 });
  partition.set(cut);
  for (let count = 0; count < 10; count++) send("-");
  partition.set("none");
  for (let count = 0; count < 30; count++) send(String(count % 10));
  return texts().replaceAll("-", "");
}

describe("a datagram", () => {
  test("arrives at once where nothing is wrong", () => {
    const { send, arrivals } = way({});
    send("a");
    expect(arrivals).toEqual([{ atMs: 0, text: "a" }]);
  });

  test("arrives when its delay is over, and not before", async () => {
    const { send, clock, texts, counts } = way({ delayMs: 20 });
    send("a");
    await clock.advance(19.9);
    expect([texts(), counts.packetsWaiting, counts.bytesWaiting]).toEqual(["", 1, 1]);
    await clock.advance(0.1);
    expect([texts(), counts.packetsWaiting, counts.bytesWaiting]).toEqual(["a", 0, 0]);
  });

  test("is a copy: its sender may use the bytes again", async () => {
    const { link, createFlow, clock, texts } = way({ delayMs: 20 });
    const bytes = new TextEncoder().encode("a");
    link.send(createFlow(0), bytes);
    bytes.fill(0);
    await clock.advance(20);
    expect(texts()).toBe("a");
  });

  test("that is lost is counted, by chance and in bursts apart", () => {
    const { send, link, texts, counts } = way({ loss: 1 });
    send("a");
    link.link = linkOf({ burst: { enter: 1, leave: 0 } }, "up");
    send("b");
    expect([texts(), counts.lost, counts.lostInBursts, counts.packetsIn]).toEqual(["", 1, 1, 2]);
  });

  test("that is doubled comes twice", () => {
    const { send, texts, counts } = way({ duplicate: 1 });
    send("a");
    expect([texts(), counts.duplicated, counts.packetsIn]).toEqual(["aa", 1, 1]);
  });

  test("that is corrupted differs in one bit", () => {
    const { send, texts, counts } = way({ corrupt: 1 });
    send("a");
    const changed = texts().charCodeAt(0) ^ "a".charCodeAt(0);
    expect([Math.log2(changed) % 1, counts.corrupted]).toEqual([0, 1]);
  });

  test("that is taken out of line is passed by the next one", async () => {
    const { send, link, clock, texts, counts } = way({ delayMs: 20, reorder: 1 });
    send("a");
    link.link = linkOf({ delayMs: 20 }, "up");
    send("b");
    await clock.advance(30);
    expect([texts(), counts.reordered]).toEqual(["ba", 1]);
  });

  test("keeps the faults it left with", async () => {
    const { send, link, clock, arrivals } = way({ delayMs: 20 });
    send("a");
    link.link = linkOf({}, "up");
    await clock.advance(50);
    expect(arrivals).toEqual([{ atMs: 20, text: "a" }]);
  });
});

describe("jitter", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz";

  test("lets none pass another, where order is kept", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 26 }),
        async (seed, gaps) => {
          const { send, clock, texts } = way({ delayMs: 10, jitterMs: 10 }, seed);
          for (const [index, gapMs] of gaps.entries()) {
            send(letters[index] as string);
            await clock.advance(gapMs);
          }
          await clock.advance(20);
          expect(texts()).toBe(letters.slice(0, gaps.length));
        },
      ),
      { numRuns: 20 },
    );
  });

  test("lets them pass each other where that was asked for", async () => {
    const { send, clock, texts } = way({ delayMs: 10, jitterMs: 10, keepOrder: false });
    for (const letter of letters) send(letter);
    await clock.advance(20);
    expect(texts()).not.toBe(letters);
    expect([...texts()].sort().join("")).toBe(letters);
  });

  test("of one flow holds no other up", async () => {
    const { send, link, createFlow, clock, texts } = way({ delayMs: 50 });
    send("a");
    link.link = linkOf({}, "up");
    send("b", createFlow(1));
    expect(texts()).toBe("b");
    await clock.advance(50);
    expect(texts()).toBe("ba");
  });
});

describe("a limited rate", () => {
  const SLOW = { rateBitsPerSecond: 8_000, rateBurstBytes: 10, rateQueueBytes: 20 };

  test("spaces datagrams out, and drops those that find no room to wait", async () => {
    const { send, clock, arrivals, counts } = way(SLOW);
    for (const text of ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd"]) send(text);
    await clock.advance(100);
    expect(arrivals.map(({ atMs, text }) => [atMs, text[0]])).toEqual([
      [0, "a"],
      [10, "b"],
      [20, "c"],
    ]);
    expect(counts.overflowed).toBe(1);
  });

  test("is one for all flows", async () => {
    const { send, createFlow, clock, arrivals } = way(SLOW);
    send("aaaaaaaaaa");
    send("bbbbbbbbbb", createFlow(1));
    await clock.advance(100);
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([0, 10]);
  });
});

describe("a partition", () => {
  test("swallows what is sent, and not what was on its way", async () => {
    const { send, partition, clock, texts, counts } = way({ delayMs: 20 });
    send("a");
    partition.set("both");
    send("b");
    await clock.advance(20);
    partition.set("none");
    send("c");
    await clock.advance(20);
    expect([texts(), counts.cutOff]).toEqual(["ac", 1]);
  });

  test("of the other way changes nothing", () => {
    const { send, partition, texts } = way({});
    partition.set("down");
    send("a");
    expect(texts()).toBe("a");
  });

  test("changes nothing about what is lost after it", () => {
    expect(arrivingAfter("up")).toBe(arrivingAfter("none"));
  });
});

describe("on the way", () => {
  test("are at most so many datagrams; one more is dropped and counted", () => {
    const { send, counts } = way({ delayMs: 20 });
    for (let count = 0; count <= relayLimits.packetsOnTheWayMax; count++) send("");
    expect([counts.packetsWaiting, counts.overflowed]).toEqual([relayLimits.packetsOnTheWayMax, 1]);
  });

  test("are at most so many bytes; a datagram beyond them is dropped and counted", () => {
    const { link, createFlow, counts } = way({ delayMs: 20 });
    const [flow, large] = [createFlow(0), new Uint8Array(65_536)];
    const most = relayLimits.bytesOnTheWayMax / large.length;
    for (let count = 0; count <= most; count++) link.send(flow, large);
    expect([counts.packetsWaiting, counts.overflowed]).toEqual([most, 1]);
  });

  test("is nothing any more when it is stopped, and no timer either", async () => {
    const { send, link, clock, texts } = way({ delayMs: 20 });
    send("a");
    link.stop();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(50);
    expect(texts()).toBe("");
  });
});
