// ROUTER: knows each peer by its identity, says which one a message came from, and sends to the one that is named.
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import type { Frames } from "./reply-socket.ts";

/** Of a peer that has no identity one is made: five octets, of which the first is 0, as no peer may choose it. */
const MADE_BYTES = 5;

export interface RouterOptions extends EndpointOptions {
  /** This peer is gone. */
  readonly onGone?: (identity: Buffer) => void;
  /** This peer, for whom more than 8 MiB waited, has room again. */
  readonly onRoom?: (identity: Buffer) => void;
}

export class RouterSocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #peers = new Map<string, Peer>();
  readonly #onMessage: (identity: Buffer, frames: readonly Buffer[], arrivedMs: number) => void;
  readonly #options: RouterOptions;
  #lastMade = 0;
  /** Peers that came with the identity of another, and messages to nobody. */
  refusedCount = 0;
  unroutableCount = 0;

  constructor(
    context: ZmtpContext,
    onMessage: (identity: Buffer, frames: readonly Buffer[], arrivedMs: number) => void,
    options: RouterOptions = {},
  ) {
    this.endpoints = new Endpoints("ROUTER", context, this, options);
    this.#onMessage = onMessage;
    this.#options = options;
  }

  /** Whether somebody has this identity. */
  has(identity: Uint8Array): boolean {
    return this.#peers.has(nameOf(identity));
  }

  /** False, and nothing is sent, where nobody has this identity, or he has no room. */
  send(identity: Uint8Array, frames: Frames): boolean {
    const peer = this.#peers.get(nameOf(identity));
    if (peer === undefined) this.unroutableCount++;
    return peer?.send(ZmtpMessage.of(frames)) ?? false;
  }

  /** Whoever has an identity keeps it; another that comes with it, or with one that is not for peers, is let go. */
  attached(peer: Peer): boolean {
    if (peer.identity.length === 0) peer.identity = this.#makeIdentity();
    else if (peer.identity[0] === 0 || this.#peers.has(nameOf(peer.identity))) {
      this.refusedCount++;
      return false;
    }
    this.#peers.set(nameOf(peer.identity), peer);
    return true;
  }

  detached(peer: Peer): void {
    this.#peers.delete(nameOf(peer.identity));
    this.#options.onGone?.(peer.identity);
  }

  resumed(peer: Peer): void {
    this.#options.onRoom?.(peer.identity);
  }

  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void {
    this.#onMessage(peer.identity, message.frames(), arrivedMs);
  }

  #makeIdentity(): Buffer {
    const made = Buffer.alloc(MADE_BYTES);
    this.#lastMade = (this.#lastMade + 1) >>> 0;
    made.writeUInt32BE(this.#lastMade, 1);
    return made;
  }
}

function nameOf(identity: Uint8Array): string {
  return Buffer.from(identity.buffer, identity.byteOffset, identity.length).toString("latin1");
}
