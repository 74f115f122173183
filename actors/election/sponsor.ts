// One server as a sponsor: it asks around, gathers votes, and holds the office that it is given.
import { Campaign } from "./campaign.ts";
import { Canvass } from "./canvass.ts";
import { NO_EPOCH } from "./epoch.ts";
import type { Member } from "./members.ts";
import type { Acceptance, Answer, Ask, Standing, VoteAnswer } from "./messages.ts";
import { Office } from "./office.ts";
import type { Situation } from "./situation.ts";
import { CLOCK_SLACK } from "./times.ts";
import type { Voter } from "./voter.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Of itself, or of the foreign server that is above all others. */
export class Sponsor {
  readonly #situation: Situation;
  readonly #voter: Voter;
  #canvass: Canvass | undefined = undefined;
  #campaign: Campaign | undefined = undefined;
  #office: Office | undefined = undefined;
  /** It tries nothing before; infinity while it has nothing to try. */
  #tryAtMs = NEVER;
  #failedCount = 0;
  /** Higher servers for which it has waited in vain. */
  readonly #passedOver = new Set<string>();

  constructor(situation: Situation, voter: Voter) {
    this.#situation = situation;
    this.#voter = voter;
  }

  /** As of the last step: time may have ended it since then, as `isHeld` says. */
  get office(): Office | undefined {
    return this.#office;
  }

  /** Of the coordinator that it sponsors, or gathers votes for; 0 of one that is not known any more. */
  get claimedRank(): number | undefined {
    const claim = this.#campaign ?? this.#office;
    return claim && this.#situation.members.rankOf(claim.coordinator);
  }

  /** For which it gathers votes; 0 for none. */
  get triedEpoch(): number {
    return this.#campaign?.epoch ?? NO_EPOCH;
  }

