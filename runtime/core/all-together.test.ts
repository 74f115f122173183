// Everything that actors do and that is done to them, at random and at once: no turn interleaves, every ask ends, and
// when it is over nothing is left in memory.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { createRandom, type Random } from "../base/random.ts";
import type { ActorContext, DurableContext } from "./context.ts";
import { actor } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const SEEDS = Number(process.env["EXPLORED_SEEDS"] ?? 60);
const STEPS = 250;

type State = { turns: number };
type Self = ActorContext<State> & Partial<DurableContext<State>>;
type Deed = (self: Self) => unknown;

const news = topic("news", t.Null());
const KEYS = ["1", "2", "3"];
const KINDS = ["plain", "stored"] as const;
const METHODS = ["write", "look"] as const;
type Method = (typeof METHODS)[number];

class Chaos {
  readonly wrong: string[] = [];
  /** From now on handlers do nothing but count. */
  calm = false;
  handled = 0;
  readonly #random: Random;
  /** By actor: handlers that are between their beginning and their end. */
  readonly #inside = new Map<string, { write: number; look: number }>();

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  below(most: number): number {
    return Math.floor(this.#random.next() * most);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  get whom() {
    return { type: this.pick(KINDS), key: this.pick(KEYS) };
  }

  /** What a handler does: two things, of all that it may. */
  readonly handle = async (type: string, kind: Method, self: Self, deeds: readonly Deed[]): Promise<void> => {
    if (this.calm) return;
    this.handled++;
    const name = `${type}/${self.key}`;
    const inside = this.#inside.get(name) ?? { write: 0, look: 0 };
    this.#inside.set(name, inside);
    if (inside.write > 0 || (kind === "write" && inside.look > 0))
      this.wrong.push(`${name}: a ${kind} in another turn`);
    inside[kind]++;
    try {
      if (kind === "write") self.state.turns++;
      for (let count = 0; count < 2; count++) await this.pick(deeds)(self);
    } finally {
      inside[kind]--;
    }
  };
}

function define(chaos: Chaos) {
  const call = (self: Self): Promise<unknown> => {
    const { type, key } = chaos.whom;
    const ref = type === "plain" ? self.ref(Plain, key) : self.ref(Stored, key);
    return ref[chaos.pick(METHODS)](undefined, { timeoutMs: 500 }).catch(() => undefined);
  };
  const reading: readonly Deed[] = [
    (self) => self.sleep(chaos.below(30)),
    call,
    (self) => Promise.all([call(self), call(self)]),
    () => undefined,
    () => Promise.reject(new Error("broke")),
    (self) => Promise.reject(self.refuse("chaos.no")),
  ];
  const writing: readonly Deed[] = [
    ...reading,
    ...reading,
    (self) => self.timer("once", { afterMs: 20, send: "write" }),
    (self) => self.timer("often", { everyMs: 40, send: chaos.pick(METHODS) }),
    (self) => self.cancelTimer("often"),
    (self) => self.watch(chaos.whom, "lost"),
    (self) => self.unwatch(chaos.whom),
    (self) => self.subscribe(news("all"), "write"),
    (self) => self.unsubscribe(news("all")),
    (self) => self.publish(news("all"), null),
    (self) => self.ref(Plain, chaos.pick(KEYS)).tell.write(),
    (self) => self.stop(),
  ];
  const storing: readonly Deed[] = [
    ...writing,
    (self) => self.alarm?.(chaos.pick(["tea", "cake"]), { afterMs: chaos.below(300), send: "write" }),
    (self) => self.alarm?.("tea", { everyMs: 200, send: "write" }),
    (self) => self.cancelAlarm?.("tea"),
    (self) => self.rows?.put(chaos.pick(KEYS), chaos.below(100)),
    (self) => self.destroy?.(),
  ];
  const base = { state: (): State => ({ turns: 0 }), hibernateAfterMs: 200 };
  const lost = (): void => {
    if (!chaos.calm && chaos.chance(0.3)) throw new Error("broke");
  };
  const Plain = actor("plain", { ...base, mailbox: { capacity: 6 } })
    .on("write", {}, (self): Promise<void> => chaos.handle("plain", "write", self, writing))
    .on("lost", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => self.cancelTimer("often"))
    .read("look", {}, (self): Promise<void> => chaos.handle("plain", "look", self as Self, reading));
  const Stored = actor("stored", { ...base, durable: true, mailbox: { capacity: 6, bytes: 400 } })
    .on("write", {}, (self): Promise<void> => chaos.handle("stored", "write", self, storing))
    .on("lost", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => {
      self.cancelTimer("often");
      self.cancelAlarm("tea");
    })
    .read("look", {}, (self): Promise<void> => chaos.handle("stored", "look", self as Self, reading));
  return { Plain, Stored };
}

/** What somebody outside does next. */
async function act(chaos: Chaos, node: TestNode, { Plain, Stored }: ReturnType<typeof define>, asks: Open) {
  const { type, key } = chaos.whom;
  const ref = type === "plain" ? node.ref(Plain, key) : node.ref(Stored, key);
  const once = type === "stored" && chaos.chance(0.3) ? { once: chaos.pick(KEYS) } : {};
  const acts: readonly (() => unknown)[] = [
    ...Array.from({ length: 10 }, () => () => asks.add(ref.look(undefined, { timeoutMs: 300 + chaos.below(1_000) }))),
    ...Array.from({ length: 10 }, () => () => asks.add(ref.write(undefined, { timeoutMs: 1_000, ...once }))),
    ...Array.from({ length: 10 }, () => () => ref.tell[chaos.pick(METHODS)]()),
    ...Array.from({ length: 5 }, () => () => node.clock.advance(chaos.below(100))),
    ...Array.from({ length: 4 }, () => () => node.operations.release(type, key)),
    ...Array.from({ length: 3 }, () => () => node.store.letGo()),
    () => node.operations.quarantine(type, key, "chaos"),
    () => node.operations.stop(type, key),
    () => node.operations.hibernate(type, key),
    () => (node.store.refusal = new Error("the disk is gone")),
    () => node.store.hold(),
    async () => {
      const [letter] = await node.system.letters.list(Number.MAX_SAFE_INTEGER, 1);
      if (letter !== undefined) await node.operations.replay(letter.id);
    },
  ];
  await chaos.pick(acts)();
  if (chaos.chance(0.2)) await node.clock.settle();
}

class Open {
  count = 0;

