// Hot. Messages on their way out: in two lanes, in fragments, within the receiver's window, again when they were lost.
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";
import type { PackedMessage } from "./compression.ts";
import { FRAGMENT_BYTES_MAX, fragmentFrameBytes, type Lane, WHOLE_MESSAGE_BYTES_MAX } from "./frames.ts";

/** From here on no message is taken any more: numbers are 32 bits wide, and never used twice. */
const MESSAGE_NUMBER_END = 2 ** 32 - 1;

interface OutboundMessage extends PackedMessage {
  readonly lane: Lane;
  readonly number: number;
  /** Fragments in all, those that were sent, and those that were acknowledged. */
  readonly count: number;
  sent: number;
  acknowledged: number;
}

/** A part of a message that fits into one packet. It is sent again as it was, in packets with other numbers. */
export class OutboundFragment {
  readonly message: OutboundMessage;
  readonly index: number;
  readonly start: number;
  readonly end: number;
  acknowledged = false;
  /** It waits to be sent again. */
  repeating = false;
  /** The number of the last packet that it was in. */
  packet = 0;

  constructor(message: OutboundMessage) {
    this.message = message;
    this.index = message.sent;
    this.start = this.index * FRAGMENT_BYTES_MAX;
    this.end =
      message.count === 1 ? message.wire.length : Math.min(this.start + FRAGMENT_BYTES_MAX, message.wire.length);
  }
}

class OutboundLane {
  /** Not all sent, and not all acknowledged, both in the order of their numbers. */
  readonly waiting = new RingBuffer<OutboundMessage>();
  readonly open = new RingBuffer<OutboundMessage>();
  nextNumber: number;

  constructor(firstNumber: number) {
    this.nextNumber = firstNumber;
  }

  /** The message whose next fragment may be sent: not too far ahead of the oldest that is open. */
  get next(): OutboundMessage | undefined {
    const message = this.waiting.peek();
    const oldest = this.open.peek() ?? message;
    if (message === undefined || oldest === undefined) return undefined;
    return message.number - oldest.number < limits.datagramMessagesAheadMax ? message : undefined;
  }
}

export class OutboundMessages {
  readonly #lanes: readonly [OutboundLane, OutboundLane];
  readonly #repeats = new RingBuffer<OutboundFragment>();
  #turn: Lane = 0;
  #queuedBytes = 0;
  /** Cost of all fragments that were sent, and of what the receiver takes in all. */
  #sentCost = 0;
  #window: number = limits.datagramFirstWindowBytes;

  constructor(firstNumber = 0) {
    this.#lanes = [new OutboundLane(firstNumber), new OutboundLane(firstNumber)];
  }

  /** What is not acknowledged, with the cost of its fragments. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get numbersUsedUp(): boolean {
    return this.#lanes.some((lane) => lane.nextNumber >= MESSAGE_NUMBER_END);
  }

  /** False, and nothing is kept, where it would be more than may wait. The octets are not copied. */
  add({ wire, compressed }: PackedMessage, lane: Lane): boolean {
    const count = wire.length <= WHOLE_MESSAGE_BYTES_MAX ? 1 : Math.ceil(wire.length / FRAGMENT_BYTES_MAX);
    const cost = wire.length + count * limits.datagramFragmentCostBytes;
    const { nextNumber } = this.#lanes[lane];
    if (this.#queuedBytes + cost > limits.datagramQueueBytesMax || nextNumber >= MESSAGE_NUMBER_END) return false;
    this.#queuedBytes += cost;
    const message = { lane, number: this.#lanes[lane].nextNumber++, count, wire, compressed, sent: 0, acknowledged: 0 };
    this.#lanes[lane].waiting.push(message);
    this.#lanes[lane].open.push(message);
    return true;
  }

  /** What the receiver takes in all, modulo 2^32, as a packet said it; an older packet says less, and is not heeded. */
  windowSaid(window: number): void {
    const more = (window - this.#window) | 0;
    if (more > 0) this.#window += more;
  }

  /** The next fragment whose frame has room, repetitions first, then the lanes in turn. It counts as sent. */
  next(roomBytes: number): OutboundFragment | undefined {
    let repeat = this.#repeats.peek();
    while (repeat !== undefined) {
      if (!repeat.acknowledged && fragmentFrameBytes(repeat) > roomBytes) return undefined;
      this.#repeats.shift();
      repeat.repeating = false;
      if (!repeat.acknowledged) return repeat;
      repeat = this.#repeats.peek();
    }
    const other = this.#turn === 0 ? 1 : 0;
    return this.#first(this.#turn, roomBytes) ?? this.#first(other, roomBytes);
  }

  /** Something is to be sent again. */
  get repeating(): boolean {
    return this.#repeats.count > 0;
  }

  /** The packet that it was in is lost, or is asked after: unless a later packet has it too, it is sent again. */
  repeat(fragment: OutboundFragment, packet: number): boolean {
    if (fragment.acknowledged || fragment.repeating || fragment.packet !== packet) return false;
    fragment.repeating = true;
    this.#repeats.push(fragment);
    return true;
  }

  acknowledged(fragment: OutboundFragment): void {
    if (fragment.acknowledged) return;
    fragment.acknowledged = true;
    fragment.message.acknowledged++;
    const { open } = this.#lanes[fragment.message.lane];
    let oldest = open.peek();
    while (oldest !== undefined && oldest.acknowledged === oldest.count) {
      open.shift();
      oldest = open.peek();
    }
    const { count, acknowledged, wire } = fragment.message;
    if (acknowledged === count) this.#queuedBytes -= wire.length + count * limits.datagramFragmentCostBytes;
  }

  #first(lane: Lane, roomBytes: number): OutboundFragment | undefined {
    const message = this.#lanes[lane].next;
    if (message === undefined) return undefined;
    const fragment = new OutboundFragment(message);
    const cost = fragment.end - fragment.start + limits.datagramFragmentCostBytes;
    if (fragmentFrameBytes(fragment) > roomBytes || this.#sentCost + cost > this.#window) return undefined;
    this.#sentCost += cost;
    this.#turn = lane === 0 ? 1 : 0;
    if (++message.sent === message.count) this.#lanes[lane].waiting.shift();
    return fragment;
  }
}
