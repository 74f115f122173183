// Bots with the real services and without sockets: what they say comes to all of them, and they notice what is wrong.
import { describe, expect, test } from "bun:test";

import { MessagingNode } from "#actors/messaging/test-desk.ts";
import { createRandom } from "#runtime/base/random.ts";

import { BotTally } from "./bot-tally.ts";
import { Bot } from "./bot.ts";
import { Deliveries } from "./deliveries.ts";
import { settle, TestClient, wait } from "./test-server.ts";

const CHANNELS = ["canal-1", "canal-2"];
/** Of each second there are so many. */
const RATE = 10;

/** Two of them, who are subscribed to everything. */
async function startBots() {
  const node = new MessagingNode();
  const [tally, deliveries, ready] = [new BotTally(), new Deliveries(), new Set<string>()];
  const bots = ["bot-1", "bot-2"].map((name, index) => {
    const random = createRandom(index);
    const parts = { name, channels: CHANNELS, rate: RATE, random, tally, deliveries, ready };
    return new TestClient(node, ({ stepped: { clock } }) => new Bot({ ...parts, clock }));
  });
  await settle(node, ...bots);
  const talk = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) await wait(node, ...bots);
  };
  /** They say nothing more, and have all that there is. */
  const end = async (): Promise<void> => {
    for (const bot of bots) bot.happen({ kind: "ended", isPatient: true });
    await wait(node, ...bots);
    await wait(node, ...bots);
    deliveries.closed();
  };
  return { node, bots, tally, deliveries, ready, talk, end };
}

async function saidIn({ node }: { readonly node: MessagingNode }): Promise<number> {
  const counts = CHANNELS.map(async (channel) => (await node.ask("history", { channel }))["last"] as number);
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

describe("bots", () => {
  test("log in, create the channels, and subscribe to all of them and to what is sent to them", async () => {
    const { node, bots, ready, tally } = await startBots();
    expect((await node.ask("users"))["users"]).toEqual(["bot-1", "bot-2"]);
    expect((await node.ask("channels"))["channels"]).toEqual(CHANNELS);
    expect(bots[1]?.topics).toEqual(["@@bot-2\t", "@canal-1\t", "@canal-2\t"]);
    expect([[...ready], tally.connected]).toEqual([["bot-1", "bot-2"], 2]);
  });

  test("have each of what they publish come to both of them, and what they write to whom it is for", async () => {
    const run = await startBots();
    await run.talk(50);
    await run.end();
    const published = await saidIn(run);
    expect(published).toBeGreaterThan(30);
    expect(run.deliveries.arrivedCount).toBeGreaterThan(2 * published);
    expect([run.deliveries.problems, run.deliveries.missingCount]).toEqual([[], 0]);
    expect(run.tally.latency.summary()?.count).toBe(run.tally.answered);
  });

  test("speak at their rate", async () => {
    const { node, bots, end, talk } = await startBots();
    const startMs = node.stepped.clock.monotonicMs();
    await talk(200);
    const seconds = (node.stepped.clock.monotonicMs() - startMs) / 1_000;
    const asked = bots.flatMap((bot) => bot.asked.filter(({ data }) => "message" in data || data["count"] === 1));
    expect(asked.length / seconds / bots.length).toBeWithin(0.7 * RATE, 1.3 * RATE);
    await end();
  });

  test("have all of it also when their connections are cut and publications are lost", async () => {
    const run = await startBots();
    for (let round = 0; round < 20; round++) {
      await run.talk(3);
      if (round % 3 === 0) run.bots[round % 2]?.cut();
      if (round % 3 === 1) run.bots[round % 2]?.missPublications();
    }
    for (const bot of run.bots) bot.cut();
    await run.talk(3);
    await run.end();
    expect([run.deliveries.problems, run.deliveries.missingCount]).toEqual([[], 0]);
    expect(run.tally.connected).toBe(2);
    expect(run.tally.losses).toBeGreaterThan(5);
  });

  test("notice a publication that comes twice", async () => {
    const run = await startBots();
    await run.talk(5);
    run.node.published.push(run.node.published.findLast((text) => text.startsWith("@canal")) ?? "");
    await settle(run.node, ...run.bots);
    expect(run.deliveries.problemCount).toBe(2);
    expect(run.deliveries.problems[0]).toMatch(/^bot-1: canal-\d \d+ veio depois de \d+$/);
  });

  test("notice an answer from before its question", async () => {
    const { node, bots, deliveries } = await startBots();
    const [bot] = bots;
    await node.stepped.clock.advance(10_000);
    bot?.happen({ kind: "woken" });
    const { service = "" } = bot?.asked.at(-1) ?? {};
    bot?.receive(JSON.stringify({ service, data: { clock: 1, messages: [], last: 0 } }));
    expect(deliveries.problems[0]).toMatch(/^bot-1: \w+ de \d+ respondido em 1$/);
  });

  test("notice what is refused, and what is lost for good", async () => {
    const run = await startBots();
    const fresh = new MessagingNode();
    await run.talk(20);
    for (const bot of run.bots) bot.moveTo(fresh);
    await run.talk(3);
    expect(run.deliveries.problems.join("\n")).toContain("Canal não existe.");
    expect(run.tally.refused).toBeGreaterThan(0);
  });

  test("end when they are told to", async () => {
    const { bots } = await startBots();
    bots[0]?.happen({ kind: "interrupted" });
    expect(bots[0]?.exitCode).toBe(0);
  });
});
