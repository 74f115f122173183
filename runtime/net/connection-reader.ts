// Hot. The receiving half of a connection: chunks through the decoder into the mailbox, and a pause when it is full.
import type { SessionPort } from "../core/ports.ts";
import type { Decoder } from "../wire/protocol.ts";
import type { NetStats } from "./net-stats.ts";

/** What a reader needs of a socket. */
export interface PausableSocket {
  pause(): void;
  resume(): void;
}

/** Holds at most the chunks that the socket delivered before it was paused: one, seldom a few. */
export class ConnectionReader {
  readonly #socket: PausableSocket;
  readonly #decoder: Decoder;
  readonly #stats: NetStats;
  /** Chunks that came although the one before is not decoded yet. */
  #waiting: Buffer[] | undefined;
  #chunkBytes = 0;
  #paused = false;
  /** When the peer's last byte came, in monotonic milliseconds; 0 before the first. */
  lastByteMs = 0;
  /** When the first byte of the message came that is not whole yet. */
  partialSinceMs: number | undefined;

  constructor(socket: PausableSocket, decoder: Decoder, stats: NetStats) {
    this.#socket = socket;
    this.#decoder = decoder;
    this.#stats = stats;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** What is kept in memory of bytes that are not decoded: a chunk counts whole until it is. */
  get heldBytes(): number {
    if (!this.holding) return 0;
    return (this.#waiting ?? []).reduce((sum, chunk) => sum + chunk.length, this.#chunkBytes);
  }

  /** Bytes wait here because the mailbox had no room for what is in them. */
  get holding(): boolean {
    return this.#decoder.holding;
  }

  /** The peer has stopped in the middle of a message. */
  get partial(): boolean {
    return this.#decoder.partialBytes > 0;
  }

  /** Why nothing more can be read: the peer has closed, or what it sent is no message. */
  get end(): string | undefined {
    return this.#decoder.fault ?? (this.#decoder.finished ? "close" : undefined);
  }

  receive(chunk: Buffer, nowMs: number, session: SessionPort): void {
    this.lastByteMs = nowMs;
    if (this.#decoder.holding) {
      (this.#waiting ??= []).push(chunk);
      this.pause();
      return;
    }
    this.#take(chunk, nowMs);
    this.pump(session, nowMs);
  }

  /** Moves what can be decoded into the mailbox, as far as there is room; reads on when nothing is held any more. */
  pump(session: SessionPort, nowMs: number): void {
    let moved = false;
    while (true) {
      const batch = this.#decoder.next(session.mailbox.room);
      if (batch !== undefined) {
        moved = true;
        this.#stats.messagesIn += batch.remaining;
        session.putBatch(batch);
      } else if (this.#decoder.holding || this.#waiting === undefined) {
        break;
      } else {
        this.#take(this.#waiting.shift() as Buffer, this.lastByteMs);
        if (this.#waiting.length === 0) this.#waiting = undefined;
      }
    }
    // While bytes are held it is not the peer that is late.
    if (!this.partial || this.holding) this.partialSinceMs = undefined;
    else if (moved || this.partialSinceMs === undefined) this.partialSinceMs = nowMs;
    if (!this.#decoder.holding) this.resume();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#stats.pauses++;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #take(chunk: Buffer, arrivedMs: number): void {
    this.#chunkBytes = chunk.length;
    this.#decoder.push(chunk, arrivedMs);
  }
}
