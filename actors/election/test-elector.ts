// One server's election by itself: a test says what the others say, and reads what it wants done.
import { Election } from "./election.ts";
import { epochOf } from "./epoch.ts";
import type { Member } from "./members.ts";
import type { Answer, Ask, Effect, ElectionEvent, ElectionMemory, Request, Standing } from "./messages.ts";
import { electionTimes } from "./times.ts";

export const TIMES = electionTimes();
/** It knows that it has used no epoch. */
export const FRESH: ElectionMemory = { promised: 0, ownCounter: 0, accepted: undefined };
export const STANDING: Standing = {
  kind: "standing",
  coordinator: undefined,
  epoch: undefined,
  promised: 0,
  claims: false,
  boundTo: undefined,
};

/** `a` has rank 1 and so on; a capital is foreign. */
export function membersOf(names: string): readonly Member[] {
  return Array.from(names, (name, index) => ({ name, rank: index + 1, votes: name === name.toLowerCase() }));
}

export interface ElectorOptions {
  readonly name: string;
  readonly known: string;
  readonly memory?: ElectionMemory | undefined;
  readonly random?: () => number;
}

/** As a rule chance is 0 for it: counters go on by one, and it waits as short as may be. */
export class Elector {
  readonly election: Election;
  nowMs = 1_000;
  memory: ElectionMemory | undefined;
  /** All that it has wanted done. */
  readonly effects: Effect[] = [];

  constructor({ name, known, memory, random = () => 0 }: ElectorOptions) {
    this.memory = memory;
    this.election = new Election({ name, times: TIMES, random, memory, nowMs: this.nowMs });
    this.step({ kind: "known", members: membersOf(known) });
  }

  get role(): string {
    return this.election.role;
  }

  get actingEpoch(): number | undefined {
    return this.election.actingEpoch(this.nowMs);
  }

  step(event: ElectionEvent): readonly Effect[] {
    const effects = this.election.step(event, this.nowMs);
    for (const effect of effects) if (effect.kind === "remember") this.memory = effect.memory;
    this.effects.push(...effects);
    return effects;
  }

  /** With a tick whenever one is due. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.election.dueAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.election.dueAtMs);
      this.step({ kind: "tick" });
    }
    this.nowMs = untilMs;
  }

  /** Until it asks around again. */
  waitForQuery(): void {
    const before = this.effects.length;
    while (this.askedSince(before, "query") === "") this.advance(1);
  }

  hear(from: string, message: Request): Answer | undefined {
    const replies = this.step({ kind: "request", from, message }).flatMap((effect) =>
      effect.kind === "reply" ? effect.message : [],
    );
    return replies[0];
  }

  /** The last of this kind that it has asked this one. */
  asked(kind: Request["kind"], name: string): Ask | undefined {
    return this.effects.findLast(
      (effect): effect is Ask => effect.kind === "ask" && effect.to === name && effect.message.kind === kind,
    );
  }

  answer(name: string, message: Answer): void {
    const kind = message.kind === "standing" ? "query" : message.kind === "vote" ? "vote" : undefined;
    const ask = kind === undefined ? this.#lastShown(name) : this.asked(kind, name);
    if (ask === undefined) throw new Error(`Nothing was asked of ${name} that ${message.kind} answers`);
    this.step({ kind: "answer", ask, message });
  }

  /** Nothing stands against it. */
  standBy(names: string, standing: Partial<Standing> = {}): void {
    for (const name of names) this.answer(name, { ...STANDING, ...standing });
  }

  grant(names: string): void {
    for (const name of names) {
      const ask = this.asked("vote", name);
      const epoch = ask?.message.kind === "vote" ? ask.message.epoch : 0;
      this.answer(name, { kind: "vote", granted: true, epoch, boundTo: undefined });
    }
  }

  accept(names: string): void {
    for (const name of names)
      this.answer(name, { kind: "acceptance", accepted: true, epoch: this.election.epoch ?? 0 });
  }

  /** Names of those asked so, in order, since there were so many effects. */
  askedSince(count: number, kind: Request["kind"]): string {
    const asks = this.effects.slice(count).filter((effect) => effect.kind === "ask" && effect.message.kind === kind);
    return asks.map((ask) => (ask as Ask).to).join("");
  }

  #lastShown(name: string): Ask | undefined {
    return this.asked("heartbeat", name) ?? this.asked("announcement", name);
  }
}

/** That of the sponsor with this counter. */
export function epochBy(known: string, name: string, counter: number): number {
  return epochOf(counter, known.indexOf(name) + 1);
}
