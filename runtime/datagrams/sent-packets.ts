// Hot. Packets on their way: which were acknowledged, which are lost, when to ask after one (RFC 9002, RFC 8985).
import { limits } from "../limits.ts";
import type { Congestion } from "./congestion.ts";
import type { OutboundFragment, OutboundMessages } from "./outbound-messages.ts";
import type { DataHeader } from "./packet-header.ts";
import type { RoundTrip } from "./round-trip.ts";

/** A packet is lost when one has been acknowledged that was sent so many numbers later (section 6.1.1 of RFC 9002). */
const PACKET_THRESHOLD = 3;
/** So many probes in a row without an answer: the path is stalled. */
const STALLED_PROBES = 3;
/** One packet that asks after others may be lost too: two leave. */
const PROBE_PACKETS = 2;
const ACK_DELAY_UNITS_PER_MS = 10;
const RECORDS_MAX = 2 * limits.datagramsInFlightMax;

/** What must be known of a packet that wants an acknowledgement. Records are used again. */
export class SentPacket {
  number = 0;
  sentMs = 0;
  bytes = 0;
  ping = false;
  /** It has been asked after. */
  probed = false;
  readonly fragments: OutboundFragment[] = [];
}

export class SentPackets {
  readonly #outbound: OutboundMessages;
  readonly #roundTrip: RoundTrip;
  readonly #congestion: Congestion;
  readonly #spares: SentPacket[] = [];
  /** In the order of their numbers. */
  readonly #flying: SentPacket[] = [];
  #flyingBytes = 0;
  #largestAcknowledged = 0;
  #backoff = 0;
  /** Packets that may leave whatever the congestion window says. */
  probes = 0;
  /** A ping was lost, or nothing else is there to ask with. */
  pingWanted = false;
  lostCount = 0;

  constructor(outbound: OutboundMessages, roundTrip: RoundTrip, congestion: Congestion) {
    this.#outbound = outbound;
    this.#roundTrip = roundTrip;
    this.#congestion = congestion;
  }

  get inFlightBytes(): number {
    return this.#flyingBytes;
  }

  get count(): number {
    return this.#flying.length;
  }

  /** A packet that wants an acknowledgement may leave. */
  get mayLeave(): boolean {
    if (this.probes > 0) return true;
    return this.#flying.length < limits.datagramsInFlightMax && this.#congestion.allows(this.#flyingBytes);
  }

  /** A record to be filled in, and given to `add` or to `putBack`. */
  create(): SentPacket {
    const packet = this.#spares.pop() ?? new SentPacket();
    packet.ping = false;
    packet.probed = false;
    return packet;
  }

  add(packet: SentPacket): void {
    if (this.#flying.length >= RECORDS_MAX) this.#giveUpOldest();
    this.#flying.push(packet);
    this.#flyingBytes += packet.bytes;
    for (const fragment of packet.fragments) fragment.packet = packet.number;
    if (this.probes === 0) return;
    this.probes--;
    if (this.probes > 0 && !this.#outbound.repeating) this.#repeat(packet);
  }

  putBack(packet: SentPacket): void {
    packet.fragments.length = 0;
    this.#spares.push(packet);
  }

  /** Takes what a header acknowledges, and sees what must be lost then. */
  acknowledged(header: DataHeader, nowMs: number): void {
    if (header.largest > this.#largestAcknowledged) this.#largestAcknowledged = header.largest;
    const bytesBefore = this.#flyingBytes;
    let kept = 0;
    for (const packet of this.#flying) {
      if (!header.acknowledges(packet.number)) {
        this.#flying[kept++] = packet;
        continue;
      }
      const delayMs = header.ackDelay / ACK_DELAY_UNITS_PER_MS;
      if (packet.number === header.largest) this.#roundTrip.sample(nowMs - packet.sentMs, delayMs);
      this.#congestion.acknowledged(packet.bytes, packet.sentMs, bytesBefore);
      for (const fragment of packet.fragments) this.#outbound.acknowledged(fragment);
      this.#flyingBytes -= packet.bytes;
      this.#backoff = 0;
      this.putBack(packet);
    }
    this.#flying.length = kept;
    this.#findLost(nowMs);
  }

  /** When `look` should be called. */
  get dueMs(): number {
    const oldest = this.#flying[0];
    if (oldest === undefined) return Number.POSITIVE_INFINITY;
    const lossMs = this.#isPassed(oldest) ? oldest.sentMs + this.#roundTrip.lossMs : Number.POSITIVE_INFINITY;
    const unprobed = this.#flying.find(({ probed }) => !probed);
    if (unprobed === undefined) return lossMs;
    return Math.min(lossMs, unprobed.sentMs + this.#roundTrip.waitMs(this.#backoff));
  }

  /** Time has passed: packets may be lost, or have to be asked after. */
  look(nowMs: number): void {
    this.#findLost(nowMs);
    const waitMs = this.#roundTrip.waitMs(this.#backoff);
    let isLate = false;
    for (const packet of this.#flying) {
      if (packet.probed || packet.sentMs + waitMs > nowMs) continue;
      isLate = true;
      packet.probed = true;
      if (!this.#repeat(packet) && packet === this.#flying.at(-1)) this.pingWanted = true;
    }
    if (!isLate) return;
    this.probes = PROBE_PACKETS;
    this.#backoff++;
    if (this.#backoff === STALLED_PROBES) this.#congestion.stalled(nowMs);
  }

  #findLost(nowMs: number): void {
    const lossMs = this.#roundTrip.lossMs;
    let kept = 0;
    for (const packet of this.#flying) {
      const isFarBehind = this.#largestAcknowledged - packet.number >= PACKET_THRESHOLD;
      if (!isFarBehind && !(this.#isPassed(packet) && packet.sentMs + lossMs <= nowMs)) {
        this.#flying[kept++] = packet;
        continue;
      }
      this.#congestion.lost(packet.sentMs, nowMs);
      this.#giveUp(packet);
    }
    this.#flying.length = kept;
  }

  /** A later packet has been acknowledged. */
  #isPassed({ number }: SentPacket): boolean {
    return number < this.#largestAcknowledged;
  }

  #giveUpOldest(): void {
    const oldest = this.#flying.shift();
    if (oldest !== undefined) this.#giveUp(oldest);
  }

  #giveUp(packet: SentPacket): void {
    this.#repeat(packet);
    this.lostCount++;
    this.#flyingBytes -= packet.bytes;
    this.putBack(packet);
  }

  /** What the packet carried and no later one does is sent again; true where that is anything. */
  #repeat(packet: SentPacket): boolean {
    let repeats = packet.ping;
    if (packet.ping) this.pingWanted = true;
    for (const fragment of packet.fragments) {
      if (this.#outbound.repeat(fragment, packet.number)) repeats = true;
    }
    return repeats;
  }
}
