// What stops a session whose peer takes too little: suspended above the high-water mark, let go where nothing moves.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import type { SessionPort } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { ConnectionHost } from "./connection-host.ts";
import type { MessageOutlet } from "./message-outlet.ts";

export class MessageBrake implements TimerOwner {
  readonly #session: Pick<SessionPort, "suspend" | "resume">;
  readonly #outlet: Pick<MessageOutlet, "queuedBytes">;
  readonly #host: Pick<ConnectionHost, "wheel" | "deadlines">;
  readonly #stalled: () => void;
  readonly #timer = new Timer(this);
  #on = false;
  /** What waited when it was last looked at. */
  #waitedBytes = 0;

  /** `stalled` is called when a suspended session's peer has taken nothing for `writeStallMs`. */
  constructor(
    session: Pick<SessionPort, "suspend" | "resume">,
    outlet: Pick<MessageOutlet, "queuedBytes">,
    host: Pick<ConnectionHost, "wheel" | "deadlines">,
    stalled: () => void,
  ) {
    this.#session = session;
    this.#outlet = outlet;
    this.#host = host;
    this.#stalled = stalled;
  }

  /** Something was added to what waits. */
  sent(): void {
    if (this.#on || this.#outlet.queuedBytes <= limits.messageHighWaterBytes) return;
    this.#on = true;
    this.#look();
    this.#session.suspend();
  }

  /** The peer may have taken something. */
  drained(): void {
    if (!this.#on || this.#outlet.queuedBytes > limits.outboundLowWaterBytes) return;
    this.release();
    this.#session.resume();
  }

  timerFired(): void {
    this.drained();
    if (!this.#on) return;
    if (this.#outlet.queuedBytes >= this.#waitedBytes) this.#stalled();
    else this.#look();
  }

  /** Nothing is looked at any more. */
  release(): void {
    this.#on = false;
    this.#host.wheel.disarm(this.#timer);
  }

  #look(): void {
    this.#waitedBytes = this.#outlet.queuedBytes;
    this.#host.wheel.arm(this.#timer, this.#host.deadlines.writeStallMs);
  }
}
