// The examples of docs/testing.md, run as they stand there: every block of TypeScript in it is part of this file.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { actor, t } from "#runtime/mod.ts";
import {
  createProbe,
  ending,
  type Exploration,
  ExplorationFailed,
  explore,
  FakeClock,
  replay,
  startUdpRelay,
  SteppedSystem,
} from "#runtime/testing/mod.ts";

import { eventually } from "./lib/eventually.ts";
import { projectFolder } from "./lib/source-files.ts";

const Mailer = actor("mailer", { state: () => ({}) }).on("send", { in: t.String() }, () => undefined);

const Booth = actor("booth", { state: () => ({ left: 2 }), durable: true })
  .on("sell", { out: t.Integer() }, (booth) => {
    if (booth.state.left === 0) throw booth.refuse("booth.sold_out");
    booth.state.left -= 1;
    if (booth.state.left === 0) booth.ref(Mailer, "office").tell.send("sold out");
    return booth.state.left;
  })
  .on("reserve", {}, (booth) => {
    booth.state.left -= 1;
    booth.alarm("expire", { afterMs: 60_000, send: "giveBack" });
  })
  .on("giveBack", {}, ({ state }) => void (state.left += 1))
  .read("left", { out: t.Integer() }, ({ state }) => state.left);

test("nobody is sold a ticket that is not there", async () => {
  const stepped = new SteppedSystem([Booth, Mailer]);
  const booth = stepped.ref(Booth, "main");
  expect(await stepped.outcome(booth.sell())).toEqual({ kind: "answered", value: 1 });
  expect(await stepped.outcome(booth.sell())).toEqual({ kind: "answered", value: 0 });
  expect(await stepped.outcome(booth.sell())).toMatchObject({ kind: "failed", code: "booth.sold_out" });
});

test("the office hears of the last ticket, and of no other", async () => {
  const office = createProbe(Mailer);
  const stepped = new SteppedSystem([Booth, office.type]);
  const booth = stepped.ref(Booth, "main");
  booth.tell.sell();
  booth.tell.sell();
  expect(await stepped.step()).toMatchObject({ type: "booth", key: "main", method: "sell" });
  office.expectNothing();
  await stepped.runAll();
  office.expect("send", "sold out");
  office.expectNothing();
});

test("a reservation is given back after a minute, also when the node is down then", async () => {
  const stepped = new SteppedSystem([Booth, Mailer]);
  const booth = stepped.ref(Booth, "main");
  await stepped.outcome(booth.reserve());
  await stepped.advance(50_000);
  stepped.kill();
  await stepped.advance(20_000);
  await stepped.restart();
  await stepped.advance(1);
  expect(await stepped.outcome(booth.left())).toEqual({ kind: "answered", value: 2 });
});

test("a sale that cannot be stored was none, and the office hears nothing", async () => {
  const office = createProbe(Mailer);
  const stepped = new SteppedSystem([Booth, office.type]);
  const booth = stepped.ref(Booth, "main");
  await stepped.outcome(booth.sell());
  stepped.storeFaults.next("commit", { fails: "store.full" });
  expect(await stepped.outcome(booth.sell())).toMatchObject({ kind: "failed", code: "store.full" });
  expect(await stepped.outcome(booth.left())).toEqual({ kind: "answered", value: 1 });
  office.expectNothing();
});

test("who does not know whether the sale was stored asks again under the same name", async () => {
  const stepped = new SteppedSystem([Booth, Mailer]);
  const booth = stepped.ref(Booth, "main");
  stepped.storeFaults.next("commit", { kills: "after" });
  const sale = await stepped.outcome(booth.sell(undefined, { once: "order 7" }));
  expect(sale).toMatchObject({ kind: "failed", code: "node.killed", stood: "unknown" });
  await stepped.restart();
  expect(await stepped.outcome(booth.sell(undefined, { once: "order 7" }))).toEqual({ kind: "answered", value: 1 });
  expect(await stepped.outcome(booth.left())).toEqual({ kind: "answered", value: 1 });
});

