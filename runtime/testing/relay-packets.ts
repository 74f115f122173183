// One direction of a network that carries datagrams: what is lost, when the rest arrives, how often and in what order.
import type { Clock } from "../base/clock.ts";
import { TokenBucket } from "./relay-bucket.ts";
import { flipBit, type FlowChance, type PacketFate } from "./relay-chance.ts";
import type { Link, Way } from "./relay-faults.ts";
import type { WayCounts } from "./relay-figures.ts";
import { relayLimits } from "./relay-limits.ts";
import type { Partition } from "./relay-partition.ts";
import { DueQueue } from "./relay-queue.ts";

/** One sender's datagrams in one direction. */
export interface PacketFlow {
  readonly chance: FlowChance;
  /** When the last of those arrives that keep their order. */
  lastDueMs: number;
  readonly arrive: (bytes: Uint8Array) => void;
}

export class PacketLink {
  /** What is on its way keeps the faults it left with. */
  link: Link;
  readonly #way: Way;
  readonly #clock: Clock;
  readonly #partition: Partition;
  readonly #counts: WayCounts;
  readonly #bucket = new TokenBucket();
  readonly #queue = new DueQueue();
  #wakeMs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => undefined;

  constructor(way: Way, link: Link, parts: { clock: Clock; partition: Partition; counts: WayCounts }) {
    this.#way = way;
    this.link = link;
    this.#clock = parts.clock;
    this.#partition = parts.partition;
    this.#counts = parts.counts;
  }

  /** The flow's next datagram, which is copied where it has to wait. It meets its end here, or arrives later. */
  send(flow: PacketFlow, bytes: Uint8Array): void {
    const counts = this.#counts;
    counts.packetsIn++;
    counts.bytesIn += bytes.length;
    const fate = flow.chance.packet(this.link, bytes.length);
    if (this.#partition.cuts(this.#way)) {
      counts.cutOff++;
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    this.#pass(flow, bytes, fate, nowMs);
    if (fate.copyDelayMs !== undefined && this.#pass(flow, bytes, { ...fate, delayMs: fate.copyDelayMs }, nowMs)) {
      counts.duplicated++;
    }
    this.#run();
  }

  /** Nothing arrives any more. */
  stop(): void {
    this.#cancelWake();
    this.#queue.clear();
    this.#counts.packetsWaiting = 0;
    this.#counts.bytesWaiting = 0;
  }

  /** Whether it is on its way. */
  #pass(flow: PacketFlow, bytes: Uint8Array, fate: PacketFate, nowMs: number): boolean {
    const counts = this.#counts;
    const waitMs = this.#bucket.take(this.link, bytes.length, nowMs);
    const isFull =
      counts.packetsWaiting >= relayLimits.packetsOnTheWayMax ||
      counts.bytesWaiting + bytes.length > relayLimits.bytesOnTheWayMax;
    if (waitMs === undefined || isFull) counts.overflowed++;
    else if (fate.lost === "chance") counts.lost++;
    else if (fate.lost === "burst") counts.lostInBursts++;
    else {
      this.#enqueue(flow, bytes, fate, nowMs + waitMs + fate.delayMs);
      return true;
    }
    return false;
  }

  #enqueue(flow: PacketFlow, sent: Uint8Array, fate: PacketFate, earliestMs: number): void {
    const counts = this.#counts;
    const bytes = Uint8Array.from(sent);
    if (fate.flippedBit !== undefined) {
      flipBit(bytes, fate.flippedBit);
      counts.corrupted++;
    }
    if (fate.reordered) counts.reordered++;
    const dueMs = this.link.keepOrder && !fate.reordered ? Math.max(earliestMs, flow.lastDueMs) : earliestMs;
    if (!fate.reordered) flow.lastDueMs = Math.max(dueMs, flow.lastDueMs);
    counts.packetsWaiting++;
    counts.bytesWaiting += bytes.length;
    this.#queue.push({ dueMs, bytes, arrive: flow.arrive });
  }

  readonly #run = (): void => {
    const nowMs = this.#clock.monotonicMs();
    for (let first = this.#queue.peek(); first !== undefined && first.dueMs <= nowMs; first = this.#queue.peek()) {
      this.#queue.shift();
      const counts = this.#counts;
      counts.packetsWaiting--;
      counts.bytesWaiting -= first.bytes.length;
      first.arrive(first.bytes);
    }
    this.#wake(nowMs);
  };

  #wake(nowMs: number): void {
    const dueMs = this.#queue.peek()?.dueMs ?? Number.POSITIVE_INFINITY;
    if (dueMs === this.#wakeMs) return;
    this.#cancelWake();
    this.#wakeMs = dueMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#cancelWake = this.#clock.after(dueMs - nowMs, () => {
      this.#wakeMs = Number.POSITIVE_INFINITY;
      this.#run();
    });
  }
}
