// One server as a sponsor: it asks around, gathers votes, and holds the office that it has been given.
import { Campaign } from "./campaign.ts";
import { Canvass } from "./canvass.ts";
import { NO_EPOCH, sponsorRankOf } from "./epoch.ts";
import type { Member } from "./members.ts";
import type { Acceptance, Answer, Ask, Standing, VoteAnswer } from "./messages.ts";
import { Office } from "./office.ts";
import type { Situation } from "./situation.ts";
import { CLOCK_SLACK } from "./times.ts";
import type { Voter } from "./voter.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** It sponsors itself, or the foreign server that is above all others. */
export class Sponsor {
  readonly #situation: Situation;
  readonly #voter: Voter;
  #canvass: Canvass | undefined = undefined;
  #campaign: Campaign | undefined = undefined;
  #office: Office | undefined = undefined;
  /** Not before then; infinity while it wants no office. */
  #tryAtMs = NEVER;
  #failedCount = 0;
  /** Higher servers for which it has waited in vain. */
  readonly #passedOver = new Set<string>();

  constructor(situation: Situation, voter: Voter) {
    this.#situation = situation;
    this.#voter = voter;
  }

  /** As of the last step; it may be over since then, as `holds` says. */
  get office(): Office | undefined {
    return this.#office;
  }

  /** Of the coordinator that it sponsors, or gathers votes for; 0 of one that is not known any more. */
  get claimedRank(): number | undefined {
    const claim = this.#campaign ?? this.#office;
    return claim && this.#situation.members.rankOf(claim.coordinator);
  }

  /** For which it gathers votes. */
  get triedEpoch(): number {
    return this.#campaign?.epoch ?? NO_EPOCH;
  }