/** Looks whether there is a ticket, and buys it then. */
const Agent = actor("agent", { state: () => ({}) }).on("buy", { out: t.Boolean() }, async (agent) => {
  const booth = agent.ref(Booth, "main");
  if ((await booth.left()) === 0) return false;
  await booth.sell();
  return true;
});

const rush: Exploration<void> = {
  types: [Booth, Mailer, Agent],
  async scenario(world) {
    const agents = ["ana", "bea", "caio"].map((name) => world.client(name).ref(Agent, name));
    const bought = await Promise.all(agents.map((agent) => agent.buy()));
    expect(bought.filter(Boolean)).toHaveLength(2);
  },
  async check(world) {
    await world.crash();
    expect(await world.ref(Booth, "main").left()).toBe(0);
  },
};

test("the explorer finds the order in which an agent breaks, and plays it again", async () => {
  const found = await explore(rush).catch((failure: unknown) => failure as ExplorationFailed);
  expect(found).toBeInstanceOf(ExplorationFailed);
  const { ticket, trace } = found as ExplorationFailed;
  const again = await replay(rush, ticket);
  expect(again.trace).toEqual(trace);
  expect(again.failure).toBeDefined();
});

/** Buys, and takes a no for an answer. */
const CarefulAgent = actor("agent", { state: () => ({}) }).on("buy", { out: t.Boolean() }, async (agent) => {
  const sale = agent.ref(Booth, "main").sell();
  return sale.then(
    () => true,
    () => false,
  );
});

test("the mended agent passes every seed", async () => {
  await explore({ ...rush, types: [Booth, Mailer, CarefulAgent] });
});

test("whatever fails, who asks again under the same name has bought one ticket", async () => {
  await explore({
    types: [Booth, Mailer],
    faults: { crash: 0.05, commitFails: 0.1, answerLost: 0.1, readFails: 0.05 },
    async scenario(world) {
      const sell = () => world.ref(Booth, "main").sell(undefined, { once: "order 7", timeoutMs: 10_000 });
      while ((await ending(sell())).kind === "failed") await world.sleep(1_000);
    },
    async check(world) {
      expect(await world.ref(Booth, "main").left()).toBe(1);
    },
  });
});

test("a datagram is late, and one that meets a cut network never comes", async () => {
  const heard: string[] = [];
  const data = (_: unknown, bytes: Buffer) => void heard.push(bytes.toString());
  const server = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { data } });
  const clock = new FakeClock();
  const relay = await startUdpRelay({ target: { port: server.port }, faults: { up: { delayMs: 50 } }, seed: 7, clock });
  const client = await Bun.udpSocket({ connect: { hostname: "127.0.0.1", port: relay.port } });
  const send = async (text: string, count: number) => {
    client.send(text);
    await eventually("the relay's hearing of it", () => relay.figures.up.packetsIn === count);
  };

  await send("one", 1);
  relay.partition("both");
  await send("two", 2);
  relay.partition("none");
  await send("three", 3);
  await clock.advance(49);
  expect(relay.figures.up).toMatchObject({ packetsWaiting: 2, packetsOut: 0, cutOff: 1 });
  await clock.advance(1);
  await eventually("two datagrams", () => heard.length === 2);
  expect(heard).toEqual(["one", "three"]);
  for (const each of [client, server]) each.close();
  relay.stop();
});

test("what it imports is there for programs of others too", async () => {
  expect(await import("correio")).toBe(await import("#runtime/mod.ts"));
  expect(await import("correio/testing")).toBe(await import("#runtime/testing/mod.ts"));
});

test("docs/testing.md shows what is here", () => {
  const guide = readFileSync(join(projectFolder, "docs/testing.md"), "utf8");
  const blocks = Array.from(guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, text = ""]) => text);
  const here = readFileSync(import.meta.path, "utf8");
  expect(blocks.filter((block) => !here.includes(block))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(5);
});
