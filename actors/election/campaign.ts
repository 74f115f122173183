// One sponsor gathers the votes for one epoch.

export class Campaign {
  readonly epoch: number;
  readonly coordinator: string;
  readonly startedAtMs: number;
  /** Who has voted for it, and when it was asked to. */
  readonly votedAtMs = new Map<string, number>();
  /** Who has refused, and with whose vote it would not. */
  readonly #refused = new Map<string, string>();
  readonly #askedAgain = new Set<string>();

  constructor(epoch: number, coordinator: string, nowMs: number) {
    this.epoch = epoch;
    this.coordinator = coordinator;
    this.startedAtMs = nowMs;
  }

  get votes(): readonly string[] {
    return [...this.votedAtMs.keys()];
  }

  granted(name: string, askedAtMs: number): void {
    this.votedAtMs.set(name, askedAtMs);
  }

  refused(name: string, boundTo: string): void {
    if (!this.#askedAgain.has(name)) this.#refused.set(name, boundTo);
  }

  /** Those that have been freed by a vote since they refused, each once in a campaign. */
  takeFreed(): readonly string[] {
    const freed = [...this.#refused].flatMap(([name, boundTo]) => (this.votedAtMs.has(boundTo) ? name : []));
    for (const name of freed) {
      this.#refused.delete(name);
      this.#askedAgain.add(name);
    }
    return freed;
  }
}
