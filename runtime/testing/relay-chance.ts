// What becomes of each packet of one flow in one direction: pure, and the same for the same seed and the same packets.
import { createRandom, type Random } from "../base/random.ts";
import type { Link, Way } from "./relay-faults.ts";
import { relayLimits } from "./relay-limits.ts";

export type Loss = "no" | "chance" | "burst";

export interface PacketFate {
  readonly lost: Loss;
  /** Until it arrives, without waiting for the rate of the link or for packets before it. */
  readonly delayMs: number;
  /** The same of its double; undefined when it has none. */
  readonly copyDelayMs: number | undefined;
  /** It is taken out of line, so that later ones pass it; `delayMs` holds what that adds. */
  readonly reordered: boolean;
  /** The bit that is wrong, counted from the first one of the first byte; undefined when none is. */
  readonly flippedBit: number | undefined;
}

export interface SegmentFate {
  /** How often it was lost before it came through, and how many of these times in a burst. */
  readonly losses: number;
  readonly burstLosses: number;
  /** Until it arrives, without waiting for the rate of the link, and without its losses. */
  readonly delayMs: number;
  /** What its losses add when nobody notices the first one: the retransmission times of all. */
  readonly heldMs: number;
  /** And what those after the first add when that one is noticed by what arrives after it. */
  readonly heldOnceNoticedMs: number;
  readonly flippedBit: number | undefined;
}

/**
 * Every packet draws the same count of random numbers, whatever the faults are, so that one fault changes nothing about
 * another: with and without jitter the same packets are lost. Flows and directions have numbers of their own.
 */
export class FlowChance {
  readonly #losses: Random;
  readonly #others: Random;
  #inBurst = false;

  /** `flow` counts from 0: the first one of the relay, the second, … */
  constructor(seed: number, way: Way, flow: number) {
    this.#losses = createRandom(streamSeed(seed, way, flow * 2));
    this.#others = createRandom(streamSeed(seed, way, flow * 2 + 1));
  }

  /** The fate of the next datagram, of that length. */
  packet(link: Link, lengthBytes: number): PacketFate {
    const lost = this.#nextLoss(link);
    const random = this.#others;
    const reordered = random.next() < link.reorder;
    const lateMs = reordered ? link.reorderByMs : 0;
    const delayMs = delayOf(link, random.next()) + lateMs;
    const doubled = random.next() < link.duplicate;
    const copyMs = delayOf(link, random.next()) + lateMs;
    const flippedBit = this.#nextFlippedBit(link, lengthBytes);
    return { lost, delayMs, copyDelayMs: doubled ? copyMs : undefined, reordered, flippedBit };
  }

  /**
   * The fate of the next segment of a stream. A lost one that nobody notices is sent again after the retransmission
   * time, which is the round trip but at least 200 ms, and doubles from one try to the next (RFC 6298, with the least
   * time of Linux).
   */
  segment(link: Link, lengthBytes: number, roundTripMs: number): SegmentFate {
    const delayMs = delayOf(link, this.#others.next());
    const flippedBit = this.#nextFlippedBit(link, lengthBytes);
    let [losses, burstLosses, heldMs, heldOnceNoticedMs] = [0, 0, 0, 0];
    let timeoutMs = Math.max(relayLimits.retransmitMs, roundTripMs);
    while (losses < relayLimits.retransmissionsMax) {
      const lost = this.#nextLoss(link);
      if (lost === "no") break;
      losses++;
      if (lost === "burst") burstLosses++;
      heldOnceNoticedMs = heldMs;
      heldMs += timeoutMs;
      timeoutMs = Math.min(timeoutMs * 2, relayLimits.retransmitMaxMs);
    }
    return { losses, burstLosses, delayMs, heldMs, heldOnceNoticedMs, flippedBit };
  }

  #nextLoss(link: Link): Loss {
    const { loss, burst } = link;
    const [moved, lostByState, lost] = [this.#losses.next(), this.#losses.next(), this.#losses.next()];
    this.#inBurst = burst !== undefined && (this.#inBurst ? moved >= burst.leave : moved < burst.enter);
    const stateLoss = this.#inBurst ? (burst?.lossInside ?? 0) : (burst?.lossOutside ?? 0);
    if (lostByState < stateLoss) return this.#inBurst ? "burst" : "chance";
    return lost < loss ? "chance" : "no";
  }

  #nextFlippedBit(link: Link, lengthBytes: number): number | undefined {
    const [corrupted, place] = [this.#others.next(), this.#others.next()];
    return corrupted < link.corrupt && lengthBytes > 0 ? Math.floor(place * lengthBytes * 8) : undefined;
  }
}

/** Changes that one bit where it stands. */
export function flipBit(bytes: Uint8Array, bit: number): void {
  const index = Math.floor(bit / 8);
  bytes[index] = (bytes[index] as number) ^ (0x80 >> (bit % 8));
}

function delayOf({ delayMs, jitterMs }: Link, drawn: number): number {
  return Math.max(0, delayMs + (drawn * 2 - 1) * jitterMs);
}

/** Neighbours must not be alike: the finisher of MurmurHash3 spreads every bit over all. */
function streamSeed(seed: number, way: Way, stream: number): number {
  let mixed = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream * 2 + (way === "up" ? 0 : 1) + 1, 0x85ebca77)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