  /** When time alone changes something; infinity while it does not. */
  get dueAtMs(): number {
    const { nowMs, times } = this.#situation;
    const office = this.#office;
    const canvassEndsMs = this.#canvass === undefined ? NEVER : this.#canvass.startedAtMs + times.askMs;
    const campaignEndsMs = this.#campaign === undefined ? NEVER : this.#campaign.startedAtMs + times.voteMs;
    const isTrying = this.#canvass !== undefined || this.#campaign !== undefined;
    const next = office === undefined ? (isTrying ? NEVER : this.#tryAtMs) : office.dueAtMs(nowMs);
    return Math.min(canvassEndsMs, campaignEndsMs, next);
  }

  holds(nowMs: number): boolean {
    return this.#office?.isHeld(this.#situation.members, nowMs) === true;
  }

  passTime(): void {
    const { nowMs, times } = this.#situation;
    if (this.#office !== undefined && !this.holds(nowMs)) {
      this.giveWay();
      this.#situation.reason = "lease_over";
    }
    if (this.#campaign !== undefined && nowMs >= this.#campaign.startedAtMs + times.voteMs) this.#fail();
  }

  /** Whatever it has to do now. */
  pursue(): void {
    const { members, nowMs, times, random } = this.#situation;
    if (this.#office !== undefined) return this.#serve(this.#office);
    if (members.me === undefined || (!this.#wantsOffice() && this.#voter.maySponsor)) return this.#rest();
    // The others may have noticed the same at the same time.
    if (this.#tryAtMs === NEVER) this.#tryAtMs = nowMs + random() * times.backoffMs;
    if (this.#canvass !== undefined) {
      if (nowMs >= this.#canvass.startedAtMs + times.askMs) this.#conclude(this.#canvass);
    } else if (this.#campaign === undefined && nowMs >= this.#tryAtMs) this.#askAround();
  }

  listed(): void {
    const { members, nowMs, times } = this.#situation;
    for (const name of this.#passedOver) if (!members.isVoter(name)) this.#passedOver.delete(name);
    this.#office?.listed(members, nowMs + times.leaseMs, nowMs);
  }

  /** Another is the coordinator, or will be: nothing that it has begun may come to an end. */
  giveWay(): void {
    this.#office = this.#campaign = this.#canvass = undefined;
    this.#tryAtMs = NEVER;
  }

  /** It has voted for another, and lets that one try first. */
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
    if (message.kind === "query" && answer.kind === "standing") return this.#stands(ask, answer);
    if (!this.#situation.members.isVoter(ask.to)) return;
    if (message.kind === "vote" && answer.kind === "vote") this.#hasVoted(ask, message.epoch, answer);
    else if (answer.kind === "acceptance" && message.kind !== "query") this.#hasAccepted(ask, message.epoch, answer);
  }

  #wantsOffice(): boolean {
    const { members } = this.#situation;
    const { followed } = this.#voter;
    return (
      members.me !== undefined && (followed === undefined || members.rankOf(followed.coordinator) < members.me.rank)
    );
  }

  #rest(): void {
    this.giveWay();
    this.#failedCount = 0;
    this.#passedOver.clear();
  }

  #askAround(): void {
    const { members, nowMs } = this.#situation;
    this.#canvass = new Canvass(members.others, nowMs);
    for (const { name } of members.others) this.#query(name);
    if (this.#canvass.isOver) this.#conclude(this.#canvass);
  }

  #query(name: string): void {
    this.#situation.ask(name, { kind: "query", promised: this.#voter.promised });
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
    const favourite = this.#favourite((server) => canvass.hasAnswered(server));
    if (favourite === undefined || !this.#voter.maySponsor || !this.#wantsOffice()) return this.#fail();
    const above = answered.filter((voter) => voter.rank > members.rankOf(name) && !this.#passedOver.has(voter.name));
    const awaited = above.filter((voter) => !presence.isDamped(voter.name, nowMs));
    for (const voter of awaited) this.#passedOver.add(voter.name);
    if (awaited.length > 0) {
      this.#tryAtMs = nowMs + times.waitMs;
      return;
    }
    const supporters = canvass.supporters(members, { name, boundTo: this.#voter.boundTo });
    const isElectable = supporters.has(name) && members.isMajority((voter) => supporters.has(voter));
    if (isElectable) this.#campaignFor(favourite);
    else this.#fail();
  }

  /** The highest of itself and the foreign servers of which this holds. Undefined while it is not listed itself. */
  #favourite(isLiving: (name: string) => boolean): Member | undefined {
    const { members, presence, nowMs } = this.#situation;
    let favourite = members.me;
    for (const member of favourite === undefined ? [] : members.others) {
      const { name, rank, votes } = member;
      const isHigher = !votes && rank > (favourite?.rank ?? 0);
      if (isHigher && isLiving(name) && !presence.isDamped(name, nowMs)) favourite = member;
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

  #askVote(name: string, { epoch, coordinator, voters }: Campaign | Office): void {
    const known = this.#situation.members.votersCount;
    this.#situation.ask(name, { kind: "vote", epoch, coordinator, known, votes: voters });
  }

  #voteOwn(campaign: Campaign): void {
    if (this.#voter.voteOwn(campaign.epoch, campaign.voters))
      campaign.granted(this.#situation.name, this.#situation.nowMs);
  }

  #hasVoted({ to, sentAtMs }: Ask, epoch: number, { granted, epoch: promised, boundTo }: VoteAnswer): void {
    this.#voter.learn(promised, to);
    const campaign = this.#campaign;
    const office = this.#office;
    if (campaign?.epoch === epoch) {
      if (granted) campaign.granted(to, sentAtMs);
      else if (boundTo !== undefined) campaign.refused(to, boundTo);
      this.#voteOwn(campaign);
      for (const freed of campaign.takeFreed()) this.#askVote(freed, campaign);
      this.#count(campaign);
    } else if (granted && office?.epoch === epoch) {
      office.voted(to, sentAtMs + this.#situation.times.voteMs);
      this.#announceTo(to, office);
    }
  }

  #count(campaign: Campaign): void {
    const { members, name, nowMs, times } = this.#situation;
    const { epoch, coordinator, votes } = campaign;
    if (!votes.has(name) || !members.isMajority((voter) => votes.has(voter))) return;
    const office = new Office(epoch, coordinator, name);
    office.listed(members, nowMs, nowMs);
    for (const [voter, askedAtMs] of votes) office.voted(voter, askedAtMs + times.voteMs);
    office.heartbeatAtMs = nowMs + times.heartbeatMs;
    this.#rest();
    this.#office = office;
    this.#tryAtMs = nowMs;
    this.#voter.accept({ epoch, coordinator, sponsor: name });
    this.#situation.reason = "elected";
    this.#situation.emit({
      kind: "announce",
      coordinator,
      rank: members.rankOf(coordinator),
      epoch,
      votes: office.voters,
    });
    for (const other of members.others) this.#announceTo(other.name, office);
  }

  #announceTo(name: string, { epoch, coordinator, voters }: Office): void {
    this.#situation.ask(name, { kind: "announcement", epoch, coordinator, votes: voters });
  }

  #serve(office: Office): void {
    const { members, presence, name, nowMs, times } = this.#situation;
    if (nowMs >= office.heartbeatAtMs) {
      office.heartbeatAtMs = nowMs + times.heartbeatMs;
      for (const voter of members.voters) this.#situation.ask(voter.name, { kind: "heartbeat", epoch: office.epoch });
      const foreign = members.others.filter(({ votes, rank }) => !votes && rank > members.rankOf(name));
      for (const server of foreign) this.#query(server.name);
    }
    if (this.#campaign !== undefined || nowMs < this.#tryAtMs) return;
    const favourite = this.#favourite((server) => presence.isLiving(server, nowMs));
    const hasOtherRank = sponsorRankOf(office.epoch) !== members.rankOf(name);
    if (favourite !== undefined && (favourite.name !== office.coordinator || hasOtherRank))
      this.#campaignFor(favourite);
  }

  #hasAccepted({ to, sentAtMs, message }: Ask, epoch: number, { accepted, epoch: promised }: Acceptance): void {
    const { members, times } = this.#situation;
    const office = this.#office;
    if (office?.epoch !== epoch) return;
    if (accepted) return office.supported(to, sentAtMs + times.leaseMs);
    if (!this.#voter.learn(promised, to)) return;
    // It can follow where a majority has voted, and only under a later epoch where it has promised one.
    const isMajority = members.isMajority((name) => office.voters.includes(name));
    if (promised > epoch || (promised === epoch && !isMajority)) this.#renew(office);
    else if (message.kind !== "heartbeat") return;
    else if (isMajority) this.#announceTo(to, office);
    else this.#askVote(to, office);
  }

  #renew({ coordinator }: Office): void {
    const { members, nowMs } = this.#situation;
    const candidate = members.find(coordinator);
    const isBusy = this.#campaign !== undefined || nowMs < this.#tryAtMs;
    if (candidate !== undefined && !isBusy) this.#campaignFor(candidate);
  }

  #fail(): void {
    const { nowMs, times, random } = this.#situation;
    this.#campaign = undefined;
    const backoffMs = Math.min(times.backoffMaxMs, times.backoffMs * 2 ** this.#failedCount++);
    this.#tryAtMs = nowMs + backoffMs * (0.5 + random() / 2);
  }
}
