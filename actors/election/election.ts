// An election: who coordinates the servers that a reference lists, as one of them sees it and takes part in it.
import { type Member, parseMembers } from "./members.ts";
import type { Effect, ElectionEvent, Refusal, Request, Role, Standing } from "./messages.ts";
import { type ElectionOptions, Situation } from "./situation.ts";
import { Sponsor } from "./sponsor.ts";
import { timesProblem } from "./times.ts";
import { Voter } from "./voter.ts";

/**
 * A server's part in elections, without clock, sockets or disk: `step` takes what has happened and gives what is to be
 * done, in its order. The highest living rank coordinates, as in the bully algorithm (Garcia-Molina 1982); epochs,
 * votes and leases keep that safe where messages are lost, servers stop for a while, and networks fall apart:
 *
 * - In one epoch nobody ever accepts two coordinators: it is used once, by the sponsor whose rank it carries. A server
 *   without its memory sponsors nobody before so many others have said what they have promised that its own epochs are
 *   among it. Chance alone keeps two epochs apart only where the reference has given a rank anew and its former holder
 *   cannot hear of the new one, or where memory is lost and the lists have changed too: about 1 in 30,000 is the same.
 * - Nobody acts before a majority of the voting servers that it knows, itself among them, has voted for its epoch, nor
 *   once a majority has not answered it for `leaseMs`. Voters vote for no other for longer than that, by clocks that
 *   may differ by 2 %. So while all have the same list, no two act at once.
 * - While lists differ, majorities of them need not meet, and two may act at once, in different epochs: until they, or
 *   a voter of both, hear of each other. Whoever has promised the higher epoch refuses the lower one. A list that has
 *   grown leaves the new ones the time of a lease to be heard; one that has shrunk holds at once.
 * - What a server has promised and accepted never goes down, nor do the epochs whose instructions it follows.
 * - Who falls from office again and again has to be there steadily first (`Presence`), and the next lower one
 *   coordinates. That is each server's own view, and only decides for whom it votes or steps aside.
 *
 * A foreign server that is above all others is sponsored by the highest voting one, which does for it all that is said
 * here: it gathers the votes, announces it, sends the heartbeats, and looks whether it lives. What the foreign one does
 * itself is bound by none of this.
 */
export class Election {
  readonly #situation: Situation;
  readonly #voter: Voter;
  readonly #sponsor: Sponsor;
  #role: Role = "unsure";
  #epoch: number | undefined = undefined;

  /** Throws a `RangeError` for times that break these promises (`timesProblem`). */
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

  /** This, and the next two, as of the last step. */
  get role(): Role {
    return this.#role;
  }

  get coordinator(): string | undefined {
    return (this.#sponsor.office ?? this.#voter.followed)?.coordinator;
  }

  get epoch(): number | undefined {
    return (this.#sponsor.office ?? this.#voter.followed)?.epoch;
  }

  /** The epoch under which it may act as coordinator now; to be asked before each act, however short the time since. */
  actingEpoch(nowMs: number): number | undefined {
    const { office } = this.#sponsor;
    const isOwn = office?.coordinator === this.#situation.name;
    return isOwn && office.isHeld(nowMs) ? office.epoch : undefined;
  }

  /**
   * Why an instruction is not to be followed; undefined: it is. One from a foreign coordinator has no epoch, and is
   * followed while that is the one last accepted.
   */
  instructionRefusal(epoch: number | undefined, coordinator: string): Refusal | undefined {
    return this.#voter.instructionRefusal(epoch, coordinator);
  }

  /** It would not be elected now, were it above this server. */
  isDamped(name: string, nowMs: number): boolean {
    return this.#situation.presence.isDamped(name, nowMs);
  }

  /** First of all time passes: an office whose lease is over by now is left, whatever has happened. */
  step(event: ElectionEvent, nowMs: number): readonly Effect[] {
    this.#situation.nowMs = nowMs;
    this.#sponsor.passTime();
    this.#voter.passTime();
    this.#take(event);
    this.#sponsor.pursue();
    this.#reportRole();
    return this.#situation.takeEffects();
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
