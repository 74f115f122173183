// DEALER: messages out to the peers in turn, messages in from all of them; nothing ties one to another.
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import type { Frames } from "./reply-socket.ts";
import { Turns } from "./turns.ts";

export class DealerSocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #turns = new Turns();
  readonly #onMessage: (frames: readonly Buffer[], arrivedMs: number) => void;

  constructor(
    context: ZmtpContext,
    onMessage: (frames: readonly Buffer[], arrivedMs: number) => void,
    options: EndpointOptions = {},
  ) {
    this.endpoints = new Endpoints("DEALER", context, this, options);
    this.#onMessage = onMessage;
  }

  /** False, and nothing is sent, where nobody is there or nobody has room. */
  send(frames: Frames): boolean {
    return this.#turns.next()?.send(ZmtpMessage.of(frames)) ?? false;
  }

  attached(peer: Peer): boolean {
    this.#turns.add(peer);
    return true;
  }

  detached(peer: Peer): void {
    this.#turns.delete(peer);
  }

  received(_: Peer, message: ZmtpMessage, arrivedMs: number): void {
    this.#onMessage(message.frames(), arrivedMs);
  }
}
