// A peer that is sent to and acknowledges nothing: the kernel would try for a quarter of an hour before it gave up.
import { SocketOptions } from "./socket-options.ts";

const IPPROTO_TCP = 6;
/** RFC 5482, as Linux has it. */
const TCP_USER_TIMEOUT = 18;

/** Bun has no call for it, and only Linux has it so: elsewhere the kernel's own patience holds. */
export class VanishedPeers {
  readonly #options = new SocketOptions();
  readonly #afterMs: number;

  /** `afterMs` without an acknowledgement of what was sent: then the connection is lost. */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** Returns whether the kernel watches this socket from now on. */
  watch(socket: object): boolean {
    return this.#options.set(socket, { level: IPPROTO_TCP, name: TCP_USER_TIMEOUT, value: this.#afterMs });
  }
}
