// One server as a voter: what it has promised, whom it has accepted and follows, and for whom it would vote.
import { Binding } from "./binding.ts";
import { counterOf, epochOf, isEpoch, nextCounter, NO_EPOCH } from "./epoch.ts";
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
import { numberRefusal, sponsorRefusal } from "./refusals.ts";
import type { Situation } from "./situation.ts";
import { CLOCK_SLACK } from "./times.ts";

/** It votes once in an epoch, and in none that is not above all in which it has voted or accepted a coordinator. */
export class Voter {
  readonly #situation: Situation;
  readonly #binding: Binding;
  /** Of the epochs that it has heard of. */
  #highestCounter: number;
  /** Undefined: it follows nobody. */
  #heardAtMs: number | undefined = undefined;

  constructor(situation: Situation) {
    const { memory, name, nowMs, times } = situation;
    this.#situation = situation;
    this.#binding = new Binding(name, nowMs + times.timeoutMs);
    this.#highestCounter = Math.max(counterOf(memory.promised), memory.ownCounter ?? 0);
  }

  get promised(): number {
    return this.#situation.memory.promised;
  }

  /** What it has accepted last, while it hears of it. */
  get followed(): Accepted | undefined {
    return this.#heardAtMs === undefined ? undefined : this.#situation.memory.accepted;
  }

  /** When it will have heard nothing for the timeout; infinity while it follows nobody. */
  get silentAtMs(): number {
    return this.#heardAtMs === undefined ? Number.POSITIVE_INFINITY : this.#heardAtMs + this.#situation.times.timeoutMs;
  }

  /** As `Binding` has it. */
  get boundTo(): string | undefined {
    return this.#binding.boundTo(this.#situation.nowMs);
  }

  /** Whether it knows that an epoch of its own would be a new one. */
  get maySponsor(): boolean {
    return this.#situation.memory.ownCounter !== undefined;
  }

