// Publications: every subscriber's mailbox gets the same value; connections that forward get it encoded once for all.
import { FewMap } from "../base/few-map.ts";
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

/** Once for all who have it: a name for each of them would be as long as all the rest. */
interface Subscribed {
  readonly name: string;
  readonly members: FewMap<string, Subscription>;
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
  readonly #topics = new Map<string, Subscribed>();
  /** No more than a few hundred of each. */
  readonly #topicsOf = new Map<string, Subscribed[]>();
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
    const mineName = memberName(member);
    const subscribed = this.#topics.get(name) ?? { name, members: new FewMap<string, Subscription>() };
    const { members } = subscribed;
    const mine = this.#topicsOf.get(mineName) ?? [];
    if (!members.has(mineName)) {
      refusePast(members.size, limits.subscribersPerTopicMax, `topic "${name}" has that many subscribers`);
      refusePast(mine.length, limits.subscriptionsPerActorMax, `"${mineName}" has that many subscriptions`);
      if (!this.#topics.has(name)) refusePast(this.#topics.size, this.#topicsMax, "so many topics have subscribers");
      mine.push(subscribed);
    }
    members.set(mineName, { member, method });
    this.#topics.set(name, subscribed);
    this.#topicsOf.set(mineName, mine);
  }

  unsubscribe(member: Member, topic: Topic<never>): void {
    this.#remove(memberName(member), this.#topics.get(nameOf(topic)));
  }

  leave(member: Member): void {
    const name = memberName(member);
    for (const topic of this.#topicsOf.get(name)?.slice() ?? []) this.#remove(name, topic);
  }

  count(topic: Topic<never>): number {
    return this.#topics.get(nameOf(topic))?.members.size ?? 0;
  }

  /** Topics that have subscribers, as `name/key`, and how many. */
  get counts(): ReadonlyMap<string, { readonly members: { readonly size: number } }> {
    return this.#topics;
  }

  /** By the name of a topic as above; empty where nobody has subscribed. */
  *subscribersOf(name: string): Generator<Omit<Subscriber, "method"> & Partial<Pick<Subscriber, "method">>, undefined> {
    for (const { member, method } of this.#topics.get(name)?.members.values() ?? []) {
      yield { type: member.host.type.name, key: member.key, ...(method === undefined ? {} : { method }) };
    }
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
    const members = this.#topics.get(nameOf(topic))?.members;
    this.published++;
    if (members === undefined) return 0;
    const shared = new SharedValue(value);
    for (const { member, method } of members.values()) {
      if (method !== undefined) this.#notify({ type: member.host.type.name, key: member.key, method }, value, from);
      else this.#forward(member, shared);
    }
    this.notified += members.size;
    return members.size;
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

  #remove(member: string, subscribed: Subscribed | undefined): void {
    if (subscribed?.members.delete(member) !== true) return;
    if (subscribed.members.size === 0) this.#topics.delete(subscribed.name);
    const mine = this.#topicsOf.get(member) ?? [];
    mine.splice(mine.indexOf(subscribed), 1);
    if (mine.length === 0) this.#topicsOf.delete(member);
  }
}

function nameOf(topic: Topic<never>): string {
  requireTopic(topic);
  return `${topic.name}/${topic.key}`;
}

function refusePast(count: number, most: number, what: string): void {
  if (count >= most) throw new RuntimeError("actor.limit_reached", `Cannot subscribe: ${what}: ${most}, the limit`);
}
