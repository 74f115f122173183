// One server asks all others whom they follow, and for whom they would vote, before it asks anybody for a vote.
import type { Members } from "./members.ts";
import type { Standing } from "./messages.ts";

/**
 * What stands in for the election messages of Garcia-Molina, "Elections in a Distributed Computing System" (1982): who
 * answers lives. That the others say beforehand how they would vote is the pre-vote of Ongaro's dissertation on Raft
 * (2014), section 9.6: who cannot be elected disturbs nobody.
 */
export class Canvass {
  readonly startedAtMs: number;
  readonly #waiting: Set<string>;
  readonly #answers = new Map<string, Standing>();

  constructor(asked: readonly { readonly name: string }[], nowMs: number) {
    this.startedAtMs = nowMs;
    this.#waiting = new Set(asked.map(({ name }) => name));
  }

  /** Nobody is waited for any more. */
  get isOver(): boolean {
    return this.#waiting.size === 0;
  }

  answered(name: string, standing: Standing): void {
    if (this.#waiting.delete(name)) this.#answers.set(name, standing);
  }

  unreachable(name: string): void {
    this.#waiting.delete(name);
  }

  hasAnswered(name: string): boolean {
    return this.#answers.has(name);
  }

  /** Of the voters that have answered. */
  claimants({ voters }: Members): readonly string[] {
    return voters.flatMap(({ name }) => (this.#answers.get(name)?.claims === true ? [name] : []));
  }

  /** Those who would vote for the asker, in the end: first who is free, then who is bound to one of them, and so on. */
  supporters({ voters }: Members, own: { readonly name: string; readonly boundTo: string | undefined }): Set<string> {
    const supporters = new Set<string>();
    const bound = new Map([[own.name, own.boundTo]]);
    for (const { name } of voters) {
      const answer = this.#answers.get(name);
      if (answer !== undefined) bound.set(name, answer.boundTo);
    }
    for (let before = -1; before < supporters.size;) {
      before = supporters.size;
      for (const [name, boundTo] of bound) if (boundTo === undefined || supporters.has(boundTo)) supporters.add(name);
    }
    return supporters;
  }
}
