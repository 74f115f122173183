// Lets no turn of a session start while its peer takes less than the turns produce.
import type { SessionPort } from "../core/ports.ts";
import type { ConnectionWriter } from "./connection-writer.ts";

export class TurnBrake {
  readonly #session: SessionPort;
  readonly #writer: ConnectionWriter;
  #on = false;

  constructor(session: SessionPort, writer: ConnectionWriter) {
    this.#session = session;
    this.#writer = writer;
  }

  /** The peer takes less than the turns produced. */
  get on(): boolean {
    return this.#on;
  }

  /** Hot. A turn has added to the queue: one step may run thousands of them before anything is written. */
  produced(): void {
    if (this.#writer.queuedBytes > this.#writer.highWaterBytes) this.#pull();
  }

  /** The kernel has been offered everything, and took what it would. */
  offered(): void {
    if (this.#writer.aboveHighWater) return this.#pull();
    if (!this.#on || !this.#writer.belowLowWater) return;
    this.#on = false;
    this.#session.resume();
  }

  #pull(): void {
    if (this.#on) return;
    this.#on = true;
    this.#session.suspend();
  }
}
