// Hot. The one owner of every byte that leaves on a connection: Bun's `write` drops what the kernel does not take.
import type { SharedMessage } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { Protocol } from "../wire/protocol.ts";
import type { OutboundArena, Region } from "./outbound-arena.ts";

/** What a writer needs of a socket. `write` returns how many bytes were taken, or less than 0 when it is closed. */
export interface ByteOutlet {
  write(bytes: Uint8Array, offset: number, length: number): number;
}

/** Bytes of all connections together: those that peers have not taken, and those that were read and not handled. */
export interface MemoryBudget {
  queuedBytes: number;
  heldBytes: number;
}

/** Of every connection that has nothing to write: always empty. */
const NONE: Region[] = [];

/**
 * Regions lie in the arena, or in bytes that others send too, until the step ends; what the kernel does not take then
 * waits in the backlog, in copies.
 */
export class ConnectionWriter {
  readonly #protocol: Protocol<never, never>;
  readonly #arena: OutboundArena;
  readonly #budget: MemoryBudget;
  #regions = NONE;
  #backlog = NONE;
  #pendingBytes = 0;
  #backlogBytes = 0;
  /** Also in the middle of a write. */
  #isAbandoned = false;
  /** Bytes the kernel has taken. */
  bytesWritten = 0;

  constructor(protocol: Protocol<never, never>, arena: OutboundArena, budget: MemoryBudget) {
    this.#protocol = protocol;
    this.#arena = arena;
    this.#budget = budget;
  }

  /** Bytes produced and not yet taken by the kernel. */
  get queuedBytes(): number {
    return this.#pendingBytes + this.#backlogBytes;
  }

  /** The peer, or the network, takes less than is produced. */
  get blocked(): boolean {
    return this.#backlogBytes > 0;
  }

  /** Lower while all connections together hold too much. */
  get highWaterBytes(): number {
    const crowded = this.#budget.queuedBytes > limits.outboundTotalBytes;
    return crowded ? limits.outboundLowWaterBytes : limits.outboundHighWaterBytes;
  }

  get aboveHighWater(): boolean {
    return this.#backlogBytes > this.highWaterBytes;
  }

  get belowLowWater(): boolean {
    return this.#backlogBytes <= limits.outboundLowWaterBytes;
  }

  /** False when the queue has reached its bound: nothing was encoded. */
  encode(value: unknown): boolean {
    if (this.queuedBytes > limits.outboundBytesMax) return false;
    const arena = this.#arena;
    const last = this.#regions.at(-1);
    const before = arena.offset;
    const buffer = arena.bytes;
    this.#protocol.encode(value as never, arena);
    if (last !== undefined && last.bytes === arena.bytes && last.end === before && buffer === arena.bytes) {
      this.#pendingBytes += arena.offset - before;
      last.end = arena.offset;
      return true;
    }
    const start = buffer === arena.bytes ? before : 0;
    this.#add({ bytes: arena.bytes, start, end: arena.offset });
    return true;
  }

  /** As `encode`; what another connection has encoded already is used as it is. */
  encodeShared(message: SharedMessage): boolean {
    if (this.queuedBytes > limits.outboundBytesMax) return false;
    this.#append(this.#arena.shared.bytesOf(message, this.#protocol));
    return true;
  }

  /** As `encode`, of octets that are encoded: they must stay as they are. Neighbours in one buffer leave as one. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.queuedBytes > limits.outboundBytesMax) return false;
    const last = this.#regions.at(-1);
    if (last === undefined || last.bytes !== bytes || last.end !== start) this.#add({ bytes, start, end });
    else {
      last.end = end;
      this.#pendingBytes += end - start;
    }
    return true;
  }

  /** What the protocol has to say at such an end goes behind everything else, whatever waits already. */
  bidFarewell(reason: string): void {
    const farewell = this.#protocol.farewell?.(reason);
    if (farewell !== undefined) this.#append(farewell);
  }

