// What we are subscribed to, and how far each has been shown: whatever is missed is read from the server's history.
import type { LamportClock } from "#actors/clocks/lamport.ts";
import type { Clock } from "#runtime/base/clock.ts";

import { Feed, type Shown } from "../chat/feed.ts";
import { FIRST_HISTORY, HISTORY_PAGE } from "../chat/limits.ts";
import type { Actions } from "../machine/actions.ts";
import { AGAIN_AFTER_MS } from "./limits.ts";
import type { Requests } from "./requests.ts";
import {
  clockOf,
  feedTopic,
  pageOf,
  parsePublication,
  type Published,
  type Reply,
  type Source,
} from "./server-line.ts";

export interface SubscriptionEvents {
  /** Nothing that is published from now on is missed. */
  followed(source: Source): void;
  notFollowed(source: Source, why: string): void;
  /** Each once, in the order of their numbers; or so many that are kept no more. */
  shown(source: Source, shown: Shown<Published>): void;
  /** Numbers have begun anew. */
  anew(source: Source): void;
  /** What is missing of it cannot be had now: said once, and tried until it can. */
  behind(source: Source, why: string): void;
  /** A publication as it came, perhaps again, or too early. */
  heard?(source: Source, published: Published): void;
}

export interface SubscriptionsParts {
  readonly actions: Actions;
  readonly requests: Requests;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly lamport: LamportClock;
  readonly events: SubscriptionEvents;
}

interface Subscription {
  readonly source: Source;
  /** As in the chat, where history and what is new come on two links. */
  readonly feed: Feed<Published>;
  /** Once the server has acknowledged this, or a later one, its publications come. */
  ackNumber: number;
  isInForce: boolean;
  /** The server has said how far it is. */
  isFollowed: boolean;
  /** Its history could not be had; asked for again at this monotonic time. */
  isBehind: boolean;
  againAtMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const ACKNOWLEDGED = /^@ack (\d{1,15})$/;

export class Subscriptions {
  readonly #parts: SubscriptionsParts;
  readonly #subscriptions: Subscription[] = [];
  #isConnected = false;
  #lastAck = 0;

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
  }

  /** Names, in their order. */
  get channels(): readonly string[] {
    return this.#subscriptions.flatMap(({ source: { kind, name } }) => (kind === "channel" ? [name] : []));
  }

  /** Publications of all of them come, and everything that we know of is shown. */
  get isCaughtUp(): boolean {
    return this.#subscriptions.every(({ isInForce, isBehind, feed }) => isInForce && !isBehind && feed.isCaughtUp);
  }

  get wakeAtMs(): number {
    return Math.min(NEVER, ...this.#subscriptions.map(({ againAtMs }) => againAtMs));
  }

  /** Once there is a connection, and with each that comes. Not twice. */
  follow(source: Source): void {
    const fresh = { ackNumber: 0, isInForce: false, isFollowed: false, isBehind: false, againAtMs: NEVER };
    const subscription = { source, feed: new Feed<Published>(), ...fresh };
    this.#subscriptions.push(subscription);
    if (this.#isConnected) this.#subscribe([subscription]);
  }

  /** False where we were not subscribed. */
  unfollow({ kind, name }: Source): boolean {
    const index = this.#subscriptions.findIndex(({ source }) => source.kind === kind && source.name === name);
    const [gone] = index < 0 ? [] : this.#subscriptions.splice(index, 1);
    if (gone !== undefined) this.#send(`-${feedTopic(gone.source)}`);
    return gone !== undefined;
  }

  opened(): void {
    this.#isConnected = true;
    if (this.#subscriptions.length > 0) this.#subscribe(this.#subscriptions);
  }

  lost(): void {
    this.#isConnected = false;
    for (const each of this.#subscriptions) Object.assign(each, { isInForce: false, againAtMs: NEVER });
  }

  /** A publication. */
  received(text: string): void {
    const [, acknowledged] = ACKNOWLEDGED.exec(text) ?? [];
    if (acknowledged !== undefined) return this.#acknowledged(Number(acknowledged));
    const { events, lamport } = this.#parts;
    for (const subscription of this.#subscriptions) {
      const { source, feed } = subscription;
      const published = parsePublication(source, text);
      if (published === undefined) continue;
      lamport.receive(clockOf(published.line) ?? 0);
      events.heard?.(source, published);
      this.#show(subscription, feed.take(published, "data"));
    }
  }

  woken(nowMs: number): void {
    for (const subscription of this.#subscriptions) {
      if (nowMs < subscription.againAtMs) continue;
      subscription.againAtMs = NEVER;
      if (subscription.isInForce) this.#ask(subscription);
    }
  }

  #subscribe(subscriptions: readonly Subscription[]): void {
    const ackNumber = ++this.#lastAck;
    for (const subscription of subscriptions) {
      subscription.ackNumber = ackNumber;
      this.#send(`+${feedTopic(subscription.source)}`);
    }
    this.#send(`+@ack ${ackNumber}`);
  }

  #acknowledged(ackNumber: number): void {
    this.#send(`-@ack ${ackNumber}`);
    for (const subscription of this.#subscriptions) {
      if (subscription.isInForce || subscription.ackNumber > ackNumber) continue;
      subscription.isInForce = true;
      this.#ask(subscription);
    }
  }

  /** Of what was never shown, the newest. */
  #ask(subscription: Subscription): void {
    const { source, feed } = subscription;
    const after = feed.seen;
    const page = after === undefined ? { count: FIRST_HISTORY } : { after, count: HISTORY_PAGE };
    feed.asked();
    this.#parts.requests.ask(
      "history",
      { [source.kind]: source.name, ...page },
      {
        done: ({ reply }) => this.#subscriptions.includes(subscription) && this.#read(subscription, after, reply),
        refused: (why) => this.#subscriptions.includes(subscription) && this.#refused(subscription, why),
      },
    );
  }

  #read(subscription: Subscription, after: number | undefined, { data }: Reply): void {
    const { source, feed } = subscription;
    const { events } = this.#parts;
    const { messages, last } = pageOf(source, data);
    const isAnew = feed.opened(last, "main", after, false);
    if (!subscription.isFollowed) events.followed(source);
    Object.assign(subscription, { isFollowed: true, isBehind: false });
    if (isAnew) {
      feed.refused();
      events.anew(source);
      return this.#show(subscription, []);
    }
    const until = messages.at(-1)?.number ?? 0;
    const shown = feed.page(messages.length, until, "main", false);
    return this.#show(subscription, [...shown, ...messages.flatMap((message) => feed.take(message, "main"))]);
  }

  /** There may be no such channel; our own inbox there is, sooner or later. */
  #refused(subscription: Subscription, why: string): void {
    const { source, feed, isFollowed, isBehind } = subscription;
    const { events, clock } = this.#parts;
    if (!isFollowed && source.kind === "channel") {
      this.unfollow(source);
      return events.notFollowed(source, why);
    }
    feed.refused();
    if (!isBehind) events.behind(source, why);
    Object.assign(subscription, { isBehind: true, againAtMs: clock.monotonicMs() + AGAIN_AFTER_MS });
  }

  #show(subscription: Subscription, shown: readonly Shown<Published>[]): void {
    const { source, feed, isInForce } = subscription;
    for (const each of shown) this.#parts.events.shown(source, each);
    if (isInForce && feed.wants !== undefined) this.#ask(subscription);
  }

  #send(line: string): void {
    if (this.#isConnected) this.#parts.actions.add({ kind: "send", link: "main", line });
  }
}
