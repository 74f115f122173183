// The core itself under random orders, slow and failing stores, and crashes: what was acknowledged is there, once.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { Operations } from "../core/operations.ts";
import { explore } from "./explore.ts";
import type { Exploration } from "./explored-run.ts";
import type { Faults } from "./fault-chance.ts";
import { type Ended, ending } from "./outcome.ts";
import { timesRuns } from "./times-runs.ts";
import type { World } from "./world.ts";

const FAULTS: Faults = { crash: 0.01, commitFails: 0.05, answerLost: 0.03, readFails: 0.03 };
/** More of them: `TIMES_RUNS=50 bun test runtime/testing/`. */
const RUNS = timesRuns(90);

/** What the runs that follow each other look at: the world of the one that runs now, and what went wrong in it. */
const now: { world: World | undefined; wrong: string[] } = { world: undefined, wrong: [] };

const Witness = actor("witness", { state: () => ({}) }).on(
  "hear",
  { in: t.Object({ key: t.String(), count: t.Integer() }) },
  (_, { key, count }) => sawCount("the witness", key, count),
);

const Ends = ["well", "slow", "late", "throws", "refuses"] as const;

/** `times` in row `id` and `count` in the state are to be committed together, and what the witness hears after that. */
const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true, hibernateAfterMs: 30 })
  .on("add", { in: t.Object({ id: t.String(), end: t.String() }), out: t.Integer() }, async (self, { id, end }) => {
    const tellWitness = (count: number) => self.ref(Witness, "w").tell.hear({ key: self.key, count });
    tellWitness(self.state.count);
    if (end === "slow") await self.sleep(5);
    const times = Number((await self.rows.get(id)) ?? 0);
    const count = self.state.count + 1;
    self.rows.put(id, times + 1);
    tellWitness(count);
    if (end === "late") await self.sleep(5);
    self.rows.put("last", id);
    self.state.count = count;
    if (end === "throws") throw new Error("as the test wants it");
    if (end === "refuses") throw self.refuse("counter.no");
    return count;
  })
  .read("value", { out: t.Integer() }, ({ state }) => state.count)
  .read("times", { out: t.Array(t.Tuple([t.String(), t.Number()])) }, async ({ rows }) => {
    const ids = (await rows.range()).filter(({ row }) => row !== "last");
    return ids.map(({ row, value }): [string, number] => [row, Number(value)]);
  });

/** What leaves an actor must be stored by then. */
function sawCount(who: string, key: string, count: number): void {
  const stored = now.world?.disk.actor("counter", key)?.stored.state ?? '{"count":0}';
  const storedCount = (JSON.parse(stored) as { count: number }).count;
  if (storedCount < count) now.wrong.push(`${who} saw ${count} of ${key}, stored is ${storedCount}`);
}

function begin(world: World): void {
  now.world = world;
  now.wrong = [];
}

/** As clients do: again under the same name, until there is an answer. */
async function untilAnswered<Value>(world: World, call: () => Promise<Value>): Promise<Ended<Value>> {
  for (;;) {
    const ended = await ending(call());
    world.note(ended.kind === "failed" ? `failed: ${ended.code}` : "answered");
    if (ended.kind === "answered" || ended.name === "Refusal") return ended;
    await release(world);
    await world.sleep(Math.ceil(world.random() * 50));
  }
}

/** Failures of the store count as crashes of the turns they meet. */
async function release(world: World): Promise<void> {
  for (const { type, quarantined } of world.system.hosts) {
    for (const key of quarantined.keys()) await new Operations(world.system).release(type.name, key);
  }
}

function oneOf<Item>(world: World, items: readonly Item[]): Item {
  return items[Math.floor(world.random() * items.length)] as Item;
}

interface Add {
  readonly key: string;
  readonly id: string;
  readonly end: string;
  readonly once: boolean;
  acknowledged: boolean;
}

async function sendAdds(world: World, client: string): Promise<readonly Add[]> {
  const adds: Add[] = [];
  for (let index = 0; index < 4; index++) {
    const end = oneOf(world, Ends);
    const once = world.random() < 0.5 && end !== "throws";
    const add = { key: oneOf(world, ["a", "b"]), id: `${client}${index}`, end, once, acknowledged: false };
    const { key, id } = add;
    adds.push(add);
    const counter = world.client(client).ref(Counter, key);
    const ended = once
      ? await untilAnswered(world, () => counter.add({ id, end }, { once: id }))
      : await ending(counter.add({ id, end }));
    add.acknowledged = ended.kind === "answered" || ended.name === "Refusal";
    if (ended.kind === "answered") sawCount(client, key, ended.value);
  }
  return adds;
}

async function checkCounter(world: World, key: string, adds: readonly Add[]): Promise<void> {
  const counter = world.ref(Counter, key);
  const times = new Map(await counter.times());
  expect(await counter.value()).toBe(times.size);
  for (const add of adds) {
    if (add.acknowledged || add.once) expect([add, times.get(add.id)]).toEqual([add, 1]);
    else expect(times.get(add.id) ?? 0).toBeLessThanOrEqual(add.end === "throws" ? 0 : 1);
  }
}

describe("under any order, with slow and failing stores and crashes", () => {
  const exploration: Exploration<readonly Add[]> = {
    types: [Counter, Witness],
    runs: RUNS,
    faults: FAULTS,
    async scenario(world) {
      begin(world);
      return (await Promise.all(["x", "y", "z"].map((client) => sendAdds(world, client)))).flat();
    },
    async check(world, adds) {
      await world.crash();
      expect(now.wrong).toEqual([]);
      for (const key of ["a", "b"]) {
        await checkCounter(
          world,
          key,
          adds.filter((add) => add.key === key),
        );
      }
    },
  };

  test(
    "an acknowledged change is there exactly once, and nothing leaves before it is stored",
    async () => {
      const explored = await explore(exploration);
      expect(explored.faults).toBeGreaterThan(RUNS);
    },
    RUNS * 1_000,
  );
});
