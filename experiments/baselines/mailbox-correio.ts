// Correio in the mailbox experiment: the same work by actors, with every check that an actor system always makes.

import { join } from "node:path";

import { systemClock } from "#runtime/base/clock.ts";
import { ActorSystem } from "#runtime/core/system.ts";
import { actor, type Ref, t } from "#runtime/mod.ts";
import { openSqliteStore } from "#runtime/storage/sqlite-store.ts";

import { JumpingClock } from "../lib/jumping-clock.ts";
import { worksOf } from "../lib/mailbox-loops.ts";
import { createAccount, type DurableSubject, durableWorksOf } from "../lib/mailbox-sleep.ts";
import { runWorks, type Subject, type Works } from "../lib/mailbox-work.ts";

const hourMs = 3_600_000;
/** Turns of the loop after which actors that are still awake will not sleep. */
const loopTurnsMax = 10_000;
const databaseBytesMax = 4 * 2 ** 30;
const amountSchema = t.Object({ amount: t.Integer() });
const totalsSchema = t.Object({ count: t.Integer(), sum: t.Integer() });
const addSchemas = { in: amountSchema, out: t.Integer() };

const Counter = actor("counter", { state: () => ({ count: 0, sum: 0 }), hibernateAfterMs: hourMs })
  .on("add", addSchemas, ({ state }, { amount }) => {
    state.count++;
    state.sum += amount;
    return amount;
  })
  .on("put", { in: amountSchema }, ({ state }, { amount }) => {
    state.count++;
    state.sum += amount;
  })
  .read("totals", { out: totalsSchema }, ({ state: { count, sum } }) => ({ count, sum }));

const Middle = actor("middle", { state: () => ({}) }).on("add", addSchemas, (middle, input) =>
  middle.ref(Counter, "last").add(input),
);

const First = actor("first", { state: () => ({}) }).on("add", addSchemas, (first, input) =>
  first.ref(Middle, "middle").add(input),
);

const AccountActor = actor("account", { state: createAccount, durable: true, hibernateAfterMs: hourMs })
  .on("add", addSchemas, ({ state }, { amount }) => {
    state.count++;
    state.sum += amount;
    return amount;
  })
  .read("totals", { out: totalsSchema }, ({ state: { count, sum } }) => ({ count, sum }));

function createSubject(): Subject<ReturnType<typeof refTo>> {
  const system = new ActorSystem({ clock: systemClock, types: [Counter, Middle, First], development: false });
  const find = (index: number): ReturnType<typeof refTo> => refTo(system, `actor-${index}`);
  return {
    start: find,
    find,
    ask: (ref, amount) => ref.add({ amount }),
    tell(ref, amount) {
      const receipt = ref.tell.put({ amount });
      if (!receipt.accepted) throw receipt.why;
    },
    totals: (ref) => ref.totals(),
    startChain() {
      const first = system.ref(First, "first");
      const last = refTo(system, "last");
      return { ask: (amount) => first.add({ amount }), totals: () => last.totals() };
    },
  };
}

function refTo(system: ActorSystem, key: string): Ref<(typeof Counter)["shape"]["methods"]> {
  return system.ref(Counter, key);
}

/** Committed by SQLite with fsync; all sleep when the clock is set ahead of the time that they may be idle. */
function createDurableSubject(folder: string): DurableSubject<Ref<(typeof AccountActor)["shape"]["methods"]>> {
  const clock = new JumpingClock();
  const store = openSqliteStore({ path: join(folder, "correio.db"), sync: "full", bytesMax: databaseBytesMax });
  const system = new ActorSystem({ clock, types: [AccountActor], store, development: false });
  const resident = (): number => system.hosts.reduce((sum, { cells }) => sum + cells.size, 0);
  return {
    find: (index) => system.ref(AccountActor, `actor-${index}`),
    ask: (ref, amount) => ref.add({ amount }),
    totals: (ref) => ref.totals(),
    async sleep() {
      const awake = resident();
      clock.jump(hourMs + 1);
      for (let turns = 0; resident() > 0 && turns < loopTurnsMax; turns++) await turnOfLoop();
      return awake;
    },
    resident,
  };
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

if (import.meta.main) {
  await runWorks((folder): Works => {
    return folder === "" ? worksOf(createSubject()) : durableWorksOf(createDurableSubject(folder));
  });
}