  passTime(): void {
    if (this.#situation.nowMs >= this.silentAtMs) this.#stopFollowing("silent");
  }

  /** Who asks around has no office, unless it asked before it was elected. */
  query(from: string, { promised }: Query): void {
    const { followed } = this;
    if (followed?.sponsor !== from) return;
    if (promised === NO_EPOCH || promised >= followed.epoch) this.#stopFollowing("left_office");
  }

  /**
   * With whose vote it would vote for this candidate, its own name for nobody's; undefined: it would now. `claimedRank`
   * is that of the coordinator whom this server sponsors, or gathers votes for.
   */
  objection(candidate: Member, votes: readonly string[], claimedRank: number | undefined): string | undefined {
    const { name, members, presence, nowMs } = this.#situation;
    // None of those below: somebody is left without objections, whatever each server thinks of the others.
    const isAbove = candidate.votes && candidate.rank > members.rankOf(name);
    if (isAbove && presence.isDamped(candidate.name, nowMs)) return name;
    if (claimedRank !== undefined && candidate.rank <= claimedRank) return name;
    return this.#binding.allows(votes, nowMs) ? undefined : this.boundTo;
  }

  vote(from: string, request: VoteRequest, claimedRank: number | undefined): VoteAnswer {
    const { members, nowMs, times } = this.#situation;
    const { epoch, coordinator, votes } = request;
    const refusal = this.#voteRefusal(from, request);
    const candidate = members.find(coordinator);
    if (refusal !== undefined || candidate === undefined) return this.#refuse(from, refusal ?? "wrong_coordinator");
    const boundTo = this.objection(candidate, votes, claimedRank);
    if (boundTo !== undefined) return this.#refuse(from, "bound", boundTo);
    this.#promise(epoch);
    this.#binding.bind(from, nowMs + times.voteMs * CLOCK_SLACK);
    this.#stopFollowing("voted");
    this.#situation.reason = "voted";
    return { kind: "vote", granted: true, epoch, boundTo: undefined };
  }

  /** Its vote for itself: whether it may cast it, and so has. */
  voteOwn(epoch: number, votes: readonly string[]): boolean {
    if (epoch <= this.promised || !this.#binding.allows(votes, this.#situation.nowMs)) return false;
    this.#promise(epoch);
    this.#binding.release();
    this.#stopFollowing("voted");
    return true;
  }

  announcement(from: string, announcement: Announcement): Acceptance {
    const { epoch, coordinator } = announcement;
    const refusal = this.#announcementRefusal(from, announcement);
    if (refusal !== undefined) return this.#doNotAccept(from, refusal);
    this.accept({ epoch, coordinator, sponsor: from });
    return this.#follow(from, epoch);
  }

  heartbeat(from: string, { epoch }: Heartbeat): Acceptance {
    const { members, memory } = this.#situation;
    const { accepted, promised } = memory;
    const isAccepted = epoch === promised && epoch === accepted?.epoch && from === accepted.sponsor;
    if (isAccepted && members.isVoter(from)) return this.#follow(from, epoch);
    return this.#doNotAccept(from, this.#epochRefusal(epoch) ?? "not_accepted");
  }

  /** The same again changes nothing. */
  accept(accepted: Accepted): void {
    const { members, presence, nowMs, memory } = this.#situation;
    const before = memory.accepted;
    if (accepted.epoch === before?.epoch) return;
    // A foreign coordinator falls in silence: its sponsor goes on, and announces another.
    const wasForeign = before !== undefined && before.coordinator !== before.sponsor;
    if (wasForeign && members.rankOf(accepted.coordinator) < members.rankOf(before.coordinator)) {
      presence.fell(before.coordinator, nowMs);
    }
    this.#situation.remember({ accepted });
    this.#promise(accepted.epoch);
  }

  instructionRefusal(epoch: number | undefined, coordinator: string): Refusal | undefined {
    const { accepted, promised } = this.#situation.memory;
    const isForeign = accepted !== undefined && accepted.coordinator !== accepted.sponsor;
    const given = epoch === undefined && isForeign ? accepted.epoch : epoch;
    const isAccepted = accepted?.coordinator === coordinator && accepted.epoch === given;
    return isAccepted && given === promised ? undefined : (this.#epochRefusal(given) ?? "not_accepted");
  }

  /** Above all that it has heard of; that it has used it is remembered before it is. Undefined: there is none left. */
  newEpoch(rank: number): number | undefined {
    const counter = nextCounter(this.#highestCounter, this.#situation.random());
    if (counter === undefined) return undefined;
    this.#highestCounter = counter;
    this.#situation.remember({ ownCounter: counter });
    return epochOf(counter, rank);
  }

  /** What another has promised: whether it can be. One that knows nothing yet believes what is far ahead too. */
  learn(epoch: number, from: string): boolean {
    if (epoch === NO_EPOCH) return true;
    const knowsNothing = !this.maySponsor && this.promised === NO_EPOCH;
    const refusal = knowsNothing && isEpoch(epoch) ? undefined : numberRefusal(epoch, this.#highestCounter);
    if (refusal === undefined) this.#hear(epoch);
    else this.#situation.refuse(refusal, from);
    return refusal === undefined;
  }

  /** So many other voters have just said what they have promised, and these that they hold or want an office. */
  learnWho(answeredCount: number, claimants: readonly string[]): void {
    const { votersCount } = this.#situation.members;
    if (!this.maySponsor && answeredCount >= witnessesOf(votersCount)) {
      this.#situation.remember({ ownCounter: this.#highestCounter });
    }
    if (answeredCount === votersCount - 1) this.#binding.narrow(claimants);
  }

  #promise(epoch: number): void {
    if (epoch <= this.promised) return;
    this.#situation.remember({ promised: epoch });
    this.#hear(epoch);
  }

  #hear(epoch: number): void {
    this.#highestCounter = Math.max(this.#highestCounter, counterOf(epoch));
  }

  #follow(sponsor: string, epoch: number): Acceptance {
    const { nowMs, times } = this.#situation;
    this.#situation.reason = "announced";
    this.#heardAtMs = nowMs;
    this.#binding.bind(sponsor, nowMs + times.timeoutMs);
    return { kind: "acceptance", accepted: true, epoch };
  }

  #stopFollowing(reason: Reason): void {
    const { presence, nowMs } = this.#situation;
    const { followed } = this;
    if (followed === undefined) return;
    this.#heardAtMs = undefined;
    this.#situation.reason = reason;
    const hasFallen = reason !== "voted" && followed.coordinator === followed.sponsor;
    if (hasFallen) presence.fell(followed.coordinator, nowMs);
  }

  #voteRefusal(from: string, request: VoteRequest): Refusal | undefined {
    const { members } = this.#situation;
    const refusal = numberRefusal(request.epoch, this.#highestCounter) ?? sponsorRefusal(members, from, request);
    if (refusal !== undefined) return refusal;
    if (request.epoch <= this.promised) return "stale_epoch";
    return request.known >= members.votersCount ? undefined : "fewer_known";
  }

  #announcementRefusal(from: string, announcement: Announcement): Refusal | undefined {
    const { epoch, coordinator, votes } = announcement;
    const { members, memory } = this.#situation;
    const refusal = this.#epochRefusal(epoch) ?? sponsorRefusal(members, from, announcement);
    if (refusal !== undefined) return refusal;
    if (memory.accepted?.epoch === epoch && memory.accepted.coordinator !== coordinator) return "wrong_coordinator";
    return members.isMajority((name) => votes.includes(name)) ? undefined : "too_few_votes";
  }

  #epochRefusal(epoch: number | undefined): Refusal | undefined {
    const isStale = epoch !== undefined && epoch < this.promised;
    return numberRefusal(epoch, this.#highestCounter) ?? (isStale ? "stale_epoch" : undefined);
  }

  #refuse(from: string, refusal: Refusal, boundTo?: string): VoteAnswer {
    this.#situation.refuse(refusal, from);
    return { kind: "vote", granted: false, epoch: this.promised, boundTo };
  }

  #doNotAccept(from: string, refusal: Refusal): Acceptance {
    this.#situation.refuse(refusal, from);
    return { kind: "acceptance", accepted: false, epoch: this.promised };
  }
}
