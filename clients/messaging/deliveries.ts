// What bots have said, and to whom it came: each message once to each who must have it, in the order of its number.
import { DELIVERED_KEPT_MAX, PROBLEMS_SHOWN_MAX } from "./limits.ts";
import { feedTopic, type Published, type Source } from "./server-line.ts";

interface Said {
  /** Those who must have it. */
  readonly receivers: readonly string[];
  readonly arrived: Set<string>;
  isAcknowledged: boolean;
}

/** At the end of what a bot says. */
const TAG = / #(\S+) \[[^[\]]*\] \(clock=\d+\)$/;

export class Deliveries {
  /** By tag, oldest first. */
  readonly #said = new Map<string, Said>();
  /** Tags of messages that all have who must, oldest first. */
  readonly #over = new Set<string>();
  /** The highest number that came, by receiver and topic. */
  readonly #numbers = new Map<string, number>();
  readonly #problems: string[] = [];
  #problemCount = 0;
  #arrivedCount = 0;

  /** Messages that came to somebody who must have them. */
  get arrivedCount(): number {
    return this.#arrivedCount;
  }

  /** Messages that the server has acknowledged, and that somebody still has not. */
  get missingCount(): number {
    return [...this.#said.values()].filter((said) => said.isAcknowledged && !isComplete(said)).length;
  }

  /** All that was not as it should be; of which `problems` are the first. */
  get problemCount(): number {
    return this.#problemCount;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  problem(what: string): void {
    if (this.#problemCount++ < PROBLEMS_SHOWN_MAX) this.#problems.push(what);
  }

  /** Somebody is about to say it; nobody says anything else under that tag. Returns the text with its tag. */
  said(text: string, tag: string, receivers: readonly string[]): string {
    this.#said.set(tag, { receivers, arrived: new Set(), isAcknowledged: false });
    return `${text} #${tag}`;
  }

  acknowledged(tag: string): void {
    const said = this.#said.get(tag);
    if (said === undefined) return;
    said.isAcknowledged = true;
    this.#forgetLater(tag, said);
  }

  /** It may come all the same, or not: nobody knows. */
  refused(tag: string): void {
    this.#said.delete(tag);
  }

  /** A publication has come, whether it is shown or not. */
  heard(receiver: string, source: Source, { number }: Published): void {
    const feed = receiver + feedTopic(source);
    const highest = this.#numbers.get(feed) ?? 0;
    if (number <= highest) this.problem(`${receiver}: ${source.name} ${number} veio depois de ${highest}`);
    this.#numbers.set(feed, Math.max(highest, number));
  }

  /** A message was shown, whichever way it came. What others than our bots have said is none of ours. */
  shown(receiver: string, { number, line }: Published): void {
    const [, tag = ""] = TAG.exec(line) ?? [];
    const said = this.#said.get(tag);
    if (said === undefined) return;
    if (said.arrived.has(receiver)) this.problem(`${receiver}: ${number} ${line} veio duas vezes`);
    else if (said.receivers.includes(receiver)) this.#arrivedCount++;
    said.arrived.add(receiver);
    this.#forgetLater(tag, said);
  }

  /** At the end: what somebody must have, and has not, is a problem. */
  closed(): void {
    for (const [tag, said] of this.#said) {
      const without = said.receivers.filter((receiver) => !said.arrived.has(receiver));
      if (said.isAcknowledged && without.length > 0) this.problem(`#${tag} não chegou a ${without.join(", ")}`);
    }
  }

  #forgetLater(tag: string, said: Said): void {
    if (!said.isAcknowledged || !isComplete(said)) return;
    this.#over.add(tag);
    const [oldest = ""] = this.#over.size > DELIVERED_KEPT_MAX ? this.#over : [];
    this.#over.delete(oldest);
    this.#said.delete(oldest);
  }
}

function isComplete({ receivers, arrived }: Said): boolean {
  return receivers.every((receiver) => arrived.has(receiver));
}
