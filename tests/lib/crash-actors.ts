// The actors of the crash test: accounts, tellers that transfer between them, logs, sleepers, and keepers of alarms.
import type { ActorContext, DurableContext, DurableReadContext } from "#runtime/core/context.ts";
import type { Receipt } from "#runtime/mod.ts";
import { actor, t } from "#runtime/mod.ts";

/** Something that was done to an actor, noted in its list. */
export interface Entry {
  readonly id: string;
  readonly amount: number;
}

/** A stretch of the list, and what the state says of all of it. */
export interface EntryPage {
  readonly count: number;
  readonly balance: number;
  readonly entries: Entry[];
}

export interface NotedFiring {
  readonly name: string;
  readonly id: string;
  readonly dueAt: number;
  /** Unix milliseconds of its turn. */
  readonly at: number;
}

/** Transfers of one teller whose two moves are not both confirmed. */
const OUTBOX_MAX = 32;
const PAGE = 1_000;

/** Periodic alarms of a timekeeper, by their missed policy. */
export const PERIODS_MS = { once: 10, all: 40, skip: 10 } as const;

const entryShape = { id: t.String(), amount: t.Integer() };
const entrySchema = t.Object(entryShape);
const pageSchema = t.Object({ count: t.Integer(), balance: t.Integer(), entries: t.Array(entrySchema) });
const afterSchema = t.Object({ after: t.Integer() });
const legSchema = t.Object({ id: t.String(), leg: t.Integer() });
const transferSchema = t.Object({ ...entryShape, from: t.String(), to: t.String() });

const timesSchema = t.Object({
  finishedAt: t.Integer(),
  firings: t.Array(t.Object({ name: t.String(), id: t.String(), dueAt: t.Integer(), at: t.Integer() })),
});

interface Totals {
  count: number;
  balance: number;
}

/** Sums in the state, entries in rows: they are committed together or not at all. */
function enter(owner: DurableContext<Totals>, entry: Entry & { readonly text?: string }): number {
  owner.state.balance += entry.amount;
  owner.rows.put(rowOf(++owner.state.count), entry);
  return owner.state.count;
}

async function pageOf(owner: DurableReadContext<Readonly<Totals>>, after: number): Promise<EntryPage> {
  const { count, balance } = owner.state;
  const rows = await owner.rows.range({ from: rowOf(after + 1), limit: PAGE });
  const entries = rows.map(({ row, value }, index) => {
    if (row !== rowOf(after + index + 1)) throw new Error(`Row ${row} follows ${index} rows after ${after}`);
    const { id, amount, text = "" } = value as Entry & { text?: string };
    if (text !== "" && text !== textOf(id, amount)) throw new Error(`Row ${row} has another text`);
    return { id, amount };
  });
  return { count, balance, entries };
}

const rowOf = (number: number): string => String(number).padStart(9, "0");
const textOf = (id: string, length: number): string => id.repeat(Math.ceil(length / id.length)).slice(0, length);

const nothing = (): Totals => ({ count: 0, balance: 0 });

/** Accounts and tellers tell each other: the types of one of the two have to be written down. */
interface TellerRef {
  readonly tell: { readonly settled: (leg: { id: string; leg: number }) => Receipt };
}
const tellerOf = (turn: ActorContext<Totals>, key: string): TellerRef => turn.ref(Teller, key);

export const Account = actor("account", { state: nothing, durable: true })
  .on("add", { in: t.Object({ ...entryShape, refused: t.Boolean() }), out: t.Integer() }, (account, input) => {
    const number = enter(account, { id: input.id, amount: input.amount });
    // What was changed before a refusal stays.
    if (input.refused) throw account.refuse("account.entered");
    return number;
  })
  .on(
    "move",
    { in: t.Object({ ...entryShape, teller: t.String(), transfer: t.String(), leg: t.Integer() }), out: t.Integer() },
    (account, { id, amount, teller, transfer, leg }) => {
      const number = enter(account, { id, amount });
      tellerOf(account, teller).tell.settled({ id: transfer, leg });
      return number;
    },
  )
  .read("page", { in: afterSchema, out: pageSchema }, (account, { after }) => pageOf(account, after));

export const Log = actor("log", { state: nothing, durable: true })
  .on("append", { in: entrySchema, out: t.Integer() }, (log, { id, amount }) =>
    enter(log, { id, amount, text: textOf(id, amount) }),
  )
  .read("page", { in: afterSchema, out: pageSchema }, (log, { after }) => pageOf(log, after));

interface Transfer extends Entry {
  readonly from: string;
  readonly to: string;
}

interface OpenTransfer extends Transfer {
  /** A bit for each move that is confirmed. */
  readonly settled: number;
}

