// Hot. Messages waiting for one actor: two lanes, each in order, within two bounds: how many and how many bytes.
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import type { MessageBatch } from "./ports.ts";

/** One envelope, or several messages that arrived together. */
export type MailboxItem = Envelope | MessageBatch;

export interface MailboxBounds {
  readonly capacity: number;
  readonly bytesMax: number;
  /** Of the capacity, what a connection does not fill. */
  readonly keptForCalls?: number;
}

/** A list through the items themselves: an empty mailbox holds nothing, and nothing is allocated for each message. */
export class Mailbox {
  readonly #bounds: MailboxBounds;
  #head: MailboxItem | undefined = undefined;
  #tail: MailboxItem | undefined = undefined;
  /** The last control message; what follows it is the normal lane. */
  #controlTail: Envelope | undefined = undefined;
  #count = 0;
  #bytes = 0;
  /** Nothing more is taken from a connection. */
  inputHeld = false;
  /** What its connection waits for comes from elsewhere. */
  heldOpen = false;

  constructor(bounds: MailboxBounds) {
    this.#bounds = bounds;
  }

  /** Messages waiting, 0 to `capacity`; the one being handled is not counted. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that the waiting messages hold; a batch counts whole until its last message is taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The reads at the head stay before all that comes from now on, and become part of the control lane. */
  keepReads(): void {
    let isLater = this.#controlTail === undefined;
    for (let item = this.#head; isRead(item); item = itemAfter(item)) {
      if (isLater) this.#controlTail = item;
      else isLater = item === this.#controlTail;
    }
  }

