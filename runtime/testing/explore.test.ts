// The explorer: it finds planted bugs, plays them again exactly, and lets what is mended pass.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { ExplorationFailed, explore, replay } from "./explore.ts";
import type { Exploration } from "./explored-run.ts";
import { ending } from "./outcome.ts";
import type { World } from "./world.ts";

const SEEDS = 50;

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance)
  .on("set", { in: t.Integer() }, ({ state }, balance) => void (state.balance = balance))
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount));

/** The bug: between its two asks another teller has its own. */
const HastyTeller = actor("teller", { state: () => ({}) }).on("deposit", { in: t.Integer() }, async (self, amount) => {
  const account = self.ref(Account, "ana");
  await account.set((await account.balance()) + amount);
});

const Teller = actor("teller", { state: () => ({}) }).on("deposit", { in: t.Integer() }, async (self, amount) => {
  await self.ref(Account, "ana").add(amount);
});

function deposits(type: typeof Teller): Exploration<void> {
  return {
    types: [Account, type],
    runs: SEEDS,
    async scenario(world) {
      const clerks = ["x", "y", "z"].map((name) => world.client(name).ref(type, name));
      await Promise.all(clerks.map((clerk) => clerk.deposit(10)));
    },
    async check(world) {
      expect(await world.ref(Account, "ana").balance()).toBe(30);
    },
  };
}

async function failureOf<Result>(exploration: Exploration<Result>): Promise<ExplorationFailed> {
  const failure: unknown = await explore(exploration).catch((error: unknown) => error);
  if (failure instanceof ExplorationFailed) return failure;
  throw new Error(`Nothing was found: ${JSON.stringify(failure)}`);
}

/** An exploration that does nothing but this. */
function doing(scenario: Exploration<unknown>["scenario"], more: Partial<Exploration<unknown>> = {}) {
  return { types: [Account], runs: 1, scenario, ...more } satisfies Exploration<unknown>;
}

describe("an update that can be lost", () => {
  test("is found", async () => {
    const failure = await failureOf(deposits(HastyTeller));
    expect(failure.runs).toBeLessThanOrEqual(SEEDS);
    expect(failure.message).toContain("Expected: 30");
  });

  test("is played again by its ticket, event for event, and by the whole seed too", async () => {
    const failure = await failureOf(deposits(HastyTeller));
    const again = await replay(deposits(HastyTeller), failure.ticket);
    expect(again.trace.join("\n")).toBe(failure.trace.join("\n"));
    expect(again.failure).toBeDefined();
    expect((await replay(deposits(HastyTeller), failure.ticket.seed)).trace).toEqual(again.trace);
  });

  test("is told of with its seed and the events that led to it", async () => {
    const { message, ticket } = await failureOf(deposits(HastyTeller));
    expect(message).toContain(`replay(exploration, { seed: ${ticket.seed}, faults: [] })`);
    expect(message).toMatch(/\d {2}teller\/[xyz]\.deposit\(10\)\n/);
    expect(message).toMatch(/\d {2}account\/ana\.set\(\d+\)\n/);
  });

  test("is not found where there is none: one method that adds passes every seed", async () => {
    expect(await explore(deposits(Teller))).toMatchObject({ runs: SEEDS, faults: 0 });
  });
});

describe("a change that a crash can lose", () => {
  const Stock = actor("stock", { state: () => ({ left: 5 }), durable: true })
    .read("left", { out: t.Integer() }, ({ state }) => state.left)
    .on("take", {}, ({ state }) => void state.left--);
  /** The bug: it answers from a copy in memory, before the stock has taken note. */
  const HastyShop = actor("shop", { state: () => ({ left: -1 }) }).on("sell", {}, async (self) => {
    const stock = self.ref(Stock, "tea");
    if (self.state.left < 0) self.state.left = await stock.left();
    self.state.left--;
    stock.tell.take();
  });
  const Shop = actor("shop", { state: () => ({}) }).on("sell", {}, (self) => self.ref(Stock, "tea").take());

  const sales = (type: typeof Shop): Exploration<number> => ({
    types: [Stock, type],
    runs: SEEDS,
    faults: { crash: 0.02 },
    async scenario(world) {
      const sold = await Promise.all(["x", "y"].map((name) => ending(world.client(name).ref(type, "s").sell())));
      return sold.filter(({ kind }) => kind === "answered").length;
    },
    async check(world, sold) {
      expect(await world.ref(Stock, "tea").left()).toBeLessThanOrEqual(5 - sold);
    },
  });

  test("is found, with no more crashes than it takes", async () => {
    const failure = await failureOf(sales(HastyShop as unknown as typeof Shop));
    expect(failure.ticket.faults).toHaveLength(1);
    expect(failure.trace.filter((line) => line.includes("crash"))).toHaveLength(1);
    const again = await replay(sales(HastyShop as unknown as typeof Shop), failure.ticket);
    expect(again.trace).toEqual(failure.trace);
  });

  test("is not found where the answer waits for what it says", async () => {
    const explored = await explore(sales(Shop));
    expect(explored.faults).toBeGreaterThan(0);
  });
});