  add(asked: Promise<unknown>): void {
    this.count++;
    const ended = (): void => void this.count--;
    asked.then(ended, ended);
  }
}

/** Everything is released, or everything shut, and all that goes on by itself comes to its end. */
async function calmDown(chaos: Chaos, node: TestNode, { Plain, Stored }: ReturnType<typeof define>, shut: boolean) {
  chaos.calm = true;
  node.store.letGo();
  node.store.refusal = undefined;
  const all = KINDS.flatMap((type) => KEYS.map((key) => ({ type, key })));
  for (const { type, key } of all) {
    if (shut) node.operations.quarantine(type, key, "the end");
    else await node.operations.release(type, key);
  }
  for (let time = 0; time < 3; time++) {
    await node.clock.advance(40_000);
    for (const key of KEYS) for (const type of [Plain, Stored]) node.ref(type, key).tell.calmDown();
  }
  await node.clock.advance(40_000);
}

async function run(seed: number) {
  const chaos = new Chaos(seed);
  const types = define(chaos);
  const node = await startNode([types.Plain, types.Stored], { development: chaos.chance(0.5) });
  const asks = new Open();
  for (let step = 0; step < STEPS; step++) await act(chaos, node, types, asks);
  await calmDown(chaos, node, types, seed % 2 === 0);
  const { system } = node;
  const mailboxes = system.hosts.flatMap(({ cells }) => Array.from(cells.values(), ({ mailbox }) => mailbox.count));
  const drained = await node.outcome(system.drain());
  return {
    handled: chaos.handled,
    wrong: chaos.wrong,
    open: asks.count,
    mailboxes,
    drained: drained.kind,
    timers: system.wheel.count,
  };
}

describe("actors that do everything there is", () => {
  const keepToIt = async (): Promise<void> => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { handled, ...left } = await run(seed);
      expect({ seed, ...left }).toEqual({ seed, wrong: [], open: 0, mailboxes: [], drained: "answered", timers: 0 });
      expect(handled).toBeGreaterThan(STEPS / 5);
    }
  };

  test("keep their turns apart, answer every ask, and leave nothing behind", keepToIt, 10_000 + 100 * SEEDS);
});
