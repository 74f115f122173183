// One direction of one TCP connection through a network: bytes in order, late where packets of them were lost.
import type { Clock } from "../base/clock.ts";
import { RingBuffer } from "../base/ring-buffer.ts";
import type { TokenBucket } from "./relay-bucket.ts";
import { flipBit, type FlowChance } from "./relay-chance.ts";
import type { Link, Way } from "./relay-faults.ts";
import type { WayCounts } from "./relay-figures.ts";
import { relayLimits } from "./relay-limits.ts";
import type { SocketOutlet } from "./relay-outlet.ts";
import type { Partition } from "./relay-partition.ts";

/** One direction of all connections: they share its speed. */
export interface StreamLink {
  readonly way: Way;
  readonly clock: Clock;
  readonly bucket: TokenBucket;
  readonly partition: Partition;
  readonly counts: WayCounts;
  link: Link;
  /** Both ways together: what a retransmission waits for at least. */
  roundTripMs: number;
}

/** What a direction needs of its connection. */
export interface StreamEnds {
  readonly outlet: SocketOutlet;
  /** Whether the sender is read. */
  readonly read: (reading: boolean) => void;
  /** So many bytes have passed as were asked for: both ends are to be reset. */
  readonly passedEnough: () => void;
}

interface Piece {
  /** What the sender ended with comes after its last bytes. */
  readonly kind: "bytes" | "end" | "reset";
  /** When it arrives; what is behind it waits for it. */
  dueMs: number;
  bytes: Uint8Array;
  segments: number;
}

/** A segment that was lost, and whose loss nobody has noticed. */
interface Missing {
  readonly piece: Piece;
  /** What its further losses add. */
  readonly heldOnceNoticedMs: number;
}

const NOTHING = new Uint8Array(0);

export class StreamPipe {
  readonly #shared: StreamLink;
  readonly #chance: FlowChance;
  readonly #ends: StreamEnds;
  readonly #queue = new RingBuffer<Piece>();
  readonly #stopListening: () => void;
  #last: Piece | undefined;
  #missing: Missing[] = [];
  #bytes = 0;
  #passedBytes = 0;
  #reading = true;
  #stopped = false;
  #wakeMs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => undefined;

  constructor(shared: StreamLink, chance: FlowChance, ends: StreamEnds) {
    this.#shared = shared;
    this.#chance = chance;
    this.#ends = ends;
    this.#stopListening = shared.partition.onChange(this.run);
  }

