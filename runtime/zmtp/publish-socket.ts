// Hot. PUB and XPUB: each message to every peer that subscribed to its beginning; never waits for one that is slow.
import { limits } from "../limits.ts";
import type { Subscription, ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface PublishOptions extends EndpointOptions {
  /** Someone has subscribed, or no longer does, also because he is gone; heard of before what is published after it. */
  readonly onSubscription?: (subscription: Subscription, peer: Peer) => void;
  /** XPUB alone: what a peer sends that is no subscription. */
  readonly onMessage?: (message: ZmtpMessage, peer: Peer) => void;
}

export class PublishSocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #options: PublishOptions;
  readonly #subscriptions = new Subscriptions<Peer>();
  /** To forget them when the peer goes: by topic, as Latin-1. */
  readonly #topicsOf = new Map<Peer, Set<string>>();
  #publication = 0;
  #message: ZmtpMessage | undefined;
  #sentCount = 0;
  /** Publications, and the messages they became. */
  publishedCount = 0;
  deliveredCount = 0;
  /** Subscriptions that were too long or too many: such peers are let go. */
  refusedCount = 0;

  constructor(type: "PUB" | "XPUB", context: ZmtpContext, options: PublishOptions = {}) {
    this.endpoints = new Endpoints(type, context, this, options);
    this.#options = options;
  }

  get droppedCount(): number {
    return this.endpoints.droppedCount;
  }

  /** Returns to how many it goes; those who have no room are counted as dropped. */
  publish(message: ZmtpMessage): number {
    this.#publication++;
    this.#message = message;
    this.#sentCount = 0;
    this.#subscriptions.match(message.octets, message.firstStart, message.firstEnd, this.#give);
    this.publishedCount++;
    this.deliveredCount += this.#sentCount;
    return this.#sentCount;
  }

  attached(peer: Peer): boolean {
    this.#topicsOf.set(peer, new Set());
    return true;
  }

  detached(peer: Peer): void {
    for (const name of this.#topicsOf.get(peer) ?? []) {
      const topic = Buffer.from(name, "latin1");
      this.#subscriptions.delete(topic, peer);
      this.#options.onSubscription?.({ subscribes: false, topic }, peer);
    }
    this.#topicsOf.delete(peer);
  }

  received(peer: Peer, message: ZmtpMessage): void {
    const subscription = message.subscription();
    if (subscription === undefined) return this.#options.onMessage?.(message, peer);
    if (this.#change(peer, subscription)) this.#options.onSubscription?.(subscription, peer);
  }

  /** Once, however many of its topics the message begins with. */
  readonly #give = (peer: Peer): void => {
    if (peer.publication === this.#publication) return;
    peer.publication = this.#publication;
    if (peer.send(this.#message as ZmtpMessage)) this.#sentCount++;
  };

  /** Whether anything is another way now. */
  #change(peer: Peer, { subscribes, topic }: Subscription): boolean {
    const topics = this.#topicsOf.get(peer) as Set<string>;
    const name = topic.toString("latin1");
    if (!subscribes) return topics.delete(name) && this.#subscriptions.delete(topic, peer);
    if (topics.has(name)) return false;
    if (topic.length > limits.zmtpTopicBytesMax || topics.size >= limits.zmtpSubscriptionsMax) {
      this.refusedCount++;
      peer.connection.end("zmtp.subscriptions_max");
      return false;
    }
    topics.add(name);
    return this.#subscriptions.add(topic, peer);
  }
}