  /** When time alone changes something; infinity while it does not. */
  get dueAtMs(): number {
    const { askMs, voteMs } = this.#situation.times;
    const canvassEndsAtMs = this.#canvass === undefined ? NEVER : this.#canvass.startedAtMs + askMs;
    const campaignEndsAtMs = this.#campaign === undefined ? NEVER : this.#campaign.startedAtMs + voteMs;
    const isTrying = this.#canvass !== undefined || this.#campaign !== undefined;
    return Math.min(canvassEndsAtMs, campaignEndsAtMs, this.#office?.dueAtMs ?? (isTrying ? NEVER : this.#tryAtMs));
  }

  passTime(): void {
    const { nowMs, times } = this.#situation;
    if (this.#office?.isHeld(nowMs) === false) {
      this.giveWay();
      this.#situation.reason = "lease_over";
    }
    if (this.#campaign !== undefined && nowMs >= this.#campaign.startedAtMs + times.voteMs) this.#fail();
  }

  /** Whatever is to be done now. */
  pursue(): void {
    const { members, nowMs, times, random } = this.#situation;
    if (this.#office !== undefined) return this.#serve(this.#office);
    const isContent = !this.#wantsOffice() && this.#voter.maySponsor;
    if (members.me === undefined || isContent) return this.#rest();
    // The others may have noticed the same at the same time.
    if (this.#tryAtMs === NEVER) this.#tryAtMs = nowMs + random() * times.backoffMs;
    if (this.#canvass !== undefined) {
      if (nowMs >= this.#canvass.startedAtMs + times.askMs) this.#conclude(this.#canvass);
    } else if (this.#campaign === undefined && nowMs >= this.#tryAtMs) this.#askAround();
  }

  listed(): void {
    const { members } = this.#situation;
    for (const name of this.#passedOver) if (!members.isVoter(name)) this.#passedOver.delete(name);
    this.#office?.listed();
  }

  /** Another is coordinator, or may become it: nothing that it has begun may come to anything. */
  giveWay(): void {
    this.#office = this.#campaign = this.#canvass = undefined;
    this.#tryAtMs = NEVER;
  }

  /** It has voted for another, which is to have time to win. */
  voted(): void {
    const { nowMs, times } = this.#situation;
    this.giveWay();
    this.#tryAtMs = nowMs + times.voteMs * CLOCK_SLACK;
  }

  unreachable(name: string): void {
    this.#canvass?.unreachable(name);
    if (this.#canvass?.isOver === true) this.#conclude(this.#canvass);
  }

  answered(ask: Ask, answer: Answer): void {
    const { message } = ask;
    if (message.kind === "query" && answer.kind === "standing") this.#stands(ask, answer);
    else if (message.kind === "vote" && answer.kind === "vote") this.#hasVoted(ask, message.epoch, answer);
    else if (message.kind !== "query" && answer.kind === "acceptance") this.#hasAnswered(ask, message.epoch, answer);
  }

  #wantsOffice(): boolean {
    const { members, name } = this.#situation;
    const { followed } = this.#voter;
    return followed === undefined || members.rankOf(followed.coordinator) < members.rankOf(name);
  }

  #rest(): void {
    this.giveWay();
    this.#failedCount = 0;
    this.#passedOver.clear();
  }

  #fail(): void {
    const { nowMs, times, random } = this.#situation;
    const backoffMs = Math.min(times.backoffMaxMs, times.backoffMs * 2 ** this.#failedCount++);
    this.#campaign = undefined;
    this.#tryAtMs = nowMs + backoffMs * (0.5 + random() / 2);
  }

  #askAround(): void {
    const { members, nowMs } = this.#situation;
    const query = { kind: "query", promised: this.#voter.promised } as const;
    this.#canvass = new Canvass(members.others, nowMs);
    for (const { name } of members.others) this.#situation.ask(name, query);
    if (this.#canvass.isOver) this.#conclude(this.#canvass);
  }

  #stands({ to, sentAtMs }: Ask, standing: Standing): void {
    const canvass = this.#canvass;
    if (canvass?.startedAtMs !== sentAtMs) return;
    if (this.#situation.members.isVoter(to)) this.#voter.learn(standing.promised ?? NO_EPOCH, to);
    canvass.answered(to, standing);
    if (canvass.isOver) this.#conclude(canvass);
  }

  #conclude(canvass: Canvass): void {
    const { members, presence, name, nowMs, times } = this.#situation;
    this.#canvass = undefined;
    for (const other of members.others) if (!canvass.hasAnswered(other.name)) presence.missed(other.name);
    const answered = members.voters.filter((voter) => canvass.hasAnswered(voter.name));
    this.#voter.learnWho(answered.length, canvass.claimants(members));
    if (!this.#wantsOffice() || !this.#voter.maySponsor) return this.#fail();
    const above = answered.filter(({ rank }) => rank > members.rankOf(name));
    const awaited = above.filter((voter) => !this.#passedOver.has(voter.name) && !presence.isDamped(voter.name, nowMs));
    if (awaited.length > 0) {
      for (const voter of awaited) this.#passedOver.add(voter.name);
      this.#tryAtMs = nowMs + times.waitMs;
      return;
    }
    const supporters = canvass.supporters(members, { name, boundTo: this.#voter.boundTo });
    const favourite = this.#favourite((server) => canvass.hasAnswered(server));
    const isElectable = supporters.has(name) && members.isMajority((voter) => supporters.has(voter));
    if (isElectable && favourite !== undefined) this.#campaignFor(favourite);
    else this.#fail();
  }

  /** The highest of itself and the foreign servers of which this holds. Undefined while it is not listed itself. */
  #favourite(isLiving: (name: string) => boolean): Member | undefined {
    const { members, presence, nowMs } = this.#situation;
    let favourite = members.me;
    if (favourite === undefined) return undefined;
    for (const member of members.others) {
      if (member.votes || member.rank < favourite.rank || !isLiving(member.name)) continue;
      if (!presence.isDamped(member.name, nowMs)) favourite = member;
    }
    return favourite;
  }

  #campaignFor({ name: coordinator }: Member): void {
    const { members, name, nowMs } = this.#situation;
    const epoch = this.#voter.newEpoch(members.rankOf(name));
    if (epoch === undefined) return this.#fail();
    this.#campaign = new Campaign(epoch, coordinator, nowMs);
    this.#voteOwn(this.#campaign);
    for (const voter of members.voters) this.#askVote(voter.name, this.#campaign);
    this.#count(this.#campaign);
  }

  #askVote(name: string, { epoch, coordinator, votes }: Campaign | Office): void {
    const known = this.#situation.members.votersCount;
    this.#situation.ask(name, { kind: "vote", epoch, coordinator, known, votes });
  }

  #hasVoted({ to, sentAtMs }: Ask, epoch: number, { granted, epoch: promised, boundTo }: VoteAnswer): void {
    this.#voter.learn(promised, to);
    const campaign = this.#campaign;
    if (campaign?.epoch === epoch) {
      if (granted) campaign.granted(to, sentAtMs);
      else if (boundTo !== undefined) campaign.refused(to, boundTo);
      this.#voteOwn(campaign);
      for (const freed of campaign.takeFreed()) this.#askVote(freed, campaign);
      this.#count(campaign);
    } else if (granted && this.#office?.epoch === epoch) {
      this.#office.voted(to, sentAtMs);
      this.#office.announceTo(to);
    }
  }

  /** As soon as it is free to: it may be bound to the one above whom it wants to be. */
  #voteOwn(campaign: Campaign): void {
    const { name, nowMs } = this.#situation;
    if (this.#voter.voteOwn(campaign.epoch, campaign.votes)) campaign.granted(name, nowMs);
  }

  #count({ epoch, coordinator, votedAtMs }: Campaign): void {
    const { members, name, nowMs } = this.#situation;
    if (!votedAtMs.has(name) || !members.isMajority((voter) => votedAtMs.has(voter))) return;
    this.#rest();
    this.#tryAtMs = nowMs;
    this.#office = new Office(this.#situation, epoch, coordinator);
    for (const [voter, askedAtMs] of votedAtMs) this.#office.voted(voter, askedAtMs);
    this.#voter.accept({ epoch, coordinator, sponsor: name });
    this.#situation.reason = "elected";
    this.#office.announce();
  }

  #serve(office: Office): void {
    const { presence, nowMs } = this.#situation;
    office.beat(this.#voter.promised);
    const favourite = this.#favourite((server) => presence.isLiving(server, nowMs));
    const isOther = favourite !== undefined && favourite.name !== office.coordinator;
    if (isOther || office.isOfOtherRank) this.#renew(favourite);
  }

  #hasAnswered(ask: Ask, epoch: number, answer: Acceptance): void {
    const office = this.#office;
    if (office?.epoch !== epoch || !(answer.accepted || this.#voter.learn(answer.epoch, ask.to))) return;
    const remedy = office.answered(ask, answer);
    if (remedy === "vote") this.#askVote(ask.to, office);
    else if (remedy === "announcement") office.announceTo(ask.to);
    else if (remedy === "later_epoch") this.#renew(this.#situation.members.find(office.coordinator));
  }

  /** It stays in office meanwhile. */
  #renew(candidate: Member | undefined): void {
    const isBusy = this.#campaign !== undefined || this.#situation.nowMs < this.#tryAtMs;
    if (candidate !== undefined && !isBusy) this.#campaignFor(candidate);
  }
}
