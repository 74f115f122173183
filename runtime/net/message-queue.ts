// Messages on their way into a mailbox: those that it has no room for wait here, bounded in count and octets.
import { RingBuffer } from "../base/ring-buffer.ts";
import type { SessionPort } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { NetStats } from "./net-stats.ts";
import { OneMessage } from "./one-message.ts";

export interface ArrivedMessage {
  readonly text: string;
  readonly bytes: number;
  /** Monotonic. */
  readonly arrivedMs: number;
}

export class MessageQueue {
  readonly #session: Pick<SessionPort, "mailbox" | "putBatch">;
  readonly #stats: Pick<NetStats, "messagesIn">;
  readonly #messages = new RingBuffer<ArrivedMessage>();
  #bytes = 0;
  #handingOn = false;

  constructor(session: Pick<SessionPort, "mailbox" | "putBatch">, stats: Pick<NetStats, "messagesIn">) {
    this.#session = session;
    this.#stats = stats;
  }

  get count(): number {
    return this.#messages.count;
  }

  /** How many messages the mailbox would take now, behind those that wait. */
  get room(): number {
    return this.count > 0 ? 0 : this.#session.mailbox.room;
  }

  /** Into the mailbox, or to the others that wait. False where those are too many: it was not taken. */
  add(message: ArrivedMessage): boolean {
    if (this.room === 0) {
      if (this.count >= limits.messagesWaitingMax) return false;
      if (this.#bytes + message.bytes > limits.messagesWaitingBytesMax) return false;
    }
    this.#messages.push(message);
    this.#bytes += message.bytes;
    this.handOn();
    return true;
  }

  /** The mailbox hears of each message that is put: that leads back here, and then it is seen to already. */
  handOn(): void {
    if (this.#handingOn) return;
    this.#handingOn = true;
    try {
      while (this.count > 0 && this.#session.mailbox.room > 0) this.#put(this.#messages.shift() as ArrivedMessage);
    } finally {
      this.#handingOn = false;
    }
  }

  #put({ text, bytes, arrivedMs }: ArrivedMessage): void {
    this.#bytes -= bytes;
    this.#stats.messagesIn++;
    this.#session.putBatch(new OneMessage(text, bytes, arrivedMs));
  }
}