  /** Hands everything of this step to the kernel, in few writes; what it does not take is copied. */
  flush(outlet: ByteOutlet): void {
    const regions = this.#regions;
    for (let first = 0; first < regions.length && !this.#isAbandoned;) {
      const end = endOfPiece(regions, first);
      this.#offer(
        outlet,
        end === first + 1 ? (regions[first] as Region) : join(regions, first, end, this.#arena.joined),
      );
      first = end;
    }
    if (this.#regions === NONE) return;
    this.#pendingBytes = 0;
    regions.length = 0;
    if (this.#arena.spareLists.length < limits.spareListsMax) this.#arena.spareLists.push(regions);
    this.#regions = NONE;
  }

  /** The socket takes bytes again. Returns whether it took any. */
  drain(outlet: ByteOutlet): boolean {
    const before = this.#backlogBytes;
    for (let first = this.#backlog[0]; first !== undefined; first = this.#backlog[0]) {
      const taken = this.#write(outlet, first);
      if (this.#isAbandoned) return false;
      this.#backlogBytes -= taken;
      this.#budget.queuedBytes -= taken;
      if (first.start < first.end) break;
      this.#backlog.shift();
    }
    if (this.#backlogBytes === 0) this.#backlog = NONE;
    return this.#backlogBytes < before;
  }

  /** The connection is gone: what was queued goes nowhere. */
  abandon(): void {
    this.#budget.queuedBytes -= this.#backlogBytes;
    this.#backlogBytes = 0;
    this.#backlog = NONE;
    this.#pendingBytes = 0;
    this.#regions = NONE;
    this.#isAbandoned = true;
  }

  /** The bytes must stay as they are. */
  #append(encoded: Uint8Array): void {
    this.#add({ bytes: encoded, start: 0, end: encoded.length });
  }

  #add(region: Region): void {
    if (this.#regions === NONE) this.#regions = this.#arena.spareLists.pop() ?? [];
    this.#regions.push(region);
    this.#pendingBytes += region.end - region.start;
  }

  #offer(outlet: ByteOutlet, region: Region): void {
    if (this.#backlogBytes === 0) this.#write(outlet, region);
    if (region.start < region.end && !this.#isAbandoned) this.#keep(region);
  }

  #write(outlet: ByteOutlet, region: Region): number {
    const taken = Math.max(0, outlet.write(region.bytes, region.start, region.end - region.start));
    region.start += taken;
    this.bytesWritten += taken;
    return taken;
  }

  /** Into the last piece of the backlog where it fits: many small replies leave in few writes. */
  #keep(region: Region): void {
    const length = region.end - region.start;
    const last = this.#backlog.at(-1);
    const piece = last !== undefined && last.bytes.length - last.end >= length ? last : this.#addPiece(length);
    piece.bytes.set(region.bytes.subarray(region.start, region.end), piece.end);
    piece.end += length;
    this.#backlogBytes += length;
    this.#budget.queuedBytes += length;
  }

  /** As large as the backlog is already, within bounds: memory follows what waits. */
  #addPiece(lengthMin: number): Region {
    const length = Math.max(lengthMin, Math.min(this.#backlogBytes, limits.backlogPieceBytes));
    const piece = { bytes: Buffer.allocUnsafeSlow(length), start: 0, end: 0 };
    if (this.#backlog === NONE) this.#backlog = [piece];
    else this.#backlog.push(piece);
    return piece;
  }
}

/** How many regions from the first one make a piece: a write costs more than to copy what is small. */
function endOfPiece(regions: readonly Region[], first: number): number {
  let bytes = 0;
  let end = first;
  for (; end < regions.length; end++) {
    const { start, end: regionEnd } = regions[end] as Region;
    bytes += regionEnd - start;
    if (bytes > limits.outboundJoinedBytes) break;
  }
  return Math.max(end, first + 1);
}

function join(regions: readonly Region[], first: number, end: number, piece: Uint8Array): Region {
  let filled = 0;
  for (let index = first; index < end; index++) {
    const { bytes, start, end: regionEnd } = regions[index] as Region;
    const isWhole = start === 0 && regionEnd === bytes.length;
    piece.set(isWhole ? bytes : bytes.subarray(start, regionEnd), filled);
    filled += regionEnd - start;
  }
  return { bytes: piece, start: 0, end: filled };
}
