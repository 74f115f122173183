// One sponsor gathers the votes for one epoch.

/** At most one at a time; what comes of it after its time goes nowhere. */
export class Campaign {
  readonly epoch: number;
  readonly coordinator: string;
  readonly startedAtMs: number;
  /** Who has voted for it, and when it was asked to. */
  readonly votes = new Map<string, number>();
  /** Who refuses, and with whose vote it would vote. */
  readonly #refused = new Map<string, string>();

  constructor(epoch: number, coordinator: string, nowMs: number) {
    this.epoch = epoch;
    this.coordinator = coordinator;
    this.startedAtMs = nowMs;
  }

  get voters(): readonly string[] {
    return [...this.votes.keys()];
  }

  granted(name: string, askedAtMs: number): void {
    this.votes.set(name, askedAtMs);
  }

  refused(name: string, boundTo: string): void {
    this.#refused.set(name, boundTo);
  }

  /** Those that have been freed by a vote since they refused, each once. */
  takeFreed(): readonly string[] {
    const freed = [...this.#refused].flatMap(([name, boundTo]) => (this.votes.has(boundTo) ? [name] : []));
    for (const name of freed) this.#refused.delete(name);
    return freed;
  }
}
