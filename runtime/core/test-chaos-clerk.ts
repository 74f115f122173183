// A durable actor that keeps promises, and one that breaks all: alarms that were missed, tells under a name, watches.
import { Type as t } from "@sinclair/typebox";

import type { DurableContext, Gone } from "./context.ts";
import { actor, type AnyActorType } from "./definition.ts";
import type { Addressable } from "./shape.ts";
import type { Ledger } from "./test-chaos-ledger.ts";
import { NEWS_SLOTS } from "./test-chaos-news.ts";
import type { Clerk } from "./test-chaos-promises.ts";
import type { Chaos, Counted } from "./test-chaos.ts";

type Self = DurableContext<Clerk>;
type Takes<In> = { readonly in: In; readonly out: void };

interface OfClerks {
  readonly work: Takes<number>;
  readonly note: Takes<number>;
  readonly stands: Takes<number>;
  readonly skip: Takes<{ name: string; afterMs: number }>;
  readonly all: Takes<{ name: string; everyMs: number }>;
  readonly watch: Takes<{ id: number; type: string; key: string }>;
}

interface OfRebels {
  readonly work: Takes<number>;
  readonly set: Takes<{ name: string; afterMs: number }>;
}

export const CLERK = { name: "clerk" } as Addressable<OfClerks>;
export const REBEL = { name: "rebel" } as Addressable<OfRebels>;
/** How often an alarm rings of which none may be left out. */
const ALL_TIMES = 4;

interface Scope {
  readonly chaos: Chaos;
  readonly ledger: Ledger;
  readonly version: number;
}

export function clerks(scope: Scope): readonly AnyActorType[] {
  return [clerk(scope), rebel(scope)];
}

function clerk(scope: Scope): AnyActorType {
  const { ledger } = scope;
  const when = <In>(handler: (self: Self, input: In, scope: Scope) => unknown) => {
    return (self: Self, input: In) => (isPast(scope) ? undefined : (handler(self, input, scope) as void));
  };
  const first = actor("clerk", {
    state: (): Clerk => ({ turns: 0, notes: {}, rang: [], all: {}, watched: {}, told: [], count: 0 }),
    durable: true,
    hibernateAfterMs: 200,
  })
    .on("work", { in: t.Integer() }, when(work))
    .on("note", { in: t.Integer() }, when(note))
    .on(
      "skip",
      { in: t.Object({ name: t.String(), afterMs: t.Integer() }) },
      when((self, { name, afterMs }) => {
        self.alarm(name, { afterMs, send: "ring", input: name, missed: "skip" });
        ledger.promises.skips.set(name, self.key, self.unixMs() + afterMs);
      }),
    )
    .on(
      "all",
      { in: t.Object({ name: t.String(), everyMs: t.Integer() }) },
      when((self, { name, everyMs }) => {
        self.alarm(name, { everyMs, send: "each", input: name, missed: "all" });
        self.state.all[name] = { next: self.unixMs() + everyMs, left: ALL_TIMES, everyMs };
      }),
    )
    .on(
      "stands",
      { in: t.Integer() },
      when((_, id) => ledger.promises.news.promised(id)),
    )
    .on("ring", { in: t.String() }, when(ring))
    .on("each", { in: t.String() }, when(each))
    .on("watch", { in: t.Object({ id: t.Integer(), type: t.String(), key: t.String() }) }, when(watch));
  for (let slot = 0; slot < NEWS_SLOTS; slot++) {
    first.on(
      `news${slot}`,
      { in: t.Unknown() },
      when((self, gone) => news(self, gone as Gone, slot, scope)),
    );
  }
  return first;
}

/** Its alarms crash each time. */
function rebel(scope: Scope): AnyActorType {
  return actor("rebel", { state: (): Counted => ({ turns: 0 }), durable: true, hibernateAfterMs: 200 })
    .on("work", { in: t.Integer() }, async (self, delayMs) => {
      self.state.turns++;
      await pause(self, delayMs, scope);
    })
    .on("set", { in: t.Object({ name: t.String(), afterMs: t.Integer() }) }, (self, { name, afterMs }) => {
      self.alarm(name, { afterMs, send: "blow", input: name });
    })
    .on("blow", { in: t.String() }, async (self, name) => {
      self.state.turns++;
      if (!isPast(scope)) scope.ledger.promises.blew(name);
      if (scope.chaos.chance(0.3)) await pause(self, scope.chaos.below(50), scope);
      throw new Error("broke");
    });
}

