// Whether the peer is where its packets come from now: a question that only who receives there can answer.
import { PROOF_BYTES } from "./frames.ts";
import { sameOctets } from "./octets.ts";
import type { SecretRandom } from "./secrets.ts";

/** Where packets come from or go to: the address that is proven, or the one that the peer may have moved to. */
export type Path = "proven" | "candidate";

/** One address at a time is in question; another takes its place. */
export class PathProof {
  readonly #random: SecretRandom;
  /** The octets that prove it. */
  readonly question = new Uint8Array(PROOF_BYTES);
  #open = false;
  /** Octets that came from there and were not answered: no more go there. */
  #credit = 0;
  #dueMs = 0;

  constructor(random: SecretRandom) {
    this.#random = random;
  }

  get open(): boolean {
    return this.#open;
  }

  begin(octets: number, nowMs: number): void {
    this.#random.drawInto(this.question);
    this.#open = true;
    this.#credit = octets;
    this.#dueMs = nowMs;
  }

  heard(octets: number): void {
    if (this.#open) this.#credit += octets;
  }

  /** The question may be put now, in a packet of so many octets. */
  mayAsk(octets: number, nowMs: number): boolean {
    return this.#open && this.#credit >= octets && nowMs >= this.#dueMs;
  }

  /** When it may be put again; never, where more must come from there first. */
  dueMs(octets: number): number {
    return this.#open && this.#credit >= octets ? this.#dueMs : Number.POSITIVE_INFINITY;
  }

  asked(octets: number, againMs: number): void {
    this.#credit -= octets;
    this.#dueMs = againMs;
  }

  /** True once, for the right answer. */
  isProvenBy(answer: Uint8Array): boolean {
    const proven = this.#open && sameOctets(answer, this.question, PROOF_BYTES);
    if (proven) this.#open = false;
    return proven;
  }
}
