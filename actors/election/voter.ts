// One server as a voter: what it has promised, whom it has accepted, and to whom it is bound.
import { limits } from "#runtime/mod.ts";

import { counterOf, epochOf, isEpoch, nextCounter, NO_EPOCH, sponsorRankOf } from "./epoch.ts";
import { witnessesOf } from "./majority.ts";
import type { Member } from "./members.ts";
import type {
  Acceptance,
  Accepted,
  Announcement,
  Heartbeat,
  Query,
  Reason,
  Refusal,
  VoteAnswer,
  VoteRequest,
} from "./messages.ts";
import type { Situation } from "./situation.ts";
import { CLOCK_SLACK } from "./times.ts";

/** Until then it votes for nobody but this one; undefined after a start, when it has forgotten for whom. */
interface Binding {
  readonly to: string | undefined;
  readonly untilMs: number;
}

/**
 * It votes once in an epoch, and never in one below what it has voted in or accepted. While a sponsor may count on its
 * answer it votes for no other, unless that sponsor has voted for the other itself, and so counts on nothing any more.
 */
export class Voter {
  readonly #situation: Situation;
  #binding: Binding;
  /** Of the epochs that it has heard of. */
  #highestCounter: number;
  /** Undefined: it follows nobody. */
  #heardAtMs: number | undefined = undefined;

  constructor(situation: Situation) {
    const { memory, nowMs, times } = situation;
    this.#situation = situation;
    this.#binding = { to: undefined, untilMs: nowMs + times.timeoutMs };
    this.#highestCounter = Math.max(counterOf(memory.promised), memory.ownCounter ?? 0);
  }

  get promised(): number {
    return this.#situation.memory.promised;
  }

  /** What it has accepted last, if it has heard of it within the timeout. */
  get followed(): Accepted | undefined {
    return this.#heardAtMs === undefined ? undefined : this.#situation.memory.accepted;
  }

  /** Infinity while it follows nobody. */
  get silentAtMs(): number {
    return this.#heardAtMs === undefined ? Number.POSITIVE_INFINITY : this.#heardAtMs + this.#situation.times.timeoutMs;
  }

  /** With the vote of this one it would vote for others; its own name stands for nobody's. */
  get boundTo(): string | undefined {
    const { nowMs, name } = this.#situation;
    return this.#binding.untilMs > nowMs ? (this.#binding.to ?? name) : undefined;
  }

  /** Whether it knows that an epoch of its own would be a new one. */
  get maySponsor(): boolean {
    return this.#situation.memory.ownCounter !== undefined;
  }

  /**
   * Why it would not vote for this candidate, as `boundTo`. `claimedRank` is that of the coordinator whom this server
   * sponsors, or gathers votes for.
   */
  objection(candidate: Member, votes: readonly string[], claimedRank: number | undefined): string | undefined {
    const { name, members, presence, nowMs } = this.#situation;
    // Only of those above: this one is there instead of them, so that there is always somebody without objections.
    const isAbove = candidate.votes && candidate.rank > members.rankOf(name);
    if (isAbove && presence.isDamped(candidate.name, nowMs)) return name;
    if (claimedRank !== undefined && candidate.rank <= claimedRank) return name;
    return this.#isFree(votes) ? undefined : this.boundTo;
  }

  vote(from: string, request: VoteRequest, claimedRank: number | undefined): VoteAnswer {
    const { members, times } = this.#situation;
    const { epoch, coordinator, votes } = request;
    const refusal = this.#voteRefusal(from, request);
    const candidate = members.find(coordinator);
    if (refusal !== undefined || candidate === undefined) return this.#refuse(from, refusal ?? "wrong_coordinator");
    const boundTo = this.objection(candidate, votes, claimedRank);
    if (boundTo !== undefined) return this.#refuse(from, "bound", boundTo);
    this.#promise(epoch);
    this.#bind(from, times.voteMs * CLOCK_SLACK);
    this.#stopFollowing("voted");
    return { kind: "vote", granted: true, epoch, boundTo: undefined };
  }

