// Publications: every subscriber's mailbox gets the same value; connections that forward get it encoded once for all.
import { limits } from "../limits.ts";
import type { Member, TopicTable } from "./cell-host.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { RuntimeError } from "./errors.ts";
import type { CoreEvents } from "./ports.ts";
import type { SchemaChecks } from "./schema-checks.ts";
import { SharedValue } from "./shared-value.ts";
import { requireTopic, type Topic } from "./topic.ts";

/** An undefined method: the value goes straight to the member's connection. */
interface Subscription {
  readonly member: Member;
  readonly method: string | undefined;
}

/** Puts the value into the subscriber's mailbox; a subscriber that is full is left out, with a dead letter. */
export type Notify = (subscriber: Subscriber, value: unknown, from: Publisher) => void;

interface Subscriber {
  readonly type: string;
  readonly key: string;
  readonly method: string;
}

/** The actor that publishes. */
type Publisher = { readonly address: string } | undefined;

const memberName = ({ host, key }: Member): string => `${host.type.name}/${key}`;

export class Topics implements TopicTable {
  readonly #notify: Notify;
  readonly #crashed: CoreEvents["crashed"];
  /** Given while developing: values are checked and frozen. */
  readonly #checks: SchemaChecks | undefined;
  readonly #topicsMax: number;
  readonly #topics = new Map<string, Map<string, Subscription>>();
  readonly #topicsOf = new Map<string, Set<string>>();
  /** Values published, and the messages they became. */
  published = 0;
  notified = 0;

  constructor(
    notify: Notify,
    crashed: CoreEvents["crashed"],
    checks: SchemaChecks | undefined,
    topicsMax: number = limits.topicsMax,
  ) {
    this.#notify = notify;
    this.#crashed = crashed;
    this.#checks = checks;
    this.#topicsMax = topicsMax;
  }

  subscribe(member: Member, topic: Topic<never>, method: string | undefined): void {
    const name = nameOf(topic);
    const subscriptions = this.#topics.get(name) ?? new Map<string, Subscription>();
    const mine = this.#topicsOf.get(memberName(member)) ?? new Set<string>();
    if (!subscriptions.has(memberName(member))) {
      refusePast(subscriptions.size, limits.subscribersPerTopicMax, `topic "${name}" has that many subscribers`);
      refusePast(mine.size, limits.subscriptionsPerActorMax, `"${memberName(member)}" has that many subscriptions`);
      if (!this.#topics.has(name)) refusePast(this.#topics.size, this.#topicsMax, "so many topics have subscribers");
    }
    this.#topics.set(name, subscriptions.set(memberName(member), { member, method }));
    this.#topicsOf.set(memberName(member), mine.add(name));
  }

  unsubscribe(member: Member, topic: Topic<never>): void {
    this.#remove(memberName(member), nameOf(topic));
  }

  leave(member: Member): void {
    const name = memberName(member);
    for (const topic of Array.from(this.#topicsOf.get(name) ?? [])) this.#remove(name, topic);
  }

  count(topic: Topic<never>): number {
    return this.#topics.get(nameOf(topic))?.size ?? 0;
  }

  check(topic: Topic<never>, value: unknown): void {
    requireTopic(topic);
    if (this.#checks === undefined) return;
    const problem = this.#checks.problem(topic.schema, value);
    if (problem === undefined) return deepFreeze(value);
    const message = `Cannot publish to "${nameOf(topic)}": the value does not fit${problem}`;
    throw new RuntimeError("actor.bad_input", message);
  }

  publish(topic: Topic<never>, value: unknown, from?: Publisher): number {
    this.check(topic, value);
    const subscriptions = this.#topics.get(nameOf(topic));
    this.published++;
    if (subscriptions === undefined) return 0;
    const shared = new SharedValue(value);
    for (const { member, method } of subscriptions.values()) {
      if (method !== undefined) this.#notify({ type: member.host.type.name, key: member.key, method }, value, from);
      else this.#forward(member, shared);
    }
    this.notified += subscriptions.size;
    return subscriptions.size;
  }

  /** Where the value cannot be encoded the connection ends, as if its actor had sent it; all others go on. */
  #forward({ host, key, connection }: Member, shared: SharedValue): void {
    try {
      connection?.sendShared(shared);
    } catch (error) {
      this.#crashed({ type: host.type.name, key, method: "forward", error });
      connection?.crashed();
    }
  }

  #remove(member: string, topic: string): void {
    const subscriptions = this.#topics.get(topic);
    subscriptions?.delete(member);
    if (subscriptions?.size === 0) this.#topics.delete(topic);
    const mine = this.#topicsOf.get(member);
    mine?.delete(topic);
    if (mine?.size === 0) this.#topicsOf.delete(member);
  }
}

function nameOf(topic: Topic<never>): string {
  requireTopic(topic);
  return `${topic.name}/${topic.key}`;
}

function refusePast(count: number, most: number, what: string): void {
  if (count >= most) throw new RuntimeError("actor.limit_reached", `Cannot subscribe: ${what}: ${most}, the limit`);
}
