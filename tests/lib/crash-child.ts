// The process that the crash test kills: durable actors under load, on one database that outlives each of its lives.
import { writeSync } from "node:fs";

import { type Clock, systemClock } from "#runtime/base/clock.ts";
import type { CoreEvents, Store } from "#runtime/core/ports.ts";
import { ActorSystem } from "#runtime/core/system.ts";
import { Refusal } from "#runtime/mod.ts";
import { openSqliteStore } from "#runtime/storage/sqlite-store.ts";

import { Account, crashActors, type EntryPage, Log, Sleeper, Teller, Timekeeper } from "./crash-actors.ts";
import { withFault } from "./crash-faults.ts";
import type { Message, Plan, ShownPlace, ShownTimekeeper } from "./crash-messages.ts";
import { type Operation, operationAt, REFUSED, tellers, timekeepersOf } from "./crash-operations.ts";

/** By which it is started. */
export const CHILD_PATH = import.meta.path;

const BYTES_MAX = 8 * 1_073_741_824;
const FIGURES_EVERY_MS = 5;
/** After a kill there is much to catch up with, and other programs have the processor too. */
const PATIENT = { timeoutMs: 60_000 };
const REFUSALS: ReadonlySet<string> = new Set(["account.entered", "teller.busy"]);

interface Life {
  readonly plan: Plan;
  readonly store: Store;
  readonly system: ActorSystem;
}

/** What was said before a kill has been said: it is in the pipe when this returns. */
function say(message: Message): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

async function run(plan: Plan): Promise<void> {
  const clock = aheadBy(plan.aheadMs);
  const store = openSqliteStore({ path: plan.path, sync: plan.sync, bytesMax: BYTES_MAX });
  // Every other life with the checks of development.
  const development = plan.life % 2 === 0;
  const kept = withFault(store, plan.fault);
  const system = new ActorSystem({ clock, types: crashActors, store: kept, development, events: faults });
  const life = { plan, store: kept, system };
  await system.start();
  const unixMs = clock.unixMs();
  const [quarantines, letters] = await Promise.all([store.quarantines(), store.letters(Number.MAX_SAFE_INTEGER, 1)]);
  const { epoch } = store;
  say({ kind: "ready", epoch, unixMs, quarantines: quarantines.length, letters: letters.length });
  await recover(life, unixMs);
  if (plan.load) return underLoad(life);
  await system.drain();
  await store.close();
  say({ kind: "ended" });
  process.exit(0);
}

/** Everything that was in flight is sent again, and then everything is shown. */
async function recover(life: Life, sinceMs: number): Promise<void> {
  const { plan, system } = life;
  const again = plan.retries.map(async (operation) => {
    say({ kind: "again", id: operation.id, answer: await perform(system, operation) });
  });
  await Promise.all(again);
  for (const key of tellers) while ((await system.ref(Teller, key).retry(undefined, PATIENT)) > 0);
  const timekeepers = await Promise.all(plan.timekeepers.map((key) => end(life, key, sinceMs)));
  const places = await Promise.all(plan.places.map(({ place, after }) => show(system, place, after)));
  say({ kind: "checked", places, timekeepers });
}

/** Once all that was due has fired, one-shot alarms and missed ones, its periodic alarms are cancelled. */
async function end({ plan, store, system }: Life, key: string, sinceMs: number): Promise<ShownTimekeeper> {
  const keeper = system.ref(Timekeeper, key);
  const isOwed = async (): Promise<boolean> => {
    const { firings } = await keeper.times(undefined, PATIENT);
    const fired = new Set(firings.map(({ id }) => id));
    const alarms = await store.alarmsOf("timekeeper", key);
    const due = alarms.filter(({ everyMs, dueAt }) => everyMs === 0 || dueAt <= sinceMs);
    return due.some(({ name, fire }) => !fired.has(`alarm:${name}#${fire}`));
  };
  const untilMs = performance.now() + plan.dueWithinMs;
  while ((await isOwed()) && performance.now() < untilMs) await Bun.sleep(1);
  await keeper.finish(undefined, PATIENT);
  return { key, ...(await keeper.times(undefined, PATIENT)) };
}

