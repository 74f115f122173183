// Hot. Messages waiting for one actor, in order and within two bounds: how many they are and how many bytes they hold.
import { RingBuffer } from "../base/ring-buffer.ts";
import { Envelope } from "./envelope.ts";
import type { MessageBatch } from "./ports.ts";

/** One envelope, or several messages that arrived together. */
export type MailboxItem = Envelope | MessageBatch;

export class Mailbox {
  readonly capacity: number;
  readonly bytesMax: number;
  #items = new RingBuffer<MailboxItem>();
  #count = 0;
  #bytes = 0;

  constructor(capacity: number, bytesMax: number) {
    this.capacity = capacity;
    this.bytesMax = bytesMax;
  }

  /** Messages waiting, 0 to `capacity`; the one being handled is not counted. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that the waiting batches hold; a batch counts whole until its last message is taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many more messages would be taken now. */
  get room(): number {
    return this.#bytes >= this.bytesMax ? 0 : Math.max(0, this.capacity - this.#count);
  }

  /** False, and nothing is kept, when the mailbox is full. */
  offer(envelope: Envelope): boolean {
    if (this.room === 0) return false;
    this.put(envelope);
    return true;
  }

  /** For the runtime's own lifecycle messages, at most two for each actor: they are never refused. */
  put(envelope: Envelope): void {
    this.#items.push(envelope);
    this.#count++;
  }

  /** The caller has asked for `room`; a batch may pass the bound on bytes, which is then full until it is handled. */
  putBatch(batch: MessageBatch): void {
    this.#items.push(batch);
    this.#count += batch.remaining;
    this.#bytes += batch.bytes;
  }

  peek(): MailboxItem | undefined {
    return this.#items.peek();
  }

  /** Takes the message at the head, which `peek` showed to be one envelope. */
  shiftEnvelope(): void {
    this.#items.shift();
    this.#count--;
  }

  /** The head batch gave up this many of its messages. */
  taken(messages: number): void {
    this.#count -= messages;
  }

  /** Drops the head batch, whose messages are all taken. */
  shiftBatch(batch: MessageBatch): void {
    this.#items.shift();
    this.#bytes -= batch.bytes;
    batch.release();
  }

  /** Drops everything; `visit` sees what was there. Returns the number of messages dropped. */
  clear(visit: (item: MailboxItem) => void): number {
    const dropped = this.#count;
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) visit(item);
    this.#items.clear();
    this.#count = 0;
    this.#bytes = 0;
    return dropped;
  }
}

/** Nobody will handle it: an asker is told, a batch goes back to its maker. */
export function dropItem(item: MailboxItem): void {
  if (item instanceof Envelope) item.abandon();
  else item.release();
}
