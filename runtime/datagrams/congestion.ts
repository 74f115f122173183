// How much may be on its way: slow start, congestion avoidance and halving of RFC 5681, in the form of RFC 9002.
import { limits } from "../limits.ts";

const PACKET_BYTES = limits.datagramBytesMax;
const FIRST_PACKETS = 10;
const LEAST_PACKETS = 4;

/** Octets of packets that wait for their acknowledgement stay below `windowBytes`, but for one packet and probes. */
export class Congestion {
  #windowBytes = FIRST_PACKETS * PACKET_BYTES;
  #thresholdBytes = Number.POSITIVE_INFINITY;
  #recoveryMs = Number.NEGATIVE_INFINITY;

  get windowBytes(): number {
    return this.#windowBytes;
  }

  allows(inFlightBytes: number): boolean {
    return inFlightBytes < this.#windowBytes;
  }

  /** `inFlightBytes` is what was on its way before: a window that was not made use of does not grow. */
  acknowledged(bytes: number, sentMs: number, inFlightBytes: number): void {
    if (sentMs <= this.#recoveryMs || inFlightBytes * 2 < this.#windowBytes) return;
    const slowStart = this.#windowBytes < this.#thresholdBytes;
    const growth = slowStart ? bytes : (PACKET_BYTES * bytes) / this.#windowBytes;
    this.#windowBytes = Math.min(this.#windowBytes + growth, limits.datagramsInFlightMax * PACKET_BYTES);
  }

  /** Halves, once for all packets that were sent before the loss was noticed. */
  lost(sentMs: number, nowMs: number): void {
    if (sentMs <= this.#recoveryMs) return;
    this.#recoveryMs = nowMs;
    this.#windowBytes = Math.max(this.#windowBytes / 2, LEAST_PACKETS * PACKET_BYTES);
    this.#thresholdBytes = this.#windowBytes;
  }

  /** Nothing came through for several timeouts: as little as may be, and slowly up to where it was half. */
  stalled(nowMs: number): void {
    this.#recoveryMs = nowMs;
    this.#thresholdBytes = Math.max(this.#windowBytes / 2, LEAST_PACKETS * PACKET_BYTES);
    this.#windowBytes = LEAST_PACKETS * PACKET_BYTES;
  }

  /** The path is another: what is lost of the packets sent before says nothing about it. */
  forget(nowMs: number): void {
    this.#recoveryMs = nowMs;
    this.#windowBytes = FIRST_PACKETS * PACKET_BYTES;
    this.#thresholdBytes = Number.POSITIVE_INFINITY;
  }
}