async function show(system: ActorSystem, place: string, after: number): Promise<ShownPlace> {
  const shown = await pageOf(system, place, after);
  const entries = [...shown.entries];
  while (after + entries.length < shown.count) {
    const { entries: more } = await pageOf(system, place, after + entries.length);
    if (more.length === 0) break;
    entries.push(...more);
  }
  return { place, ...shown, entries };
}

function pageOf(system: ActorSystem, place: string, after: number): Promise<EntryPage> {
  const [type, key = ""] = place.split("/");
  const from = { after };
  switch (type) {
    case "account":
      return system.ref(Account, key).page(from, PATIENT);
    case "log":
      return system.ref(Log, key).page(from, PATIENT);
    case "sleeper":
      return system.ref(Sleeper, key).page(from, PATIENT);
    default:
      return system.ref(Timekeeper, key).page(from, PATIENT);
  }
}

/** The loop looks at its timers before all clients that wait go on together, as if they came over one socket. */
function createGate(): () => Promise<void> {
  let gate: Promise<void> | undefined;
  const open = (resolve: () => void): void => {
    gate = undefined;
    resolve();
  };
  return () => (gate ??= new Promise((resolve) => void setImmediate(open, resolve)));
}

async function underLoad({ plan, system }: Life): Promise<void> {
  const { seed, life, clients, operationsMax } = plan;
  for (const key of timekeepersOf(life)) await system.ref(Timekeeper, key).begin();
  setInterval(() => say({ kind: "figures", ...figuresOf(system) }), FIGURES_EVERY_MS);
  say({ kind: "begun" });
  const nextTurn = createGate();
  let answeredOnce = 0;
  const work = async (client: number): Promise<void> => {
    for (let number = 1; number <= operationsMax; number++) {
      const answer = await perform(system, operationAt(seed, life, client, number));
      say({ kind: "acknowledged", client, number, answer });
      if (number === 1 && ++answeredOnce === clients) say({ kind: "loaded" });
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
}

/** Resolves once it is answered: with its number in the actor's list, or that it was refused. */
async function perform(system: ActorSystem, operation: Operation): Promise<number> {
  try {
    return await ask(system, operation);
  } catch (error) {
    if (error instanceof Refusal && REFUSALS.has(error.code)) return REFUSED;
    say({ kind: "fault", what: `${operation.kind} ${operation.id}: ${String(error)}` });
    throw error;
  }
}

function ask(system: ActorSystem, operation: Operation): Promise<number> {
  const { id, once, key, kind } = operation;
  const options = once ? { ...PATIENT, once: id } : PATIENT;
  switch (kind) {
    case "add": {
      const { amount, refused } = operation;
      return system.ref(Account, key).add({ id, amount, refused }, options);
    }
    case "transfer": {
      const { from, to, amount } = operation;
      return system.ref(Teller, key).transfer({ id, from, to, amount }, options);
    }
    case "append":
      return system.ref(Log, key).append({ id, amount: operation.length }, options);
    case "note":
      return system.ref(Sleeper, key).note({ id, amount: operation.amount }, options);
    case "wake": {
      const { afterMs, missed } = operation;
      return system.ref(Timekeeper, key).wake({ id, afterMs, missed }, options);
    }
  }
}

function figuresOf({ hosts, commits }: ActorSystem) {
  const sum = (figure: "activations" | "hibernations"): number =>
    hosts.reduce((total, { stats }) => total + stats[figure], 0);
  return { activations: sum("activations"), hibernations: sum("hibernations"), commits: commits.batches };
}

const faults: Partial<CoreEvents> = {
  crashed: ({ type, key, method, error }) => fault(`crash of ${type}/${key}.${method}: ${String(error)}`),
  deadLetter: ({ type, key, method, reason }) => fault(`dead letter for ${type}/${key}.${method}: ${reason}`),
  quarantined: ({ type, key, reason }) => fault(`quarantine of ${type}/${key}: ${reason}`),
  storeFailed: ({ error }) => fault(`store: ${String(error)}`),
};

function fault(what: string): void {
  say({ kind: "fault", what });
}

function aheadBy(aheadMs: number): Clock {
  return { ...systemClock, unixMs: () => systemClock.unixMs() + aheadMs };
}

if (import.meta.main) void Bun.stdin.json().then((plan) => run(plan as Plan));