  announcement(from: string, announcement: Announcement): Acceptance {
    const { epoch, coordinator } = announcement;
    const refusal = this.#announcementRefusal(from, announcement);
    if (refusal !== undefined) {
      this.#situation.refuse(refusal, from);
      return { kind: "acceptance", accepted: false, epoch: this.promised };
    }
    this.accept({ epoch, coordinator, sponsor: from });
    this.#follow(from);
    return { kind: "acceptance", accepted: true, epoch };
  }

  heartbeat(from: string, { epoch }: Heartbeat): Acceptance {
    const { members, memory } = this.#situation;
    const { accepted, promised } = memory;
    const isAccepted = epoch === promised && accepted?.epoch === epoch && accepted.sponsor === from;
    if (isAccepted && members.isVoter(from)) {
      this.#follow(from);
      return { kind: "acceptance", accepted: true, epoch };
    }
    this.#situation.refuse(this.#epochRefusal(epoch) ?? "not_accepted", from);
    return { kind: "acceptance", accepted: false, epoch: promised };
  }

  /** Foreign coordinators give none. */
  instructionRefusal(epoch: number | undefined, coordinator: string): Refusal | undefined {
    const { accepted, promised } = this.#situation.memory;
    const isForeign = accepted !== undefined && accepted.sponsor !== accepted.coordinator;
    const given = epoch === undefined && isForeign ? accepted.epoch : epoch;
    const isAccepted = accepted?.coordinator === coordinator && accepted.epoch === given;
    return isAccepted && given === promised ? undefined : (this.#epochRefusal(given) ?? "not_accepted");
  }

  /** The same again changes nothing. */
  accept(accepted: Accepted): void {
    const { members, presence, nowMs, memory } = this.#situation;
    const before = memory.accepted;
    if (before?.epoch === accepted.epoch) return;
    // The sponsor of a foreign coordinator stays when that falls, so that it shows by whom it has been followed.
    const wasForeign = before !== undefined && before.coordinator !== before.sponsor;
    if (wasForeign && members.rankOf(accepted.coordinator) < members.rankOf(before.coordinator)) {
      presence.fell(before.coordinator, nowMs);
    }
    this.#situation.remember({ accepted });
    this.#promise(accepted.epoch);
  }

  /** Its vote for itself: whether it may be cast, and so is. */
  voteOwn(epoch: number, votes: readonly string[]): boolean {
    if (epoch <= this.promised || !this.#isFree(votes)) return false;
    this.#promise(epoch);
    this.#stopFollowing("voted");
    this.#release();
    return true;
  }

  /** Above all that it has heard of, and of which it will know that it has used it. Undefined: there is none left. */
  newEpoch(rank: number): number | undefined {
    const counter = nextCounter(this.#highestCounter, this.#situation.random());
    if (counter === undefined) return undefined;
    this.#highestCounter = counter;
    this.#situation.remember({ ownCounter: counter });
    return epochOf(counter, rank);
  }

  /** Whether it can be one: what is too far ahead is not believed, unless nothing is known here yet. */
  learn(epoch: number, from: string): boolean {
    const { ownCounter, promised } = this.#situation.memory;
    if (epoch === NO_EPOCH) return true;
    const knowsNothing = ownCounter === undefined && promised === NO_EPOCH;
    const refusal = knowsNothing && isEpoch(epoch) ? undefined : this.#numberRefusal(epoch);
    if (refusal === undefined) this.#highestCounter = Math.max(this.#highestCounter, counterOf(epoch));
    else this.#situation.refuse(refusal, from);
    return refusal === undefined;
  }

  /** So many other voters have just answered, and of those these claim an office. */
  learnWho(answeredCount: number, claimants: readonly string[]): void {
    const { members, memory } = this.#situation;
    if (memory.ownCounter === undefined && answeredCount >= witnessesOf(members.votersCount)) {
      this.#situation.remember({ ownCounter: this.#highestCounter });
    }
    // To whomever it was bound before it started: that one would be among them.
    if (this.#binding.to !== undefined || answeredCount < members.voters.length || claimants.length > 1) return;
    const [claimant] = claimants;
    if (claimant === undefined) this.#release();
    else this.#binding = { to: claimant, untilMs: this.#binding.untilMs };
  }

  passTime(): void {
    if (this.#situation.nowMs >= this.silentAtMs) this.#stopFollowing("silent");
  }

  /** Who asks around has no office, unless it asked before it was elected. */
  query(from: string, { promised }: Query): void {
    const { followed } = this;
    const isLater = followed !== undefined && (promised === NO_EPOCH || promised >= followed.epoch);
    if (isLater && followed.sponsor === from) this.#stopFollowing("left_office");
  }

  #promise(epoch: number): void {
    if (epoch <= this.promised) return;
    this.#situation.remember({ promised: epoch });
    this.#highestCounter = Math.max(this.#highestCounter, counterOf(epoch));
  }

  #isFree(votes: readonly string[]): boolean {
    const { to, untilMs } = this.#binding;
    return untilMs <= this.#situation.nowMs || (to !== undefined && votes.includes(to));
  }

  /** A sponsor that asks for another vote may still count on what it has been answered before. */
  #bind(to: string, forMs: number): void {
    const boundUntilMs = this.#binding.to === to ? this.#binding.untilMs : Number.NEGATIVE_INFINITY;
    this.#binding = { to, untilMs: Math.max(boundUntilMs, this.#situation.nowMs + forMs) };
  }

  #release(): void {
    this.#binding = { to: this.#situation.name, untilMs: Number.NEGATIVE_INFINITY };
  }

  #follow(sponsor: string): void {
    const { nowMs, times } = this.#situation;
    if (this.#heardAtMs === undefined) this.#situation.reason = "announced";
    this.#heardAtMs = nowMs;
    this.#bind(sponsor, times.timeoutMs);
  }

  #stopFollowing(reason: Reason): void {
    const { presence, nowMs } = this.#situation;
    const { followed } = this;
    if (followed === undefined) return;
    this.#heardAtMs = undefined;
    this.#situation.reason = reason;
    if (reason !== "voted" && followed.sponsor === followed.coordinator) presence.fell(followed.coordinator, nowMs);
  }