  /** How many reads wait before this ask's message; -1 where others do too, or it is not in the lane. */
  readsBefore(asking: object, lane: "both" | "control"): number {
    let reads = 0;
    let item = lane === "control" && this.#controlTail === undefined ? undefined : this.#head;
    for (; isRead(item) && item.asking !== asking; item = itemAfter(item)) {
      if (lane === "control" && item === this.#controlTail) return -1;
      reads++;
    }
    return isRead(item) ? reads : -1;
  }

  /** Nothing but reads waits. */
  get hasOnlyReads(): boolean {
    let item = this.#head;
    while (isRead(item)) item = itemAfter(item);
    return item === undefined;
  }

  /** The next message is of the control lane. */
  get headIsControl(): boolean {
    return this.#controlTail !== undefined;
  }

  /** Which of its bounds it has reached, where it has reached one. */
  get isFullOf(): "messages" | "bytes" {
    return this.#count >= this.#bounds.capacity ? "messages" : "bytes";
  }

  /** How many more messages of a connection would be taken now. */
  get room(): number {
    const { capacity, bytesMax, keptForCalls = 0 } = this.#bounds;
    return this.inputHeld || this.#bytes >= bytesMax ? 0 : Math.max(0, capacity - keptForCalls - this.#count);
  }

  /** False, and nothing is kept, when the mailbox is full. */
  offer(envelope: Envelope): boolean {
    const { capacity, bytesMax, keptForCalls = 0 } = this.#bounds;
    // Where room is kept for calls, what a connection has brought does not take it, however many bytes that is.
    if (this.#count >= capacity || (this.#bytes >= bytesMax && keptForCalls === 0)) return false;
    this.#append(envelope);
    this.#count++;
    this.#bytes += envelope.bytes;
    return true;
  }

  /** What was refused nowhere and must come last, whatever the bounds say: the `closed` of a session. */
  putLast(envelope: Envelope): void {
    this.#append(envelope);
    this.#count++;
    this.#bytes += envelope.bytes;
  }

  /** Before everything that is not a control message: never refused, for whoever puts one has a bound of his own. */
  putControl(envelope: Envelope): void {
    const before = this.#controlTail;
    envelope.next = before === undefined ? this.#head : before.next;
    if (before === undefined) this.#head = envelope;
    else before.next = envelope;
    if (this.#tail === before) this.#tail = envelope;
    this.#controlTail = envelope;
    this.#count++;
    this.#bytes += envelope.bytes;
  }

  /** The caller has asked for `room`; a batch may pass the bound on bytes, which is then full until it is handled. */
  putBatch(batch: MessageBatch): void {
    this.#append(batch);
    this.#count += batch.remaining;
    this.#bytes += batch.bytes;
  }

  peek(): MailboxItem | undefined {
    return this.#head;
  }

  /** Takes the envelope that `peek` showed. */
  shift(envelope: Envelope): void {
    this.#unlinkHead(envelope);
    this.#count--;
    this.#bytes -= envelope.bytes;
  }

  /** Takes one message of the batch that `peek` showed; with its last one the batch goes back to its maker. */
  shiftMessage(batch: MessageBatch): unknown {
    const message = batch.take();
    this.#count--;
    if (batch.remaining > 0) return message;
    this.#unlinkHead(batch);
    this.#bytes -= batch.bytes;
    batch.release();
    return message;
  }

  /** The first waiting envelope that fits, front to back. */
  find(fits: (envelope: Envelope) => boolean): Envelope | undefined {
    for (let item = this.#head; item !== undefined; item = item.next as MailboxItem | undefined) {
      if (item instanceof Envelope && fits(item)) return item;
    }
    return undefined;
  }

  /** Takes out the envelopes that are not to be handled any more. Returns how many. */
  sweep(isOver: (envelope: Envelope) => boolean): number {
    const held = this.#count;
    let before: MailboxItem | undefined;
    for (let item = this.#head; item !== undefined; item = before === undefined ? this.#head : itemAfter(before)) {
      if (item instanceof Envelope && isOver(item)) this.#takeOut(item, before);
      else before = item;
    }
    return held - this.#count;
  }

  /** Empties the mailbox; `visit` sees what was there. Returns the number of messages dropped. */
  clear(visit: (item: MailboxItem) => void): number {
    const dropped = this.#count;
    let item = this.#head;
    this.#head = this.#tail = this.#controlTail = undefined;
    this.#count = this.#bytes = 0;
    while (item !== undefined) {
      const next = item.next as MailboxItem | undefined;
      item.next = undefined;
      visit(item);
      item = next;
    }
    return dropped;
  }

  #append(item: MailboxItem): void {
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.next = item;
    this.#tail = item;
  }

  #takeOut(envelope: Envelope, before: MailboxItem | undefined): void {
    if (before === undefined) return this.shift(envelope);
    before.next = envelope.next;
    envelope.next = undefined;
    if (this.#tail === envelope) this.#tail = before;
    // Before one of the control lane there are only others of it.
    if (this.#controlTail === envelope) this.#controlTail = before as Envelope;
    this.#count--;
    this.#bytes -= envelope.bytes;
  }

  /** An item that has left points nowhere: a long queue must not hang on what was once its first. */
  #unlinkHead(item: MailboxItem): void {
    this.#head = item.next as MailboxItem | undefined;
    item.next = undefined;
    if (this.#tail === item) this.#tail = undefined;
    if (this.#controlTail === item) this.#controlTail = undefined;
  }
}

function isRead(item: MailboxItem | undefined): item is Envelope {
  return item instanceof Envelope && item.method.kind === "read";
}

function itemAfter(item: MailboxItem): MailboxItem | undefined {
  return item.next as MailboxItem | undefined;
}

/** Why a message is not let in. */
export function mailboxFull(cell: { readonly address: string; readonly mailbox: Mailbox }): RuntimeError {
  const { count, bytes, isFullOf } = cell.mailbox;
  const holds = isFullOf === "messages" ? `${count} messages` : `${bytes} bytes`;
  const message = `Cannot deliver to "${cell.address}": its mailbox holds ${holds}, its limit`;
  return new RuntimeError("actor.mailbox_full", message, { stood: "queued" });
}
