// What the live page shows of a second: rates, percentiles, and who is busiest, also of very many actors.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor, session } from "../core/definition.ts";
import { limits } from "../limits.ts";
import { BatchStandIn, ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { LiveSampler } from "./live-sampler.ts";
import type { LiveSnapshot } from "./live-view.ts";
import type { NotReady } from "./view.ts";

const Desk = actor("desk", { state: () => ({ notes: 0 }), hibernateAfterMs: 1_000_000 })
  .on("note", {}, (desk) => void desk.state.notes++)
  .on("wait", { in: t.Number() }, (desk, delayMs) => desk.sleep(delayMs));
const Secret = actor("secret", { state: () => ({}), private: true, hibernateAfterMs: 1_000_000 })
  .on("note", {}, () => undefined)
  .on("wait", { in: t.Number() }, (secret, delayMs) => secret.sleep(delayMs));
const Echo = session("echo-session", { state: () => ({}), message: (client, text: string) => client.send(text) });

function createNode() {
  const stepped = new SteppedSystem([Desk, Secret, Echo]);
  const { system, clock } = stepped;
  const stats = { bytesIn: 0 };
  const connections = new Map();
  const phase: { notReady: NotReady | undefined; bytesOut: number; isWatched: boolean } = {
    notReady: undefined,
    bytesOut: 0,
    isWatched: true,
  };
  const net = { stats, connections, bytesOut: () => phase.bytesOut } as never;
  const sampler = new LiveSampler({ system, net, notReady: () => phase.notReady });
  const heard: LiveSnapshot[] = [];
  const stop = sampler.start({ isWatched: () => phase.isWatched, sampled: (snapshot) => heard.push(snapshot) });
  const second = async (): Promise<LiveSnapshot> => {
    await clock.advance(1_000);
    return sampler.latest();
  };
  return { stepped, system, clock, sampler, stats, connections, phase, heard, stop, second };
}

/** Each has had a turn; for the last one a message waits. */
async function nodeWith(count: number) {
  const node = createNode();
  for (let index = 0; index < count; index++) node.system.ref(Desk, `desk ${index}`).tell.note();
  await node.clock.settle();
  node.system.ref(Desk, `desk ${count - 1}`).tell.wait(60_000);
  node.system.ref(Desk, `desk ${count - 1}`).tell.note();
  return node;
}

describe("a snapshot", () => {
  test("comes once a second, until that is ended", async () => {
    const { clock, heard, stop } = createNode();
    await clock.advance(3_500);
    expect(heard.map(({ uptimeMs }) => uptimeMs)).toEqual([1_000, 2_000, 3_000]);
    stop();
    await clock.advance(3_500);
    expect(heard).toHaveLength(3);
  });

  test("is there before the first second is over, with rates of 0", () => {
    const { sampler } = createNode();
    expect(sampler.latest()).toMatchObject({ ready: true, uptimeMs: 0, cpuShare: 0, bytesInPerSecond: 0, types: [] });
  });

  test("has what was done in the second before, not in all seconds", async () => {
    const { system, stats, phase, second } = createNode();
    await second();
    stats.bytesIn = 5_000;
    phase.bytesOut = 7_000;
    for (let count = 0; count < 12; count++) system.ref(Desk, "a").tell.note();
    expect(await second()).toMatchObject({
      bytesInPerSecond: 5_000,
      bytesOutPerSecond: 7_000,
      types: [{ type: "desk", live: 1, turnsPerSecond: 12, mailbox: 0 }],
    });
    const { bytesInPerSecond, bytesOutPerSecond, types } = await second();
    expect([bytesInPerSecond, bytesOutPerSecond]).toEqual([0, 0]);
    expect(types).toEqual([{ type: "desk", live: 1, turnsPerSecond: 0, mailbox: 0 }]);
  });

  test("says why the node is not ready", async () => {
    const { phase, second } = createNode();
    phase.notReady = { why: "draining" };
    expect(await second()).toMatchObject({ ready: false, why: "draining" });
  });

  test("has each protocol that is in use, with how long its messages took", async () => {
    const { system, clock, second } = createNode();
    expect((await second()).protocols).toEqual([]);
    const connection = new ConnectionStandIn(system, Echo);
    await clock.settle();
    connection.cell.putBatch(new BatchStandIn(["a", "b"], 2, clock.monotonicMs() - 3));
    const [protocol] = (await second()).protocols;
    expect(protocol).toMatchObject({ type: "echo-session", connections: 1, messagesPerSecond: 2 });
    expect(protocol?.p50Ms).toBeWithin(2, 4.1);
    const [quiet] = (await second()).protocols;
    expect(quiet).toEqual({ type: "echo-session", connections: 1, messagesPerSecond: 0 });
  });

  test("counts connections by what carries them", async () => {
    const { connections, second } = createNode();
    for (const [id, transport] of ["tcp", "tcp", "web"].entries()) connections.set(String(id), { transport });
    expect((await second()).connections).toEqual({ tcp: 2, tls: 0, udp: 0, datagram: 0, web: 1 });
  });

  test(`is kept with the ${limits.liveHistoryMax} before, oldest first, without its lists of actors`, async () => {
    const { system, clock, sampler } = createNode();
    system.ref(Desk, "a").tell.wait(10_000_000);
    system.ref(Desk, "a").tell.note();
    await clock.advance(1_000 * limits.liveHistoryMax);
    expect(sampler.history()).toHaveLength(limits.liveHistoryMax);
    expect(sampler.history()[0]?.uptimeMs).toBe(1_000);
    await clock.advance(1_000);
    expect(sampler.history()).toHaveLength(limits.liveHistoryMax);
    expect(sampler.history()[0]?.uptimeMs).toBe(2_000);
    expect(sampler.latest().deepest).toHaveLength(1);
    expect(sampler.history().flatMap(({ busiest, deepest }) => [...busiest, ...deepest])).toEqual([]);
  });

  test("is kept for as long while nobody watches, when there are fewer", async () => {
    const { clock, sampler, phase } = createNode();
    phase.isWatched = false;
    await clock.advance(2_000 * limits.liveHistoryMax);
    expect(sampler.history()).toHaveLength(limits.liveHistoryMax / 5);
    expect(sampler.history()[0]?.uptimeMs).toBe(1_000 * limits.liveHistoryMax + 5_000);
  });
});

describe("the lists of actors", () => {
  test("have the deepest mailboxes, of private types without the key", async () => {
    const { system, second } = createNode();
    const waiting = [system.ref(Desk, "a"), system.ref(Desk, "b"), system.ref(Secret, "s")];
    for (const [index, ref] of waiting.entries()) {
      ref.tell.wait(60_000);
      for (let count = 0; count <= index; count++) ref.tell.note();
    }
    const { deepest, types } = await second();
    expect(deepest).toEqual([
      { type: "secret", mailbox: 3, mailboxBytes: 0 },
      { type: "desk", key: "b", mailbox: 2, mailboxBytes: 0 },
      { type: "desk", key: "a", mailbox: 1, mailboxBytes: 0 },
    ]);
    expect(types.map(({ mailbox }) => mailbox)).toEqual([3, 3]);
  });

  test("have the busiest actors of that second, from the second in which they are known", async () => {
    const { system, second } = createNode();
    const work = async (turnsOfA: number): Promise<LiveSnapshot["busiest"]> => {
      for (let count = 0; count < turnsOfA; count++) system.ref(Desk, "a").tell.note();
      system.ref(Secret, "s").tell.note();
      return (await second()).busiest;
    };
    expect(await work(2)).toEqual([]);
    expect(await work(5)).toEqual([
      { type: "desk", key: "a", turnsPerSecond: 5, mailbox: 0 },
      { type: "secret", turnsPerSecond: 1, mailbox: 0 },
    ]);
    expect(await work(0)).toEqual([{ type: "secret", turnsPerSecond: 1, mailbox: 0 }]);
    await second();
    expect(await work(4)).toEqual([
      { type: "desk", key: "a", turnsPerSecond: 4, mailbox: 0 },
      { type: "secret", turnsPerSecond: 1, mailbox: 0 },
    ]);
  });

  test(`have ${limits.liveActorsListedMax} at most: those with most`, async () => {
    const { system, second } = createNode();
    for (let index = 0; index <= limits.liveActorsListedMax; index++) {
      system.ref(Desk, `desk ${index}`).tell.wait(60_000);
      for (let count = 0; count <= index; count++) system.ref(Desk, `desk ${index}`).tell.note();
    }
    const { deepest } = await second();
    expect(deepest.map(({ mailbox }) => mailbox)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  });

  test("forget an actor that has left memory", async () => {
    const { system, second } = createNode();
    system.ref(Desk, "a").tell.wait(60_000);
    system.ref(Desk, "a").tell.note();
    expect((await second()).deepest).toHaveLength(1);
    system.hosts[0]?.cells.get("a")?.discardAll();
    expect((await second()).deepest).toEqual([]);
  });
});

describe("very many actors", () => {
  const { liveActorsLookedAtMax, liveActorsLookedAtUnwatchedMax } = limits;

  test(`are all looked at each second where they are ${liveActorsLookedAtMax}`, async () => {
    const { second } = await nodeWith(liveActorsLookedAtMax);
    expect(await second()).toMatchObject({ lookSeconds: 1, deepest: [{ mailbox: 1 }] });
  });

  test("are looked at in parts where they are more, which the snapshot says", async () => {
    const { second } = await nodeWith(liveActorsLookedAtMax + 1);
    expect((await second()).deepest).toEqual([]);
    expect(await second()).toMatchObject({ lookSeconds: 2, deepest: [{ mailbox: 1 }] });
  });

  test("are looked at in smaller parts, and every five seconds, while nobody watches", async () => {
    const { phase, second } = await nodeWith(liveActorsLookedAtUnwatchedMax + 1);
    phase.isWatched = false;
    const seconds: LiveSnapshot[] = [];
    for (let count = 0; count < 10; count++) seconds.push(await second());
    expect(seconds.map(({ at }) => at - (seconds[4]?.at ?? 0)).slice(4)).toEqual([0, 0, 0, 0, 0, 5_000]);
    expect(seconds[9]).toMatchObject({ lookSeconds: 2, deepest: [{ mailbox: 1 }] });
    phase.isWatched = true;
    // The round that has begun ends first.
    await second();
    expect(await second()).toMatchObject({ lookSeconds: 1, deepest: [{ mailbox: 1 }] });
  });
});
