// REQ: one request at a time, to the peers in turn; each is answered, or fails with a reason.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { splitEnvelope } from "../wire/zmtp-envelope.ts";
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import type { ZmtpContext } from "./context.ts";
import { type EndpointOptions, Endpoints } from "./endpoints.ts";
import type { Pattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import type { Frames } from "./reply-socket.ts";
import { Turns } from "./turns.ts";
import { ZmtpError, type ZmtpErrorCode } from "./zmtp-error.ts";

export interface Reply {
  readonly frames: readonly Buffer[];
  /** When the request was written and when the reply came off the socket, in monotonic milliseconds. */
  readonly sentMs: number;
  readonly arrivedMs: number;
}

const CORRELATION_BYTES = 4;

export class RequestSocket implements Pattern {
  readonly endpoints: Endpoints;
  readonly #context: ZmtpContext;
  readonly #turns = new Turns();
  readonly #waiting: Request[] = [];
  #current: Request | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(context: ZmtpContext, options: EndpointOptions = {}) {
    this.endpoints = new Endpoints("REQ", context, this, options);
    this.#context = context;
  }

  /**
   * Rejects with a `ZmtpError`: `zmtp.no_reply` after `timeoutMs`, `stood` `queued` where it was never sent;
   * `zmtp.peer_gone` when the one who had it is lost; `zmtp.too_many` when 1 024 wait already; `zmtp.closed`.
   */
  request(frames: Frames, timeoutMs: number = limits.askTimeoutMs): Promise<Reply> {
    if (this.#isClosed) return refused("zmtp.closed", "the socket was closed");
    if (this.#waiting.length >= limits.zmtpRequestsWaitingMax) {
      return refused("zmtp.too_many", `${limits.zmtpRequestsWaitingMax} wait already, the limit`);
    }
    return new Promise((resolve, reject) => {
      const id = Buffer.alloc(CORRELATION_BYTES);
      this.#lastId = (this.#lastId + 1) >>> 0;
      id.writeUInt32BE(this.#lastId);
      const request = new Request({ id, frames, resolve, reject, gaveUp: this.#gaveUp });
      this.#context.table.wheel.arm(request.timer, timeoutMs);
      this.#waiting.push(request);
      this.#sendNext();
    });
  }

  /** What waits fails with `zmtp.closed`, and so does every later request. */
  close(): void {
    this.#isClosed = true;
    const open = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const request of open) this.#fail(request, "zmtp.closed", "the socket was closed");
    this.endpoints.close();
  }

  attached(peer: Peer): boolean {
    this.#turns.add(peer);
    this.#sendNext();
    return true;
  }

  detached(peer: Peer): void {
    this.#turns.delete(peer);
    const { peer: asked } = this.#current ?? {};
    if (this.#current === undefined || asked !== peer) return;
    this.#fail(this.#current, "zmtp.peer_gone", "the connection was lost before the reply came");
    this.#next();
  }

  /** Others than the reply to what is asked now come too late, or from somebody who was not asked. */
  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void {
    const { envelope = [], body = [] } = splitEnvelope(message.frames()) ?? {};
    const current = this.#current;
    if (current === undefined || current.peer !== peer || envelope.length !== 2) return;
    if (envelope[0]?.equals(current.id) !== true) return;
    this.#context.table.wheel.disarm(current.timer);
    current.resolve({ frames: body, sentMs: current.sentMs, arrivedMs });
    this.#next();
  }

  readonly #gaveUp = (request: Request): void => {
    this.#fail(request, "zmtp.no_reply", "no reply came in time");
    if (request === this.#current) return this.#next();
    this.#waiting.splice(this.#waiting.indexOf(request), 1);
  };

  #next(): void {
    this.#current = undefined;
    this.#sendNext();
  }

  #sendNext(): void {
    const [request] = this.#waiting;
    const peer = this.#current === undefined && request !== undefined ? this.#turns.next() : undefined;
    if (request === undefined || peer === undefined) return;
    this.#waiting.shift();
    this.#current = request;
    request.peer = peer;
    request.sentMs = this.#context.table.clock.monotonicMs();
    peer.send(ZmtpMessage.of([request.id, "", ...request.frames]));
    peer.connection.flush();
  }

  #fail(request: Request, code: ZmtpErrorCode, state: string): void {
    this.#context.table.wheel.disarm(request.timer);
    const stood = request.peer === undefined ? "queued" : "unknown";
    request.reject(new ZmtpError(code, `Cannot have an answer to a request: ${state}`, stood));
  }
}

function refused(code: ZmtpErrorCode, state: string): Promise<never> {
  return Promise.reject(new ZmtpError(code, `Cannot send a request: ${state}`, "queued"));
}

interface RequestOptions {
  /** Tells its reply from one that comes late. */
  readonly id: Buffer;
  readonly frames: Frames;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: ZmtpError) => void;
  readonly gaveUp: (request: Request) => void;
}

class Request implements TimerOwner {
  readonly id: Buffer;
  readonly frames: Frames;
  readonly resolve: RequestOptions["resolve"];
  readonly reject: RequestOptions["reject"];
  readonly timer = new Timer(this);
  readonly #gaveUp: RequestOptions["gaveUp"];
  /** Who was asked, once somebody was. */
  peer: Peer | undefined;
  sentMs = 0;

  constructor({ id, frames, resolve, reject, gaveUp }: RequestOptions) {
    this.id = id;
    this.frames = frames;
    this.resolve = resolve;
    this.reject = reject;
    this.#gaveUp = gaveUp;
  }

  timerFired(): void {
    this.#gaveUp(this);
  }
}
