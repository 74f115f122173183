// A sponsor in office: it shows that its coordinator is there, and counts on whose answers that may go on.
import { sponsorRankOf } from "./epoch.ts";
import type { Acceptance, Ask } from "./messages.ts";
import type { Situation } from "./situation.ts";

/** What a voter that does not accept it needs before it can. */
export type Remedy = "vote" | "announcement" | "later_epoch";

export class Office {
  readonly epoch: number;
  readonly coordinator: string;
  readonly #situation: Situation;
  readonly #votes = new Set<string>();
  /** Until when each voter supports it: the sponsor itself for good, since it has no office once it does not. */
  readonly #supportedUntilMs: Map<string, number>;
  #heartbeatAtMs: number;

  /** It has been elected. */
  constructor(situation: Situation, epoch: number, coordinator: string) {
    this.epoch = epoch;
    this.coordinator = coordinator;
    this.#situation = situation;
    this.#supportedUntilMs = new Map([[situation.name, Number.POSITIVE_INFINITY]]);
    for (const { name } of situation.members.voters) this.#supportedUntilMs.set(name, situation.nowMs);
    this.#heartbeatAtMs = situation.nowMs + situation.times.heartbeatMs;
  }

  /** Who has voted for it. */
  get votes(): readonly string[] {
    return [...this.#votes].sort();
  }

  /** Its next heartbeat, or the end of somebody's support. */
  get dueAtMs(): number {
    const { nowMs } = this.#situation;
    let dueAtMs = this.#heartbeatAtMs;
    for (const untilMs of this.#supportedUntilMs.values()) if (untilMs > nowMs) dueAtMs = Math.min(dueAtMs, untilMs);
    return dueAtMs;
  }

  /** The sponsor had another rank when it was elected: the reference has given it a new one. */
  get isOfOtherRank(): boolean {
    const { members, name } = this.#situation;
    return members.rankOf(name) !== sponsorRankOf(this.epoch);
  }

  /** Whether a majority supports it. */
  isHeld(nowMs: number): boolean {
    return this.#situation.members.isMajority((name) => (this.#supportedUntilMs.get(name) ?? nowMs) > nowMs);
  }

  voted(name: string, askedAtMs: number): void {
    this.#votes.add(name);
    this.#support(name, askedAtMs + this.#situation.times.voteMs);
  }

  /** Who was not known before counts as a supporter for the time of a lease, in which it can say whether it is one. */
  listed(): void {
    const { members, name: sponsor, nowMs, times } = this.#situation;
    for (const name of this.#supportedUntilMs.keys()) {
      if (members.isVoter(name) || name === sponsor) continue;
      this.#supportedUntilMs.delete(name);
      this.#votes.delete(name);
    }
    for (const { name } of members.voters) {
      if (this.#supportedUntilMs.has(name)) continue;
      this.#support(name, nowMs + times.leaseMs);
      this.#heartbeatAtMs = nowMs;
    }
  }

  announce(): void {
    const { members } = this.#situation;
    const { epoch, coordinator, votes } = this;
    this.#situation.emit({ kind: "announce", coordinator, rank: members.rankOf(coordinator), epoch, votes });
    for (const { name } of members.others) this.announceTo(name);
  }

  announceTo(name: string): void {
    const { epoch, coordinator, votes } = this;
    this.#situation.ask(name, { kind: "announcement", epoch, coordinator, votes });
  }

  /** Foreign servers that could be above its coordinator, or are it, are asked whether they live. */
  beat(promised: number): void {
    const { members, name: sponsor, nowMs, times } = this.#situation;
    if (nowMs < this.#heartbeatAtMs) return;
    this.#heartbeatAtMs = nowMs + times.heartbeatMs;
    for (const { name, rank, votes } of members.others) {
      if (votes) this.#situation.ask(name, { kind: "heartbeat", epoch: this.epoch });
      else if (rank > members.rankOf(sponsor)) this.#situation.ask(name, { kind: "query", promised });
    }
  }

  /** Undefined where there is nothing to be done, or where it has been done, but for the answer, already. */
  answered({ to, sentAtMs, message }: Ask, { accepted, epoch }: Acceptance): Remedy | undefined {
    const { members, times } = this.#situation;
    if (accepted) {
      this.#support(to, sentAtMs + times.leaseMs);
      return undefined;
    }
    const isMajority = members.isMajority((name) => this.#votes.has(name));
    if (epoch > this.epoch || (epoch === this.epoch && !isMajority)) return "later_epoch";
    if (message.kind !== "heartbeat") return undefined;
    return isMajority ? "announcement" : "vote";
  }

  /** What has been given is not shortened. */
  #support(name: string, untilMs: number): void {
    this.#supportedUntilMs.set(name, Math.max(untilMs, this.#supportedUntilMs.get(name) ?? untilMs));
  }
}
