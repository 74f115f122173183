// Money between durable actors under random orders, failing stores and crashes: by tells it may be lost, never made; by
// alarms and `once` each coin arrives exactly once.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { explore } from "./explore.ts";
import type { Exploration } from "./explored-run.ts";
import type { Faults } from "./fault-chance.ts";
import { ending } from "./outcome.ts";
import { SteppedSystem } from "./stepped-system.ts";
import { timesRuns } from "./times-runs.ts";
import type { World } from "./world.ts";

const FAULTS: Faults = { crash: 0.01, commitFails: 0.05, answerLost: 0.03, readFails: 0.01 };
/** More of them: `TIMES_RUNS=50 bun test runtime/testing/`. */
const RUNS = timesRuns(90);
const START = 10;

const Coin = t.Object({ id: t.String(), to: t.String() });

const Receiver = actor("account", { state: () => ({ balance: START }), durable: true, hibernateAfterMs: 40 })
  .on("credit", { in: Coin }, async (self, { id }) => {
    const times = Number((await self.rows.get(`got ${id}`)) ?? 0);
    self.state.balance += 1;
    self.rows.put(`got ${id}`, times + 1);
  })
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance)
  .read("rows", { out: t.Array(t.Tuple([t.String(), t.Unknown()])) }, async ({ rows }) =>
    Array.from(await rows.range({ limit: 1_000 }), ({ row, value }): [string, unknown] => [row, value]),
  );

const Account = Receiver.on("tellCoin", { in: Coin }, (self, coin) => {
  self.state.balance -= 1;
  self.rows.put(`sent ${coin.id}`, coin.to);
  self.ref(Receiver, coin.to).tell.credit(coin);
})
  .on("oweCoin", { in: Coin }, (self, coin) => {
    self.state.balance -= 1;
    self.rows.put(`owed ${coin.id}`, coin.to);
    self.alarm(coin.id, { afterMs: 5, send: "settle", input: coin });
    self.alarm(`bell ${coin.id}`, { afterMs: 5, send: "ring", input: coin });
  })
  .on("ring", { in: Coin }, async (self, { id }) => {
    const times = Number((await self.rows.get(`rang ${id}`)) ?? 0);
    self.rows.put(`rang ${id}`, times + 1);
  })
  .on("settle", { in: Coin }, async (self, coin) => {
    const paid = await ending(self.ref(Receiver, coin.to).credit(coin, { once: coin.id, timeoutMs: 1_000 }));
    if (paid.kind === "answered") self.rows.put(`owed ${coin.id}`, "");
    else self.alarm(coin.id, { afterMs: 20, send: "settle", input: coin });
  });

interface Sent {
  readonly id: string;
  readonly how: "tellCoin" | "oweCoin";
  acknowledged: boolean;
}

async function sendCoins(world: World, from: string, to: string): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let index = 0; index < 4; index++) {
    const how = world.random() < 0.5 ? "tellCoin" : "oweCoin";
    const coin = { id: `${from}${index}`, how, acknowledged: false } as const;
    const call = { ...coin, acknowledged: false };
    sent.push(call);
    const ended = await ending(world.client(from).ref(Account, from)[how]({ id: coin.id, to }));
    call.acknowledged = ended.kind === "answered";
    if (!call.acknowledged) await world.sleep(20);
  }
  return sent;
}

describe("coins between two accounts", () => {
  test("arrive when the node dies while they are settled: the alarm stays, though an ask went out", async () => {
    const stepped = new SteppedSystem([Account]);
    await stepped.outcome(stepped.ref(Account, "a").oweCoin({ id: "a0", to: "b" }));
    stepped.storeFaults.next("load", { kills: "before" });
    await stepped.advance(10);
    expect(stepped.up).toBe(false);
    await stepped.restart();
    await stepped.advance(1_000);
    expect(await stepped.outcome(stepped.ref(Account, "b").balance())).toMatchObject({ value: START + 1 });
  });

  const exploration: Exploration<readonly Sent[]> = {
    types: [Account],
    runs: RUNS,
    faults: FAULTS,
    scenario: async (world) => (await Promise.all([sendCoins(world, "a", "b"), sendCoins(world, "b", "a")])).flat(),
    async check(world, sent) {
      await world.crash();
      await world.sleep(20_000);
      const accounts = [world.ref(Account, "a"), world.ref(Account, "b")];
      const rows = new Map((await Promise.all(accounts.map((each) => each.rows()))).flat());
      let lost = 0;
      for (const { id, how, acknowledged } of sent) {
        const left = rows.has(`sent ${id}`) || rows.has(`owed ${id}`) ? 1 : 0;
        const arrived = (rows.get(`got ${id}`) ?? 0) as number;
        if (acknowledged) expect([id, left]).toEqual([id, 1]);
        if (how === "oweCoin") expect([id, arrived, rows.get(`rang ${id}`) ?? 0]).toEqual([id, left, left]);
        else expect(arrived).toBeLessThanOrEqual(left);
        lost += left - arrived;
      }
      const balances = await Promise.all(accounts.map((each) => each.balance()));
      expect(balances.reduce((sum, each) => sum + each, 0)).toBe(2 * START - lost);
    },
  };

  test(
    "arrive once or not at all, and once where they are owed",
    async () => {
      const explored = await explore(exploration);
      expect(explored.faults).toBeGreaterThan(RUNS);
    },
    RUNS * 1_000,
  );
});
