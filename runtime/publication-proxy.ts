// The proxy of publications: what publishers send, and what this node publishes, to everybody who subscribed to it.
import { systemRandom } from "./base/random.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { type Subscription, ZmtpMessage } from "./wire/zmtp-message.ts";
import type { Peer } from "./zmtp/peer.ts";
import { PublishSocket } from "./zmtp/publish-socket.ts";
import { SubscribeSocket } from "./zmtp/subscribe-socket.ts";

/** What a subscriber that is slow, or was, is shown as. */
export interface SlowSubscriber {
  readonly address: string;
  readonly dropped: number;
  readonly waitingBytes: number;
}

/**
 * Subscribing to a topic that begins so is answered, to that subscriber alone, by a publication of just this topic:
 * what he subscribed to before is in force then, and nothing that is published from now on is lost to him.
 */
const ACKNOWLEDGE = "@ack";

/** Publishers are asked for everything: so a subscription is in force as soon as it is here. */
export class PublicationProxy {
  readonly #in: SubscribeSocket;
  readonly #out: PublishSocket;

  constructor(table: ConnectionTable) {
    const context = { table, random: systemRandom };
    this.#in = new SubscribeSocket("XSUB", context, (message) => this.publish(message));
    this.#in.subscribe("");
    this.#out = new PublishSocket("XPUB", context, { onSubscription: acknowledge });
  }

  /** Returns the ports. Throws as `startTcpListener` does. */
  bind(hostname: string, wanted: { readonly publishers: number; readonly subscribers: number }) {
    const publishers = this.#in.endpoints.bind({ hostname, port: wanted.publishers });
    const subscribers = this.#out.endpoints.bind({ hostname, port: wanted.subscribers });
    return { publishers, subscribers };
  }

  publish(message: ZmtpMessage): void {
    this.#out.publish(message);
  }

  /** One frame of text. */
  publishText(text: string): void {
    this.publish(ZmtpMessage.of([text]));
  }

  get figures() {
    const { publishedCount, deliveredCount, droppedCount, endpoints } = this.#out;
    return { publishedCount, deliveredCount, droppedCount, subscribers: endpoints.peers.size };
  }

  /** Those who have missed something, or for whom something waits. */
  slowSubscribers(): readonly SlowSubscriber[] {
    return Array.from(this.#out.endpoints.peers, (peer) => ({
      address: `${peer.connection.remoteAddress}:${peer.connection.remotePort}`,
      dropped: peer.droppedCount,
      waitingBytes: peer.connection.outboundBytes,
    })).filter(({ dropped, waitingBytes }) => dropped > 0 || waitingBytes > 0);
  }

  /** Nobody new is let in. */
  stopListening(): void {
    this.#in.endpoints.stopListening();
    this.#out.endpoints.stopListening();
  }
}

function acknowledge({ subscribes, topic }: Subscription, peer: Peer): void {
  if (subscribes && topic.toString("latin1", 0, ACKNOWLEDGE.length) === ACKNOWLEDGE) peer.send(ZmtpMessage.of([topic]));
}
