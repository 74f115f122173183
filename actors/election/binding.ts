// To whom a voter is bound: whoever may act because of what it has answered.

/**
 * While it is bound it votes for nobody else, unless the one that it is bound to has voted for the other itself, and so
 * acts no more. After a start it may be bound to somebody, and does not know to whom.
 */
export class Binding {
  readonly #name: string;
  /** Undefined: it does not know. */
  #to: string | undefined = undefined;
  #untilMs: number;

  constructor(name: string, untilMs: number) {
    this.#name = name;
    this.#untilMs = untilMs;
  }

  /** With the vote of this one it may vote for others. Its own name: nobody's would do. Undefined: it may. */
  boundTo(nowMs: number): string | undefined {
    return this.#untilMs > nowMs ? (this.#to ?? this.#name) : undefined;
  }

  allows(votes: readonly string[], nowMs: number): boolean {
    return this.#untilMs <= nowMs || (this.#to !== undefined && votes.includes(this.#to));
  }

  /** Who is answered again may still count on what it was answered before. */
  bind(to: string, untilMs: number): void {
    this.#untilMs = this.#to === to ? Math.max(this.#untilMs, untilMs) : untilMs;
    this.#to = to;
  }

  release(): void {
    this.#to = this.#name;
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  /** Of all to whom it can be bound these alone may act. */
  narrow(claimants: readonly string[]): void {
    const [claimant] = claimants;
    if (this.#to !== undefined || claimants.length > 1) return;
    if (claimant === undefined) this.release();
    else this.#to = claimant;
  }
}
