// An election: who coordinates the servers that a reference lists, as one of them sees it and takes part in it.
import { type Member, parseMembers } from "./members.ts";
import type { Effect, ElectionEvent, Refusal, Request, Role, Standing } from "./messages.ts";
import { type ElectionOptions, Situation } from "./situation.ts";
import { Sponsor } from "./sponsor.ts";
import { timesProblem } from "./times.ts";
import { Voter } from "./voter.ts";

export class Election {
  readonly #situation: Situation;
  readonly #voter: Voter;
  readonly #sponsor: Sponsor;
  #role: Role = "unsure";
  #epoch: number | undefined = undefined;

  constructor(options: ElectionOptions) {
    const problem = timesProblem(options.times);
    if (problem !== undefined) throw new RangeError(`Cannot take part in elections: ${problem}`);
    this.#situation = new Situation(options);
    this.#voter = new Voter(this.#situation);
    this.#sponsor = new Sponsor(this.#situation, this.#voter);
  }

  /** When the next tick is due if nothing happens before; infinity while none is. */
  get dueAtMs(): number {
    return Math.min(this.#voter.silentAtMs, this.#sponsor.dueAtMs);
  }

  get role(): Role {
    return this.#role;
  }

  get coordinator(): string | undefined {
    return (this.#sponsor.office ?? this.#voter.followed)?.coordinator;
  }

  get epoch(): number | undefined {
    return (this.#sponsor.office ?? this.#voter.followed)?.epoch;
  }

  /** The epoch under which it may act as coordinator at this very time, and until it asks again. */
  actingEpoch(nowMs: number): number | undefined {
    const { office } = this.#sponsor;
    const isOwn = office?.coordinator === this.#situation.name;
    return isOwn && this.#sponsor.holds(nowMs) ? office.epoch : undefined;
  }

  instructionRefusal(epoch: number | undefined, coordinator: string): Refusal | undefined {
    return this.#voter.instructionRefusal(epoch, coordinator);
  }

  isDamped(name: string, nowMs: number): boolean {
    return this.#situation.presence.isDamped(name, nowMs);
  }

  step(event: ElectionEvent, nowMs: number): readonly Effect[] {
    const situation = this.#situation;
    situation.nowMs = Math.max(situation.nowMs, nowMs);
    this.#sponsor.passTime();
    this.#voter.passTime();
    this.#take(event);
    this.#sponsor.pursue();
    this.#reportRole();
    return situation.takeEffects();
  }

  #take(event: ElectionEvent): void {
    switch (event.kind) {
      case "tick":
        return;
      case "known":
        return this.#know(event.members);
      case "request":
        this.#seen(event.from);
        return this.#reply(event.from, event.message);
      case "answer":
        this.#seen(event.ask.to);
        return this.#sponsor.answered(event.ask, event.message);
      case "heard":
        return this.#seen(event.name);
      case "unreachable":
        return this.#sponsor.unreachable(event.name);
    }
  }
  #seen(name: string): void {
    const { members, presence, nowMs } = this.#situation;
    if (members.find(name) !== undefined) presence.seen(name, nowMs);
  }

  #know(list: readonly Member[]): void {
    const { name, presence, nowMs } = this.#situation;
    if (this.#situation.members.equals(list)) return;
    const members = parseMembers(name, list);
    if (members === undefined) return this.#situation.refuse("bad_list", name);
    this.#situation.members = members;
    presence.keep((server) => members.find(server) !== undefined, nowMs);
    this.#sponsor.listed();
  }

  #reply(from: string, message: Request): void {
    switch (message.kind) {
      case "query":
        this.#voter.query(from, message);
        return this.#situation.reply(this.#standingFor(from));
      case "vote": {
        const answer = this.#voter.vote(from, message, this.#sponsor.claimedRank);
        if (answer.granted) this.#sponsor.voted();
        return this.#situation.reply(answer);
      }
      case "announcement": {
        const answer = this.#voter.announcement(from, message);
        if (answer.accepted) this.#sponsor.giveWay();
        return this.#situation.reply(answer);
      }
      case "heartbeat":
        return this.#situation.reply(this.#voter.heartbeat(from, message));
    }
  }

  #standingFor(asker: string): Standing {
    const { name, members } = this.#situation;
    const candidate = members.find(asker);
    const { claimedRank, triedEpoch } = this.#sponsor;
    return {
      kind: "standing",
      coordinator: this.coordinator,
      epoch: this.epoch,
      promised: Math.max(this.#voter.promised, triedEpoch),
      claims: claimedRank !== undefined,
      boundTo: candidate === undefined ? name : this.#voter.objection(candidate, [], claimedRank),
    };
  }

  #reportRole(): void {
    const { coordinator, epoch } = this;
    const role =
      coordinator === undefined ? "unsure" : coordinator === this.#situation.name ? "coordinator" : "follower";
    if (role === this.#role && epoch === this.#epoch) return;
    this.#role = role;
    this.#epoch = epoch;
    this.#situation.emit({ kind: "became", role, coordinator, epoch, reason: this.#situation.reason });
  }
}