  /** The sender's next bytes; the chunk belongs to the relay now. */
  received(chunk: Uint8Array): void {
    if (this.#stopped) return;
    const { counts } = this.#shared;
    counts.bytesIn += chunk.length;
    counts.packetsIn += Math.ceil(chunk.length / relayLimits.segmentBytes);
    if (this.#ends.outlet.gone) return;
    for (let start = 0; start < chunk.length; start += relayLimits.segmentBytes) {
      this.#addSegment(chunk, start, Math.min(chunk.length, start + relayLimits.segmentBytes));
    }
    this.run();
  }

  /** The sender has sent FIN. */
  finished(): void {
    this.#addMark("end");
  }

  /** The sender is gone without one. */
  broken(): void {
    this.#addMark("reset");
  }

  /** Looks what can go on its way: time has passed, the outlet takes bytes again, or the network is whole. */
  readonly run = (): void => {
    if (this.#stopped) return;
    const { clock, partition, way } = this.#shared;
    const { outlet } = this.#ends;
    const nowMs = clock.monotonicMs();
    if (!partition.cuts(way)) {
      if (outlet.blocked && this.#last?.kind === "reset" && this.#last.dueMs <= nowMs) outlet.reset();
      else if (!outlet.gone) this.#passDue(nowMs);
    }
    if (this.#stopped) return;
    if (outlet.gone) this.#forgetAll();
    this.#readOrNot(nowMs);
    this.#wake(nowMs);
  };

  stop(): void {
    this.#stopped = true;
    this.#cancelWake();
    this.#stopListening();
    this.#forgetAll();
  }

  #addSegment(chunk: Uint8Array, start: number, end: number): void {
    const { counts, link, bucket, clock, roundTripMs } = this.#shared;
    const length = end - start;
    const nowMs = clock.monotonicMs();
    const fate = this.#chance.segment(link, length, roundTripMs);
    counts.packetsWaiting++;
    counts.bytesWaiting += length;
    counts.lost += fate.losses - fate.burstLosses;
    counts.lostInBursts += fate.burstLosses;
    this.#bytes += length;
    if (fate.flippedBit !== undefined) {
      flipBit(chunk.subarray(start, end), fate.flippedBit);
      counts.corrupted++;
    }
    const arrivesMs = nowMs + bucket.takeAnyway(link, length, nowMs) + fate.delayMs;
    if (fate.losses === 0) {
      this.#noticeMissing(arrivesMs);
      this.#append(chunk, start, end, arrivesMs);
    } else {
      const bytes = chunk.subarray(start, end);
      const piece = this.#push({ kind: "bytes", dueMs: arrivesMs + fate.heldMs, bytes, segments: 1 });
      this.#missing.push({ piece, heldOnceNoticedMs: fate.heldOnceNoticedMs });
    }
  }

  /**
   * Something has arrived that was sent later: its acknowledgement tells the sender what is missing, who waits for a
   * quarter of the round trip, as it might be on its way after all, and sends it again (RFC 8985).
   */
  #noticeMissing(arrivesMs: number): void {
    const againMs = arrivesMs + this.#shared.roundTripMs * 1.25;
    for (const { piece, heldOnceNoticedMs } of this.#missing) {
      piece.dueMs = Math.min(piece.dueMs, againMs + heldOnceNoticedMs);
    }
    this.#missing = [];
  }

  /** Segments of one chunk that arrive at once leave in one write. */
  #append(chunk: Uint8Array, start: number, end: number, dueMs: number): void {
    const last = this.#last;
    const isNext = start > 0 && last?.bytes.buffer === chunk.buffer && last.dueMs === dueMs;
    if (last !== undefined && isNext) {
      last.bytes = chunk.subarray(start - last.bytes.length, end);
      last.segments++;
    } else this.#push({ kind: "bytes", dueMs, bytes: chunk.subarray(start, end), segments: 1 });
  }

  #addMark(kind: "end" | "reset"): void {
    if (this.#stopped) return;
    const { clock, link } = this.#shared;
    this.#push({ kind, dueMs: clock.monotonicMs() + link.delayMs, bytes: NOTHING, segments: 0 });
    this.run();
  }

  #push(piece: Piece): Piece {
    this.#queue.push(piece);
    this.#last = piece;
    return piece;
  }

  #passDue(nowMs: number): void {
    const { outlet } = this.#ends;
    for (let first = this.#queue.peek(); first !== undefined && !outlet.blocked; first = this.#queue.peek()) {
      if (first.dueMs > nowMs) return;
      this.#queue.shift();
      if (first === this.#last) this.#last = undefined;
      if (first.kind === "bytes") this.#pass(first);
      else if (first.kind === "end") outlet.finish();
      else outlet.reset();
      if (this.#stopped || outlet.gone) return;
    }
  }

  #pass(piece: Piece): void {
    const { counts, link } = this.#shared;
    const roomBytes = link.resetAfterBytes === 0 ? Number.POSITIVE_INFINITY : link.resetAfterBytes - this.#passedBytes;
    const bytes = piece.bytes.length > roomBytes ? piece.bytes.subarray(0, Math.max(0, roomBytes)) : piece.bytes;
    this.#leave(piece);
    counts.packetsOut += piece.segments;
    counts.bytesOut += bytes.length;
    this.#passedBytes += bytes.length;
    this.#ends.outlet.write(bytes);
    if (piece.bytes.length >= roomBytes) this.#ends.passedEnough();
  }

  #leave(piece: Piece): void {
    const { counts } = this.#shared;
    this.#bytes -= piece.bytes.length;
    counts.packetsWaiting -= piece.segments;
    counts.bytesWaiting -= piece.bytes.length;
  }

  #forgetAll(): void {
    for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) this.#leave(piece);
    this.#last = undefined;
    this.#missing = [];
  }

  /** A sender whose bytes find no room is not read: so the kernel's window closes, and it waits. */
  #readOrNot(nowMs: number): void {
    const { bucket, link } = this.#shared;
    const heldBytes = this.#bytes + this.#ends.outlet.backlogBytes;
    const most = this.#reading ? relayLimits.streamBytesMax : relayLimits.streamBytesMax / 2;
    const isSlow = heldBytes > 0 && bucket.waitingBytes(link, nowMs) > link.rateQueueBytes;
    const reading = heldBytes <= most && !isSlow;
    if (reading === this.#reading) return;
    this.#reading = reading;
    this.#ends.read(reading);
  }

  #wake(nowMs: number): void {
    const { partition, way, clock } = this.#shared;
    const isHeld = this.#stopped || partition.cuts(way) || (this.#ends.outlet.blocked && this.#last?.kind !== "reset");
    const next = this.#ends.outlet.blocked ? this.#last : this.#queue.peek();
    const dueMs = isHeld ? Number.POSITIVE_INFINITY : (next?.dueMs ?? Number.POSITIVE_INFINITY);
    if (dueMs === this.#wakeMs) return;
    this.#cancelWake();
    this.#wakeMs = dueMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#cancelWake = clock.after(Math.max(0, dueMs - nowMs), () => {
      this.#wakeMs = Number.POSITIVE_INFINITY;
      this.run();
    });
  }
}