/** A transfer is in the outbox until both accounts have said that they moved; moves that are lost are sent again. */
export const Teller = actor("teller", { state: () => ({ open: 0, count: 0 }), durable: true })
  .on("transfer", { in: transferSchema, out: t.Integer() }, (teller, transfer) => {
    if (teller.state.open >= OUTBOX_MAX) throw teller.refuse("teller.busy");
    teller.state.open++;
    teller.rows.put(transfer.id, { ...transfer, settled: 0 });
    for (const { to, move, once } of movesOf(teller.key, transfer)) teller.ref(Account, to).tell.move(move, { once });
    return ++teller.state.count;
  })
  .on("settled", { in: legSchema }, async (teller, { id, leg }) => {
    const row = (await teller.rows.get(id)) as OpenTransfer | undefined;
    if (row === undefined) return;
    const settled = row.settled | leg;
    if (settled === 3) close(teller, id);
    else teller.rows.put(id, { ...row, settled });
  })
  .on("retry", { out: t.Integer() }, async (teller) => {
    const rows = await teller.rows.range({ limit: OUTBOX_MAX });
    for (const { row, value } of rows) {
      const moves = movesOf(teller.key, value as OpenTransfer);
      // Twice more, and each under its first name.
      for (const { to, move, once } of moves) teller.ref(Account, to).tell.move(move, { once });
      await Promise.all(moves.map(({ to, move, once }) => teller.ref(Account, to).move(move, { once })));
      close(teller, row);
    }
    return rows.length;
  });

function close(teller: DurableContext<{ open: number }>, id: string): void {
  teller.state.open--;
  teller.rows.delete(id);
}

function movesOf(teller: string, { id, from, to, amount }: Transfer) {
  const moves = [
    { to: from, move: { id: `${id}-`, amount: -amount, teller, transfer: id, leg: 1 } },
    { to, move: { id: `${id}+`, amount, teller, transfer: id, leg: 2 } },
  ];
  return moves.map((each) => ({ ...each, once: each.move.id }));
}

/** Leaves memory between two notes; everything is in its state. */
export const Sleeper = actor("sleeper", {
  state: (): { entries: Entry[] } => ({ entries: [] }),
  durable: true,
  hibernateAfterMs: 2,
})
  .on("note", { in: entrySchema, out: t.Integer() }, (sleeper, entry) => sleeper.state.entries.push({ ...entry }))
  .read("page", { in: afterSchema, out: pageSchema }, ({ state }, { after }) => listed(state.entries, after));

interface Times {
  entries: Entry[];
  fired: NotedFiring[];
  /** Unix milliseconds; 0 before. */
  finishedAt: number;
}

/** One-shot alarms on demand, and three periodic ones; all that fired is in its state. */
export const Timekeeper = actor("timekeeper", {
  state: (): Times => ({ entries: [], fired: [], finishedAt: 0 }),
  durable: true,
  hibernateAfterMs: 4,
})
  .on("begin", {}, (keeper) => {
    keeper.alarm("once", { everyMs: PERIODS_MS.once, send: "ring", missed: "once" });
    keeper.alarm("all", { everyMs: PERIODS_MS.all, send: "ring", missed: "all" });
    keeper.alarm("skip", { everyMs: PERIODS_MS.skip, send: "ring", missed: "skip" });
  })
  .on(
    "wake",
    {
      in: t.Object({
        id: t.String(),
        afterMs: t.Integer(),
        missed: t.Union([t.Literal("once"), t.Literal("all"), t.Literal("skip")]),
      }),
      out: t.Integer(),
    },
    (keeper, { id, afterMs, missed }) => {
      keeper.alarm(id, { afterMs, send: "ring", missed });
      return keeper.state.entries.push({ id, amount: afterMs });
    },
  )
  .on("ring", {}, (keeper) => {
    if (keeper.fired === undefined) throw new Error("It rings for alarms only");
    keeper.state.fired.push({ ...keeper.fired, at: keeper.unixMs() });
  })
  .on("finish", {}, (keeper) => {
    for (const name of Object.keys(PERIODS_MS)) keeper.cancelAlarm(name);
    keeper.state.finishedAt ||= keeper.unixMs();
  })
  .read("page", { in: afterSchema, out: pageSchema }, ({ state }, { after }) => listed(state.entries, after))
  .read("times", { out: timesSchema }, ({ state: { fired, finishedAt } }) => ({
    finishedAt,
    firings: fired.map((firing) => ({ ...firing })),
  }));

function listed(entries: readonly Entry[], after: number): EntryPage {
  const balance = entries.reduce((sum, { amount }) => sum + amount, 0);
  const page = entries.slice(after, after + PAGE).map((entry) => ({ ...entry }));
  return { count: entries.length, balance, entries: page };
}

export const crashActors = [Account, Log, Teller, Sleeper, Timekeeper] as const;
