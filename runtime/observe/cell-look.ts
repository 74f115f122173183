// A bounded look at actors in memory: whose mailbox is deepest, who has most turns. Very many are looked at in parts.
import type { Cell } from "../core/cell.ts";
import type { TypeHost } from "../core/type-host.ts";
import { limits } from "../limits.ts";
import type { LiveBusyActor, LiveDeepActor } from "./live-view.ts";

interface Ranked {
  readonly cell: Cell;
  readonly mailbox: number;
  readonly mailboxBytes: number;
  readonly turnsPerSecond: number;
}

/** All actors once. */
interface Round {
  readonly startedMs: number;
  readonly cells: Iterator<Cell, undefined>;
  /** Who is looked at next. */
  next: Cell | undefined;
  readonly mailboxes: Map<string, number>;
  readonly busiest: Ranked[];
  readonly deepest: Ranked[];
  looks: number;
}

interface LastTurns {
  turns: number;
  atMs: number;
}

export class CellLook {
  readonly #hosts: readonly TypeHost[];
  /** Of the actors that had turns lately. */
  readonly #known = new Map<Cell, LastTurns>();
  #round: Round | undefined;
  /** The last one that has come to its end. */
  #shown: Round;
  /** When the round before began. */
  #sinceMs: number;

  constructor(hosts: readonly TypeHost[], nowMs: number) {
    this.#hosts = hosts;
    this.#sinceMs = nowMs;
    this.#shown = beginRound([], nowMs);
  }

  /** Looks at the next ones, at most so many, and not beyond the last: then the next look begins anew. */
  look(nowMs: number, cellsMax: number): void {
    const round = (this.#round ??= beginRound(this.#hosts, nowMs));
    round.looks++;
    for (let looked = 0; looked < cellsMax && round.next !== undefined; looked++) {
      if (!round.next.gone) this.#see(round.next, round, nowMs);
      round.next = round.cells.next().value;
    }
    if (round.next === undefined) this.#end(round);
  }

  /** Looks that the last round took. */
  get looks(): number {
    return Math.max(1, this.#shown.looks);
  }

  /** Messages that wait in the mailboxes of a type. */
  mailbox(type: string): number {
    return this.#shown.mailboxes.get(type) ?? 0;
  }

  get busiest(): readonly LiveBusyActor[] {
    return this.#shown.busiest.map(({ cell, turnsPerSecond, mailbox }) => ({
      ...nameOf(cell),
      turnsPerSecond: Math.round(turnsPerSecond * 10) / 10,
      mailbox,
    }));
  }

  get deepest(): readonly LiveDeepActor[] {
    return this.#shown.deepest.map(({ cell, mailbox, mailboxBytes }) => ({ ...nameOf(cell), mailbox, mailboxBytes }));
  }

  #see(cell: Cell, round: Round, nowMs: number): void {
    const { count: mailbox, bytes: mailboxBytes } = cell.mailbox;
    const isActive = cell.idleSinceMs >= this.#sinceMs;
    if (mailbox === 0 && !isActive) return;
    const turnsPerSecond = isActive ? this.#turnsPerSecond(cell, nowMs) : 0;
    const ranked = { cell, mailbox, mailboxBytes, turnsPerSecond };
    const { busiest, deepest, mailboxes } = round;
    rank(busiest, ranked, "turnsPerSecond");
    rank(deepest, ranked, "mailbox");
    const { name } = cell.host.type;
    mailboxes.set(name, (mailboxes.get(name) ?? 0) + mailbox);
  }

  /** 0 for one that is not known yet: nobody can say since when it has had its turns. */
  #turnsPerSecond(cell: Cell, nowMs: number): number {
    const { turns } = cell;
    const last = this.#known.get(cell);
    if (last === undefined) {
      if (this.#known.size < limits.liveActorsKnownMax) this.#known.set(cell, { turns, atMs: nowMs });
      return 0;
    }
    const tookMs = nowMs - Math.max(last.atMs, this.#sinceMs);
    const turnsPerSecond = tookMs > 0 ? (1_000 * (turns - last.turns)) / tookMs : 0;
    last.turns = turns;
    last.atMs = nowMs;
    return turnsPerSecond;
  }

  #end(round: Round): void {
    this.#shown = round;
    this.#sinceMs = round.startedMs;
    this.#round = undefined;
    for (const cell of this.#known.keys()) if (cell.gone) this.#known.delete(cell);
  }
}

function beginRound(hosts: readonly TypeHost[], startedMs: number): Round {
  const cells = cellsOf(hosts);
  return { startedMs, cells, next: cells.next().value, mailboxes: new Map(), busiest: [], deepest: [], looks: 0 };
}

/** Those that come meanwhile are among them, those that go are not. */
function* cellsOf(hosts: readonly TypeHost[]): Generator<Cell, undefined> {
  for (const { cells } of hosts) yield* cells.values();
}

/** The most first; one that has none has no place. */
function rank(list: Ranked[], ranked: Ranked, by: "mailbox" | "turnsPerSecond"): void {
  const value = ranked[by];
  const last = list.at(-1);
  const isFull = list.length >= limits.liveActorsListedMax;
  if (value === 0 || (isFull && last !== undefined && value <= last[by])) return;
  const index = list.findIndex((each) => each[by] < value);
  list.splice(index < 0 ? list.length : index, 0, ranked);
  if (list.length > limits.liveActorsListedMax) list.pop();
}

function nameOf({ key, host: { type } }: Cell): { readonly type: string; readonly key?: string } {
  return { type: type.name, ...(type.options.private === true ? {} : { key }) };
}
