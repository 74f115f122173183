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

  figures() {
    const { publishedCount: published, deliveredCount: delivered, droppedCount: dropped, endpoints } = this.#out;
    return { published, delivered, dropped, subscribers: endpoints.peers.size };
  }

  /** Those who have missed something, or for whom something waits: first those for whom most does. */
  slowest(countMax: number): readonly SlowSubscriber[] {
    const all = Array.from(this.#out.endpoints.peers, ({ connection, droppedCount }) => ({
      address: `${connection.remoteAddress}:${connection.remotePort}`,
      dropped: droppedCount,
      waitingBytes: connection.outboundBytes,
    }));
    const slow = all.filter(({ dropped, waitingBytes }) => dropped > 0 || waitingBytes > 0);
    return slow
      .sort((one, other) => other.waitingBytes - one.waitingBytes || other.dropped - one.dropped)
      .slice(0, countMax);
  }

  /** Nobody new is let in. */
  stopListening(): void {
    this.#in.endpoints.stopListening();
    this.#out.endpoints.stopListening();
  }
}

function acknowledge({ subscribes, topic }: Subscription, peer: Peer): void {
  // He waits for it, also where he is behind: never dropped.
  if (subscribes && topic.toString("latin1", 0, ACKNOWLEDGE.length) === ACKNOWLEDGE) peer.tell(ZmtpMessage.of([topic]));
}
