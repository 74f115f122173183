// Where the messages of one connection leave: what a UDP peer, a datagram channel and a WebSocket have in common.
import type { SharedMessage, Transport } from "../core/ports.ts";

/** The way to the peer. */
export interface MessageOutlet {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Of the request that opened it, where there was one. */
  readonly traceparent?: string | undefined;
  /** Waits for the peer or for the network; nothing, once the peer takes no more. */
  readonly queuedBytes: number;
  /** Messages that have come wait there for room. */
  readonly holding: boolean;
  /** How many octets it took; `NOT_TAKEN` where so much waits already that nothing more is taken. */
  send(text: string): number;
  sendShared(message: SharedMessage): number;
  /** What was sent still leaves; after that the peer is told the end. False: that takes time, and `left` tells when. */
  finish(reason: string): boolean;
  /** Nothing more leaves, but for a last word about why. */
  drop(reason: string): void;
  /** The session has room again: for outlets that hold messages back meanwhile. */
  roomAgain?(): void;
}

export const NOT_TAKEN = -1;
