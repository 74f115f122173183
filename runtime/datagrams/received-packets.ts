// Hot. Which packet numbers came: what came twice is noticed, and what came is acknowledged in time.
import { limits } from "../limits.ts";
import type { DataHeader } from "./packet-header.ts";

const ACK_DELAY_UNITS_PER_MS = 10;
const ACK_DELAY_MAX = 0xffff;

export class ReceivedPackets {
  /** Bit `number` modulo `datagramReplayPackets`: that packet came, of the last so many numbers. */
  readonly #came = new Uint32Array(limits.datagramReplayPackets / 32);
  #largest = 0;
  #largestMs = 0;
  /** The 64 packets before the largest, as they are acknowledged. */
  #high = 0;
  #low = 0;
  #unacknowledged = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  /** When the acknowledgement must leave, in this packet or that; never, where nobody waits for one. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** It came before, or is so old that nobody can say. */
  hasSeen(number: number): boolean {
    if (number > this.#largest) return false;
    if (number <= this.#largest - limits.datagramReplayPackets) return true;
    return this.#has(number);
  }

  /** Takes note of a number that has not been seen. True where it is not the next one: something is missing or late. */
  add(number: number, nowMs: number): boolean {
    const isNext = number === this.#largest + 1;
    if (number > this.#largest) this.#advance(number, nowMs);
    else this.#setBefore(this.#largest - number - 1);
    this.#came[(number >>> 5) % this.#came.length] = this.#word(number) | (1 << (number & 31));
    return !isNext;
  }

  /** The packet wants an acknowledgement: at once, or with the second such packet, or after a short time. */
  wantAcknowledgement(atOnce: boolean, nowMs: number): void {
    this.#unacknowledged++;
    const due = atOnce || this.#unacknowledged >= limits.datagramAckPackets ? nowMs : nowMs + limits.datagramAckDelayMs;
    this.#dueMs = Math.min(this.#dueMs, due);
  }

  /** Writes what came into the header of a packet that leaves now. */
  describe(header: DataHeader, nowMs: number): void {
    header.largest = this.#largest;
    header.ackedHigh = this.#high;
    header.ackedLow = this.#low;
    const delay = Math.max(Math.round((nowMs - this.#largestMs) * ACK_DELAY_UNITS_PER_MS), 0);
    header.ackDelay = Math.min(delay, ACK_DELAY_MAX);
  }

  /** That packet went to the peer: nobody waits for it any more. */
  acknowledged(): void {
    this.#unacknowledged = 0;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #advance(number: number, nowMs: number): void {
    const step = number - this.#largest;
    if (step >= limits.datagramReplayPackets) this.#came.fill(0);
    else for (let skipped = this.#largest + 1; skipped <= number; skipped++) this.#clear(skipped);
    const shifts = Math.min(step, 65);
    for (let shift = 0; shift < shifts; shift++) {
      const isFormerLargest = shift === 0 && this.#largest > 0 ? 1 : 0;
      this.#high = ((this.#high << 1) | (this.#low >>> 31)) >>> 0;
      this.#low = ((this.#low << 1) | isFormerLargest) >>> 0;
    }
    this.#largest = number;
    this.#largestMs = nowMs;
  }

  #setBefore(index: number): void {
    if (index < 32) this.#low = (this.#low | (1 << index)) >>> 0;
    else if (index < 64) this.#high = (this.#high | (1 << (index - 32))) >>> 0;
  }

  #has(number: number): boolean {
    return ((this.#word(number) >>> (number & 31)) & 1) === 1;
  }

  #clear(number: number): void {
    this.#came[(number >>> 5) % this.#came.length] = this.#word(number) & ~(1 << (number & 31));
  }

  #word(number: number): number {
    return this.#came[(number >>> 5) % this.#came.length] as number;
  }
}
