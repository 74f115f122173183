// How many WebSockets are open, in all and of each address: those beyond are refused. And for whom, while that is so.

import type { OpenWebSession, WebSocketPort } from "#runtime/net/web-socket-port.ts";

import { addressBlock } from "./address-block.ts";
import { ANONYMOUS, type Identities, type Identity } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";

const { webSocketsMax, webSocketsPerAddressMax } = HTTP_LIMITS;
/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1_008;
const RETRY_SOON = { "Retry-After": "5" };

const TOO_MANY_HERE = `Cannot open a WebSocket: ${webSocketsPerAddressMax} of this address are open, its limit`;
const TOO_MANY = `Cannot open a WebSocket: ${webSocketsMax} are open, the limit`;

export class WebSocketSeats {
  readonly #taken = new Map<string, number>();
  /** Those whose session may show more than everybody sees, and to whom. */
  readonly #known = new Map<WebSocketPort, Identity>();
  #count = 0;

  /** What to answer where there is no room. */
  refuse(address: string): Response | undefined {
    if ((this.#taken.get(addressBlock(address)) ?? 0) >= webSocketsPerAddressMax) {
      return problem("too_many_web_sockets", TOO_MANY_HERE, RETRY_SOON);
    }
    return this.#count >= webSocketsMax ? problem("web_sockets_full", TOO_MANY, RETRY_SOON) : undefined;
  }

  /** The same session, which has a seat while its socket is open. */
  seated(address: string, begin: OpenWebSession, identity: Identity = ANONYMOUS): OpenWebSession {
    return (socket) => {
      const leaveBlock = this.#take(addressBlock(address));
      if (identity.via !== "none") this.#known.set(socket, identity);
      const leave = (): void => {
        leaveBlock();
        this.#known.delete(socket);
      };
      const events = begin(socket);
      // Where it was refused, its socket closes now; and there is nobody to hear of it.
      if (events === undefined) leave();
      return (
        events && {
          received: (text) => events.received(text),
          drained: () => events.drained(),
          closed(inOrder) {
            leave();
            events.closed(inOrder);
          },
        }
      );
    };
  }

  /** Closes those whose token or sign-in is over. Where that cannot be told, they stay until it can. */
  async closeStale({ isStill }: Pick<Identities, "isStill">): Promise<void> {
    for (const [socket, identity] of this.#known) {
      const isOver = await isStill(identity).then(
        (still) => !still,
        () => false,
      );
      if (isOver) socket.close(POLICY_VIOLATION, "signed_out");
    }
  }

  #take(block: string): () => void {
    this.#count++;
    this.#taken.set(block, (this.#taken.get(block) ?? 0) + 1);
    return () => {
      this.#count--;
      const left = (this.#taken.get(block) ?? 1) - 1;
      if (left === 0) this.#taken.delete(block);
      else this.#taken.set(block, left);
    };
  }
}
