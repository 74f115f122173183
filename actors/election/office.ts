// A sponsor in office: on whose answers it counts, and for how long.
import type { Members } from "./members.ts";

export class Office {
  readonly epoch: number;
  readonly coordinator: string;
  readonly sponsor: string;
  heartbeatAtMs = Number.NEGATIVE_INFINITY;
  readonly #voters = new Set<string>();
  /** Until when each voter supports it: the sponsor itself for good, since it has no office once it does not. */
  readonly #supportedUntilMs: Map<string, number>;

  constructor(epoch: number, coordinator: string, sponsor: string) {
    this.epoch = epoch;
    this.coordinator = coordinator;
    this.sponsor = sponsor;
    this.#supportedUntilMs = new Map([[sponsor, Number.POSITIVE_INFINITY]]);
  }

  /** Who has voted for it. */
  get voters(): readonly string[] {
    return [...this.#voters].sort();
  }

  voted(name: string, supportedUntilMs: number): void {
    this.#voters.add(name);
    this.supported(name, supportedUntilMs);
  }

  /** What has been given is not shortened. */
  supported(name: string, untilMs: number): void {
    this.#supportedUntilMs.set(name, Math.max(untilMs, this.#supportedUntilMs.get(name) ?? untilMs));
  }

  /** Who was not known before counts as a supporter until then, so that it has time to say whether it is one. */
  listed(members: Members, untilMs: number, nowMs: number): void {
    for (const name of this.#supportedUntilMs.keys()) {
      if (members.isVoter(name) || name === this.sponsor) continue;
      this.#supportedUntilMs.delete(name);
      this.#voters.delete(name);
    }
    for (const { name } of members.voters) {
      if (this.#supportedUntilMs.has(name)) continue;
      this.#supportedUntilMs.set(name, untilMs);
      this.heartbeatAtMs = nowMs;
    }
  }

  /** Whether a majority supports it. */
  isHeld(members: Members, nowMs: number): boolean {
    return members.isMajority((name) => (this.#supportedUntilMs.get(name) ?? nowMs) > nowMs);
  }

  /** The next heartbeat, or the end of somebody's support. */
  dueAtMs(nowMs: number): number {
    let dueAtMs = this.heartbeatAtMs;
    for (const untilMs of this.#supportedUntilMs.values()) if (untilMs > nowMs) dueAtMs = Math.min(dueAtMs, untilMs);
    return dueAtMs;
  }
}
