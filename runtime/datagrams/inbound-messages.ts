// Hot. Fragments into messages: each once, in order where asked for, within the window that was granted.
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";
import type { Fault } from "./close-codes.ts";
import type { FrameReader, Lane } from "./frames.ts";

/** What became of a fragment. */
export type Arrival = "new" | "again" | Fault;

/** A message that is whole, still as it travelled. */
export interface InboundMessage {
  readonly lane: Lane;
  readonly wire: Uint8Array;
  readonly compressed: boolean;
  /** What it counts in the window until it is taken. */
  readonly cost: number;
}

interface PartialMessage {
  readonly parts: (Uint8Array | undefined)[];
  readonly compressed: boolean;
  missing: number;
  bytes: number;
}

class InboundLane {
  /** Every message below it is whole. */
  next = 0;
  readonly partial = new Map<number, PartialMessage>();
  /** Whole ones above `next`: with the message where it must wait for its turn. */
  readonly whole = new Map<number, InboundMessage | undefined>();

  constructor(firstNumber: number) {
    this.next = firstNumber;
  }
}

export class InboundMessages {
  readonly #lanes: readonly [InboundLane, InboundLane];
  readonly #ready = new RingBuffer<InboundMessage>();
  #receivedCost = 0;
  #takenCost = 0;

  constructor(firstNumber = 0) {
    this.#lanes = [new InboundLane(firstNumber), new InboundLane(firstNumber)];
  }

  /** The cost of all messages that may come, since the beginning. */
  get window(): number {
    return this.#takenCost + limits.datagramWindowBytes;
  }

  /** The cost of what came and is not taken: never more than `datagramWindowBytes`. */
  get heldCost(): number {
    return this.#receivedCost - this.#takenCost;
  }

  /** Copies what it keeps. After a fault nothing has changed. */
  add(frame: FrameReader): Arrival {
    const lane = this.#lanes[frame.lane];
    const { message, index } = frame;
    if (message < lane.next || lane.whole.has(message)) return "again";
    if (message - lane.next >= limits.datagramMessagesAheadMax) return "windowOverrun";
    const partial = lane.partial.get(message);
    const bytes = frame.end - frame.start;
    if (partial !== undefined && (partial.parts.length !== frame.count || partial.compressed !== frame.compressed)) {
      return "badMessage";
    }
    if (partial?.parts[index] !== undefined) return "again";
    const isOneTooMany = partial === undefined && lane.partial.size >= limits.datagramPartialMessagesMax;
    if (isOneTooMany && frame.count > 1) return "badMessage";
    if ((partial?.bytes ?? 0) + bytes > limits.datagramMessageBytesMax) return "badMessage";
    const cost = bytes + limits.datagramFragmentCostBytes;
    if (this.#receivedCost + cost > this.window) return "windowOverrun";
    this.#receivedCost += cost;
    if (frame.count === 1) this.#complete(lane, frame, new Uint8Array(frame.bytes), 1);
    else this.#addPart(lane, frame, partial);
    return "new";
  }

  /** The next message, which then counts in the window no more. */
  take(): InboundMessage | undefined {
    const message = this.#ready.shift();
    if (message !== undefined) this.#takenCost += message.cost;
    return message;
  }

  #addPart(lane: InboundLane, frame: FrameReader, known: PartialMessage | undefined): void {
    const { message, compressed, count, index } = frame;
    const partial = known ?? { parts: Array.from({ length: count }), compressed, missing: count, bytes: 0 };
    if (known === undefined) lane.partial.set(message, partial);
    partial.parts[index] = new Uint8Array(frame.bytes);
    partial.bytes += frame.end - frame.start;
    if (--partial.missing > 0) return;
    lane.partial.delete(message);
    this.#complete(lane, frame, Buffer.concat(partial.parts as Uint8Array[]), count);
  }

  #complete(lane: InboundLane, frame: FrameReader, wire: Uint8Array, fragments: number): void {
    const cost = wire.length + fragments * limits.datagramFragmentCostBytes;
    const message = { lane: frame.lane, wire, compressed: frame.compressed, cost };
    const inOrder = frame.lane === 0;
    if (!inOrder) this.#ready.push(message);
    if (frame.message !== lane.next) {
      lane.whole.set(frame.message, inOrder ? message : undefined);
      return;
    }
    if (inOrder) this.#ready.push(message);
    lane.next++;
    while (lane.whole.has(lane.next)) {
      const waiting = lane.whole.get(lane.next);
      if (waiting !== undefined) this.#ready.push(waiting);
      lane.whole.delete(lane.next++);
    }
  }
}
