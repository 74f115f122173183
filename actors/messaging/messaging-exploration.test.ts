// Many orders of logging in, talking, failing and dying: what was acknowledged is kept; what is published, too.
// More of them: `TIMES_RUNS=50 bun test actors/messaging/messaging-exploration.test.ts`.
import { expect, test } from "bun:test";

import { ending, type Exploration, explore, type World } from "#runtime/testing/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { LocalStore } from "./local-store.ts";
import { createMessagingTypes } from "./messaging-catalog.ts";
import { serve } from "./serve.ts";
import { TestClocks, TestDesk } from "./test-desk.ts";

const USERS = ["ana", "bea", "caio"];
const CHANNELS = ["geral", "outro"];
const REQUESTS_EACH = 8;
const REPEATED_AFTER_MS = 500;
const PAGE = 100;
/** Of a test: it takes a second, unless others take the machine. */
const WITHIN_MS = timesRuns(60_000);

interface Said {
  readonly kind: "channel" | "user";
  readonly topic: string;
  /** No other has it. */
  readonly text: string;
  acknowledged: boolean;
}

const published: string[] = [];
const clocks = new TestClocks();
const publications = { send: (text: string) => void published.push(text) };
const types = Object.values(createMessagingTypes({ publications }, clocks.lamport));

const evening: Exploration<readonly Said[]> = {
  types,
  stepsMax: 20_000,
  async scenario(world) {
    published.length = 0;
    return (await Promise.all(USERS.map((user) => talk(world, user)))).flat();
  },
  async check(world, said) {
    await world.crash();
    const { users, channels } = await listed(world);
    expect([...users].sort()).toEqual(USERS);
    expect([...channels].sort()).toEqual(CHANNELS);
    const kept = [
      ...(await Promise.all(channels.map((topic) => checkFeed(world, "channel", topic, said)))),
      ...(await Promise.all(users.map((topic) => checkFeed(world, "user", topic, said)))),
    ].flat();
    checkPublished(kept);
    expect(world.crashes).toEqual([]);
  },
};

/** Logs in, opens the channels, and speaks: with an id, again until that is acknowledged, or once without. */
async function talk(world: World, user: string): Promise<readonly Said[]> {
  const desk = new TestDesk(new LocalStore(world.client(user)), clocks);
  const ask = async (service: string, data: object): Promise<boolean> => {
    const ended = await ending(serve(desk, { service, data }));
    return ended.kind === "answered" && ended.value.data["status"] !== "erro";
  };
  const repeat = async (service: string, data: object): Promise<void> => {
    while (!(await ask(service, data))) await world.sleep(REPEATED_AFTER_MS);
  };
  await repeat("login", { user, id: "login" });
  for (const channel of CHANNELS) {
    while (!(await listed(world)).channels.includes(channel)) {
      await ask("channel", { channel });
      await world.sleep(REPEATED_AFTER_MS);
    }
  }
  const said: Said[] = [];
  for (let index = 0; index < REQUESTS_EACH; index++) {
    const { service, data, saying } = chosen(world, user, `${user} ${index}`);
    said.push(saying);
    if (world.random() < 0.5) saying.acknowledged = await ask(service, data);
    else {
      await repeat(service, { ...data, id: String(index) });
      saying.acknowledged = true;
    }
  }
  return said;
}

function chosen(world: World, user: string, text: string) {
  const pick = (names: readonly string[]): string => names[Math.floor(world.random() * names.length)] as string;
  if (world.random() < 0.5) {
    const channel = pick(CHANNELS);
    const saying: Said = { kind: "channel", topic: channel, text, acknowledged: false };
    return { service: "publish", data: { user, channel, message: text }, saying };
  }
  const dst = pick(USERS);
  const saying: Said = { kind: "user", topic: dst, text, acknowledged: false };
  return { service: "message", data: { src: user, dst, message: text }, saying };
}

async function listed(world: World) {
  const store = new LocalStore(world);
  const found = await ending(Promise.all([store.users(), store.channels()]));
  const [users, channels] = found.kind === "answered" ? found.value : [[], []];
  return { users, channels };
}

/** Numbers have no gaps; what was acknowledged is there once, anything else at most once. The lines, by number. */
async function checkFeed(world: World, kind: Said["kind"], topic: string, said: readonly Said[]) {
  const store = new LocalStore(world);
  const of = (kind === "channel" ? { channel: topic } : { user: topic }) as Parameters<typeof store.history>[0]["of"];
  const page = await store.history({ of, after: 0, count: PAGE });
  if (page === "unknown") throw new Error(`There is no ${kind} "${topic}"`);
  const { messages, last } = page;
  expect(messages.map(({ number }) => number)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  const texts = messages.map(({ text }) => / \w+: (.*) \[/.exec(text)?.[1]);
  const here = said.filter((saying) => saying.kind === kind && saying.topic === topic);
  expect(new Set(texts).size).toBe(texts.length);
  expect(here.map(({ text }) => text)).toEqual(expect.arrayContaining(texts));
  expect(texts).toEqual(expect.arrayContaining(here.filter((each) => each.acknowledged).map(({ text }) => text)));
  const feed = `${kind === "channel" ? "@" : "@@"}${topic}`;
  return messages.map(({ number, text }) => ({ feed, number, text }));
}

/** Each at most once, plainly and with its number, and nothing that is not kept. */
function checkPublished(kept: readonly { readonly feed: string; readonly number: number; readonly text: string }[]) {
  const allowed = kept.flatMap(({ feed, number, text }) => [text, `${feed}\t${number} ${text}`]);
  expect(new Set(published).size).toBe(published.length);
  expect(allowed).toEqual(expect.arrayContaining(published));
}

test(
  "whatever the order, all that is said is kept and published",
  async () => {
    const check: typeof evening.check = async (world, said) => {
      await evening.check?.(world, said);
      expect(published).toHaveLength(2 * said.filter(({ acknowledged }) => acknowledged).length);
    };
    await explore({ ...evening, check, runs: timesRuns(30) });
  },
  WITHIN_MS,
);

test.each([
  ["the server is killed in the middle of it", { crash: 0.01 }],
  ["the store refuses", { commitFails: 0.1, readFails: 0.03 }],
  ["the store does what it says it could not", { commitFails: 0.02, answerLost: 0.1 }],
])(
  "where %s, what was acknowledged is kept once, and nothing is published that is not",
  async (_, faults) => {
    const explored = await explore({ ...evening, faults, runs: timesRuns(30) });
    expect(explored.faults).toBeGreaterThan(0);
  },
  WITHIN_MS,
);