  #voteRefusal(from: string, request: VoteRequest): Refusal | undefined {
    const { epoch, known } = request;
    const refusal = this.#sponsorRefusal(from, request);
    if (refusal !== undefined) return refusal;
    if (epoch <= this.promised) return "stale_epoch";
    return known >= this.#situation.members.votersCount ? undefined : "fewer_known";
  }

  #announcementRefusal(from: string, announcement: Announcement): Refusal | undefined {
    const { epoch, coordinator, votes } = announcement;
    const { members, memory } = this.#situation;
    const refusal = this.#sponsorRefusal(from, announcement) ?? this.#epochRefusal(epoch);
    if (refusal !== undefined) return refusal;
    const isOther = memory.accepted?.epoch === epoch && memory.accepted.coordinator !== coordinator;
    if (isOther) return "wrong_coordinator";
    return members.isMajority((name) => votes.includes(name)) ? undefined : "too_few_votes";
  }

  #sponsorRefusal(from: string, { epoch, coordinator }: VoteRequest | Announcement): Refusal | undefined {
    const { members } = this.#situation;
    const refusal = this.#numberRefusal(epoch);
    if (refusal !== undefined) return refusal;
    if (!members.isVoter(from)) return "not_a_voter";
    if (members.rankOf(from) !== sponsorRankOf(epoch)) return "wrong_rank";
    const isForeign = members.find(coordinator)?.votes === false;
    return isForeign || coordinator === from ? undefined : "wrong_coordinator";
  }

  #epochRefusal(epoch: number | undefined): Refusal | undefined {
    return this.#numberRefusal(epoch) ?? ((epoch as number) < this.promised ? "stale_epoch" : undefined);
  }

  #numberRefusal(epoch: number | undefined): Refusal | undefined {
    if (!isEpoch(epoch)) return "bad_epoch";
    return counterOf(epoch) > this.#highestCounter + limits.electionEpochLeapMax ? "epoch_leap" : undefined;
  }

  #refuse(from: string, refusal: Refusal, boundTo?: string): VoteAnswer {
    this.#situation.refuse(refusal, from);
    return { kind: "vote", granted: false, epoch: this.promised, boundTo };
  }
}
