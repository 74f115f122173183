// What bots have said, and to whom it came: each message once to each who must have it, in the order of its number.
import { DELIVERED_KEPT_MAX } from "./limits.ts";
import { feedTopic, type Published, type Source } from "./server-line.ts";

interface Said {
  /** Who has it, and who must have it and has not. */
  readonly arrived: Set<string>;
  readonly missing: Set<string>;
  isAcknowledged: boolean;
}

/** At the end of what a bot says; no two are alike. */
const TAG = / #(\S+) \[[^[\]]*\] \(clock=\d+\)$/;

export class Deliveries {
  /** By tag, oldest first. */
  readonly #said = new Map<string, Said>();
  /** By who and topic: the highest number that came as a publication, and that was shown. */
  readonly #heard = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  readonly #problems: string[] = [];
  #problemCount = 0;
  #arrivedCount = 0;

  /** Messages that came to whom they were for. */
  get arrivedCount(): number {
    return this.#arrivedCount;
  }

  /** Messages that the server has acknowledged, and that somebody has not. */
  get missingCount(): number {
    return Array.from(this.#said.values(), (said) => said.isAcknowledged && said.missing.size > 0).filter(Boolean).length;
  }

  /** All that was not as it should be. */
  get problemCount(): number {
    return this.#problemCount;
  }

  /** The first of them. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  problem(what: string): void {
    this.#problemCount++;
    if (this.#problems.length < PROBLEMS_KEPT_MAX) this.#problems.push(what);
  }

  /** The text of a message, which nobody else says; `receivers` must all have it. */
  said(text: string, tag: string, receivers: readonly string[]): string {
    this.#said.set(tag, { arrived: new Set(), missing: new Set(receivers), isAcknowledged: false });
    return `${text} #${tag}`;
  }
}
