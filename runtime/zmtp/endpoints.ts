// Where a ZeroMQ socket's peers come from: ports it listens on, addresses it dials; and who is there.
import { assert } from "../base/assert.ts";
import type { SessionPort } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { Pairing, StreamPort } from "../net/connection-host.ts";
import { startTcpListener, type TcpListener } from "../net/tcp-listener.ts";
import type { ZmtpCredentials } from "../wire/zmtp-command.ts";
import type { ZmtpRole } from "../wire/zmtp-greeting.ts";
import type { ZmtpMessage } from "../wire/zmtp-message.ts";
import { createZmtpProtocol } from "../wire/zmtp-protocol.ts";
import type { ZmtpSocketType } from "../wire/zmtp-socket-types.ts";
import type { ZmtpContext } from "./context.ts";
import { Link } from "./link.ts";
import type { Pattern } from "./pattern.ts";
import { Peer, type PeerOwner } from "./peer.ts";

const TEXT_BYTES_MAX = 255;

export interface EndpointOptions {
  /** What a ROUTER knows this socket by; at most 255 octets. */
  readonly identity?: Buffer;
  /** PLAIN in place of NULL: what is shown where this socket dials, and who is let in where it listens. */
  readonly credentials?: ZmtpCredentials;
  readonly admits?: (shown: ZmtpCredentials) => boolean;
  /** Octets that may wait for one peer; `limits.zmtpHighWaterBytes` unless given. */
  readonly highWaterBytes?: number;
  /** Silence after which a peer is pinged; `limits.zmtpPingMs` unless given. */
  readonly pingMs?: number;
}

export interface ListenAddress {
  /** 127.0.0.1 unless given. */
  readonly hostname?: string;
  /** 0 = any free port. */
  readonly port: number;
}

export interface DialAddress {
  readonly host: string;
  readonly port: number;
}

export class Endpoints implements PeerOwner {
  readonly name: string;
  readonly highWaterBytes: number;
  readonly messagesAtOnce: number;
  /** Messages that had no room at a peer. */
  droppedCount = 0;
  readonly #type: ZmtpSocketType;
  readonly #context: ZmtpContext;
  readonly #options: EndpointOptions;
  readonly #pattern: Pattern;
  readonly #listeners: TcpListener[] = [];
  readonly #links: Link[] = [];
  /** Those who have shaken hands, in that order; and those who have not yet. */
  readonly #peers = new Set<Peer>();
  readonly #strangers = new Set<Peer>();

  /** Fails an assert where an option is beyond what can be sent. */
  constructor(type: ZmtpSocketType, context: ZmtpContext, pattern: Pattern, options: EndpointOptions = {}) {
    const { identity, credentials, highWaterBytes = limits.zmtpHighWaterBytes } = options;
    for (const text of [identity, credentials?.username, credentials?.password]) {
      assert(
        Buffer.byteLength(text ?? "") <= TEXT_BYTES_MAX,
        `an identity, a name or a password of ${type} is too long`,
      );
    }
    assert(highWaterBytes <= limits.outboundBytesMax, "a high-water mark is not above what may wait at all");
    this.name = `zmtp-${type.toLowerCase()}`;
    this.highWaterBytes = highWaterBytes;
    this.messagesAtOnce = type === "REP" ? 1 : limits.zmtpMessagesPerBatch;
    this.#type = type;
    this.#context = context;
    this.#options = options;
    this.#pattern = pattern;
  }

  get peers(): ReadonlySet<Peer> {
    return this.#peers;
  }

  /** Returns the port. Throws `net.address_in_use` or `net.cannot_listen`, naming host and port. */
  bind({ hostname = "127.0.0.1", port }: ListenAddress): number {
    const pairing = this.#pairing("server");
    const { table } = this.#context;
    const listener = startTcpListener({ hostname, port, choose: () => pairing, speaksFirst: true, table });
    this.#listeners.push(listener);
    return listener.port;
  }

  /** Dials until somebody answers, and again whenever that one is lost. Returns what ends that. */
  connect({ host, port }: DialAddress): () => void {
    const link = new Link({ host, port, pairing: this.#pairing("client"), context: this.#context });
    this.#links.push(link);
    return () => link.stop();
  }

  /** Nobody new is let in; who is there stays. */
  stopListening(): void {
    for (const listener of this.#listeners.splice(0)) listener.stopAndCutOff("closed");
  }

  /** Whoever is lost is not dialled again. */
  stopDialling(): void {
    for (const link of this.#links.splice(0)) link.stop();
  }

  /** Listens and dials no more; what is written leaves, then each connection ends, also one that shakes hands. */
  close(): void {
    this.stopListening();
    this.stopDialling();
    for (const peer of [...this.#peers, ...this.#strangers]) peer.connection.end("closed");
  }

  // From peers.

  introduced(peer: Peer): void {
    this.#strangers.delete(peer);
    this.#peers.add(peer);
    if (this.#pattern.attached?.(peer) !== false) return;
    this.#peers.delete(peer);
    peer.connection.end("zmtp.not_wanted");
  }

  left(peer: Peer): void {
    this.#strangers.delete(peer);
    if (this.#peers.delete(peer)) this.#pattern.detached?.(peer);
  }

  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void {
    if (this.#peers.has(peer)) this.#pattern.received(peer, message, arrivedMs);
  }

  dropped(): void {
    this.droppedCount++;
  }

  resumed(peer: Peer): void {
    if (this.#peers.has(peer)) this.#pattern.resumed?.(peer);
  }

  #pairing(role: ZmtpRole): Pairing {
    const { identity, credentials, admits, pingMs = limits.zmtpPingMs } = this.#options;
    const protocol = createZmtpProtocol({
      socketType: this.#type,
      role,
      ...(identity === undefined ? {} : { identity }),
      ...(role === "client" && credentials !== undefined ? { credentials } : {}),
      ...(role === "server" && admits !== undefined ? { admits } : {}),
    });
    const open = (connection: StreamPort): SessionPort => {
      const stranger = new Peer(connection, this);
      this.#strangers.add(stranger);
      return stranger;
    };
    return { protocol: protocol as Pairing["protocol"], session: { name: this.name, open }, idleMs: pingMs };
  }
}