describe("a run", () => {
  test("goes otherwise for another seed", async () => {
    const [one, two] = [await replay(deposits(Teller), 1), await replay(deposits(Teller), 2)];
    expect(one.trace).not.toEqual(two.trace);
  });

  test("lets what one client asks arrive in its order, and what different ones ask in any", async () => {
    const arrived = new Set<string>();
    await explore({
      types: [Account],
      runs: SEEDS,
      async scenario(world) {
        const [x, y] = [world.client("x").ref(Account, "a"), world.client("y").ref(Account, "a")];
        await Promise.all(
          [x.add(1), x.add(1), y.add(10), y.add(10)].map((sum, place) => sum.then((now) => [place, now])),
        ).then((sums) =>
          arrived.add(
            sums
              .sort(([, left = 0], [, right = 0]) => left - right)
              .map(([place]) => place)
              .join(""),
          ),
        );
      },
    });
    expect([...arrived].sort()).toEqual(["0123", "0213", "0231", "2013", "2031", "2301"]);
  });

  test("crashes the node where the scenario wants it, and refs go on", async () => {
    const run = await replay(
      doing(async (world) => {
        const account = world.ref(Account, "a");
        await account.add(1);
        await world.crash();
        expect(await account.balance()).toBe(1);
      }),
      1,
    );
    expect(run.failure).toBeUndefined();
    expect(run.trace).toContain("crash, as the scenario wants it");
  });

  test("meets every fault that it is given, and has no others while it is checked", async () => {
    const seen = new Set<string>();
    const faults = { crash: 0.05, commitFails: 0.2, answerLost: 0.2, readFails: 0.2 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const addAll = (world: World) =>
        Promise.all([1, 2, 3, 4].map((amount) => ending(world.ref(Account, "a").add(amount))));
      const exploration = doing(addAll, {
        faults,
        check: async (world) => void (await world.ref(Account, "a").balance()),
      });
      const { trace, failure } = await replay(exploration, seed);
      expect(failure).toBeUndefined();
      for (const line of trace) {
        const [, fault] = /^fault \d+: (?:store\.\w+ of \S+ (?:version \d )?)?(.*)/.exec(line) ?? [];
        if (fault !== undefined) seen.add(fault);
      }
    }
    expect([...seen].sort()).toEqual([
      "crash",
      "fails with store.failed",
      "fails with store.full",
      "fails with store.locked",
      "loses its answer",
    ]);
  });

  test("that waits for what never comes fails as stuck", async () => {
    const { failure } = await replay(
      doing(() => new Promise(() => undefined)),
      1,
    );
    expect(String(failure?.error)).toContain("Stuck");
  });

  test("that never ends fails as a livelock, after so many steps", async () => {
    const forEver = doing(
      async (world) => {
        for (;;) await world.ref(Account, "a").add(1);
      },
      { stepsMax: 300 },
    );
    const { failure, steps } = await replay(forEver, 1);
    expect([String(failure?.error), steps]).toEqual(["Error: Livelock: not over after 300 steps", 301]);
  });

  test("that does not follow from its seed is told of as such", async () => {
    const called = { times: 0 };
    const failure = await failureOf(
      doing(async (world) => {
        world.note(`call ${++called.times}`);
        throw new Error("always");
      }),
    );
    expect(failure.message).toContain("something in it does not follow from the seed");
  });
});
