// One who watches the live feed: sent to while he keeps up, left out while he does not, cut off when he stays behind.

import type { WebSocketEvents, WebSocketPort } from "#runtime/net/web-socket-port.ts";

import { HTTP_LIMITS } from "./limits.ts";

/** RFC 6455, section 7.4.1. */
export const CLOSE_CODES = { goingAway: 1_001, policy: 1_008, tryLater: 1_013 } as const;

export class LiveViewer implements WebSocketEvents {
  readonly remoteAddress: string;
  readonly seesEvents: boolean;
  readonly #socket: WebSocketPort;
  readonly #left: (viewer: LiveViewer) => void;
  #messages = 0;
  /** Messages that were left out since he was last up to date. */
  #missed = 0;

  constructor(socket: WebSocketPort, seesEvents: boolean, left: (viewer: LiveViewer) => void) {
    this.remoteAddress = socket.remoteAddress;
    this.seesEvents = seesEvents;
    this.#socket = socket;
    this.#left = left;
  }

  /** Not sent while too much waits for him: the next message says all that matters. */
  send(text: string): void {
    const waitingBytes = this.#socket.waitingBytes();
    const isBehind = waitingBytes > (this.#missed > 0 ? 0 : HTTP_LIMITS.liveBehindBytesMax);
    this.#missed = isBehind ? this.#missed + 1 : 0;
    if (this.#missed > HTTP_LIMITS.liveBehindSecondsMax) return this.#cutOff();
    if (!isBehind) this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#left(this);
    this.#socket.close(code, reason);
  }

  received(): void {
    if (++this.#messages > HTTP_LIMITS.liveMessagesFromViewerMax) this.close(CLOSE_CODES.policy, "live.flood");
  }

  drained(): void {
    // Looked at when there is something to send.
  }

  closed(): void {
    this.#left(this);
  }

  #cutOff(): void {
    this.#left(this);
    this.#socket.terminate();
  }
}