/** This owner was overtaken: what it does counts for nothing. */
function isPast({ chaos, version }: Scope): boolean {
  return version !== chaos.version;
}

async function pause(self: { sleep(delayMs: number): Promise<void> }, delayMs: number, scope: Scope): Promise<void> {
  await self.sleep(delayMs);
  if (isPast(scope)) await new Promise(() => undefined);
}

/** Each thing crashes once at most. */
function breaks(what: string, share: number, { chaos, ledger }: Scope): void {
  if (ledger.broke.has(what) || !chaos.trouble(share)) return;
  ledger.broke.add(what);
  throw new Error("broke");
}

async function work(self: Self, delayMs: number, scope: Scope): Promise<void> {
  self.state.turns++;
  await pause(self, delayMs, scope);
}

async function note(self: Self, id: number, scope: Scope): Promise<void> {
  const { key, rows, state } = self;
  const row = await rows.get("count");
  if (!isPast(scope) && (row ?? 0) !== state.count)
    scope.chaos.wrong.push(`clerk/${key}: ${row} is not ${state.count}`);
  state.notes[id] = (state.notes[id] ?? 0) + 1;
  rows.put("count", ++state.count);
  if (scope.chaos.chance(0.2)) await pause(self, scope.chaos.below(200), scope);
  breaks(`note ${id}`, 0.2, scope);
}

async function ring(self: Self, name: string, scope: Scope): Promise<void> {
  const { chaos, ledger } = scope;
  if (ledger.promises.skips.isMissed(name)) chaos.wrong.push(`clerk/${self.key}: ${name} was missed, and came`);
  if (self.state.rang.includes(name)) chaos.wrong.push(`clerk/${self.key}: ${name} came twice`);
  if (chaos.chance(0.2)) await pause(self, chaos.below(200), scope);
  breaks(name, 0.4, scope);
  self.state.rang.push(name);
}

async function each(self: Self, name: string, scope: Scope): Promise<void> {
  const { chaos } = scope;
  const alarm = self.state.all[name];
  const dueAt = self.fired?.dueAt;
  if (alarm?.next !== dueAt) chaos.wrong.push(`clerk/${self.key}: ${name} of ${dueAt} came, not of ${alarm?.next}`);
  if (chaos.chance(0.1)) await pause(self, chaos.below(200), scope);
  breaks(`${name} ${dueAt}`, 0.1, scope);
  if (alarm === undefined) return;
  alarm.next += alarm.everyMs;
  if (--alarm.left > 0) return;
  delete self.state.all[name];
  self.cancelAlarm(name);
}

async function watch(self: Self, { id, ...whom }: { id: number; type: string; key: string }, scope: Scope) {
  begin(self, whom, id, scope);
  if (scope.chaos.chance(0.2)) await pause(self, scope.chaos.below(100), scope);
  breaks(`watch ${id}`, 0.1, scope);
}

function begin(self: Self, { type, key }: { type: string; key: string }, id: number, { ledger }: Scope): void {
  const whom = { type, key };
  self.watch(whom, `news${id % NEWS_SLOTS}`);
  ledger.promises.news.begin(self.key, whom, id, ledger.promises.isShut(whom));
  (self.state.watched[`${type}/${key}`] ??= []).push(id);
}

async function news(self: Self, gone: Gone, slot: number, scope: Scope): Promise<void> {
  const { chaos, ledger } = scope;
  const { key, state } = self;
  const name = `${gone.type}/${gone.key}`;
  const id = state.watched[name]?.findLast((number) => number % NEWS_SLOTS === slot) ?? -1;
  if (chaos.chance(0.3)) await pause(self, chaos.below(100), scope);
  breaks(`news ${id}`, 0.2, scope);
  if (id < 0) chaos.wrong.push(`clerk/${key}: told that ${name} went, which it does not watch`);
  if (state.told.includes(id)) chaos.wrong.push(`clerk/${key}: told twice by watch ${id} that ${name} went`);
  const problem = ledger.promises.news.told(key, gone, id);
  if (problem !== undefined) chaos.wrong.push(`clerk/${problem}`);
  state.told.push(id);
  if (!chaos.trouble(0.3)) return;
  const again = ledger.promises.nextId();
  begin(self, gone, again, scope);
  // It comes when that is stored.
  self.ref(CLERK, key).tell.stands(again);
}
