// REP: answers each request with what its handler returns; one at a time of each peer, several peers side by side.
import { splitEnvelope } from "../wire/zmtp-envelope.ts";
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";

export type Frames = readonly (Uint8Array | string)[];

/** `frames` are views of what was received: valid as long as they are held. A peer whose handler fails is let go. */
export type ReplyHandler = (frames: readonly Buffer[], arrivedMs: number) => Frames | Promise<Frames>;

export class ReplySocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #handler: ReplyHandler;
  /** Requests that were none, and those whose handler failed. */
  refusedCount = 0;
  failedCount = 0;

  constructor(context: ZmtpContext, handler: ReplyHandler, options: EndpointOptions = {}) {
    this.endpoints = new Endpoints("REP", context, this, options);
    this.#handler = handler;
  }

  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void {
    const request = splitEnvelope(message.frames());
    if (request === undefined) return void this.refusedCount++;
    const { envelope, body } = request;
    try {
      const reply = this.#handler(body, arrivedMs);
      if (reply instanceof Promise) void this.#replyLater(peer, envelope, reply);
      else peer.send(ZmtpMessage.of([...envelope, ...reply]));
    } catch {
      this.#fail(peer);
    }
  }

  async #replyLater(peer: Peer, envelope: readonly Buffer[], reply: Promise<Frames>): Promise<void> {
    peer.busy = true;
    try {
      peer.send(ZmtpMessage.of([...envelope, ...(await reply)]));
    } catch {
      this.#fail(peer);
    }
    peer.busy = false;
  }

  #fail(peer: Peer): void {
    this.failedCount++;
    peer.connection.end("zmtp.reply_failed");
  }
}
