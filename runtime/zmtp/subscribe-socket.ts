// SUB and XSUB: asks each peer for its topics, again after every reconnection, and takes what they publish.
import { limits } from "../limits.ts";
import { subscriptionMessage, type ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import { ZmtpError } from "./zmtp-error.ts";

export class SubscribeSocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #onMessage: (message: ZmtpMessage, arrivedMs: number) => void;
  /** As Latin-1, so that two topics of the same octets are one. */
  readonly #topics = new Set<string>();

  constructor(
    type: "SUB" | "XSUB",
    context: ZmtpContext,
    onMessage: (message: ZmtpMessage, arrivedMs: number) => void,
    options: EndpointOptions = {},
  ) {
    this.endpoints = new Endpoints(type, context, this, options);
    this.#onMessage = onMessage;
  }

  /**
   * Everything whose first frame begins with it: all that there is, where it is empty. Throws a `ZmtpError`,
   * `zmtp.too_many`, where a socket of ours would not take so many topics, or one that is so long.
   */
  subscribe(topic: string | Uint8Array): void {
    const octets = Buffer.from(topic as string);
    const { zmtpSubscriptionsMax: countMax, zmtpTopicBytesMax: bytesMax } = limits;
    if (octets.length > bytesMax || this.#topics.size >= countMax) {
      const state = `a socket has at most ${countMax} topics of ${bytesMax} octets`;
      throw new ZmtpError("zmtp.too_many", `Cannot subscribe to another topic: ${state}`, "queued");
    }
    this.#topics.add(octets.toString("latin1"));
    for (const peer of this.endpoints.peers) peer.tell(subscriptionMessage({ subscribes: true, topic: octets }));
  }

  unsubscribe(topic: string | Uint8Array): void {
    const octets = Buffer.from(topic as string);
    if (!this.#topics.delete(octets.toString("latin1"))) return;
    for (const peer of this.endpoints.peers) peer.tell(subscriptionMessage({ subscribes: false, topic: octets }));
  }

  attached(peer: Peer): boolean {
    for (const topic of this.#topics) {
      peer.tell(subscriptionMessage({ subscribes: true, topic: Buffer.from(topic, "latin1") }));
    }
    return true;
  }

  received(_: Peer, message: ZmtpMessage, arrivedMs: number): void {
    this.#onMessage(message, arrivedMs);
  }
}
