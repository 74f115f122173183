// Hot. The receiving half of a connection: chunks through the decoder into the mailbox, and a pause when it is full.
import type { SessionPort } from "../core/ports.ts";
import type { Decoder } from "../wire/protocol.ts";
import type { NetStats } from "./net-stats.ts";

/** A timer that fires later than this after its time has waited for a busy loop, as octets in the kernel may have. */
const LOOP_LATE_MS = 2;

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
  /** Of the last one that came. */
  chunkBytes = 0;
  /** The mailbox has no room. */
  #full = false;
  /** Others are read first. */
  #waitsForTurn = false;
  #finished = false;
  /** Since when no octet has followed those of a message that is not whole. */
  #quietSinceMs = 0;
  /** Late for that, it was left to the loop to look at its sockets once more. */
  #lookedAgain = false;
  /** When the peer's last byte came, in monotonic milliseconds; 0 before the first. */
  lastByteMs = 0;
  /** When the first byte of the message came that is not whole yet. */
  partialSinceMs: number | undefined;
  /** How long no byte must follow to make that message whole; infinite where no silence does. */
  readonly quietMs: number;

  constructor(socket: PausableSocket, decoder: Decoder, stats: NetStats) {
    this.#socket = socket;
    this.#decoder = decoder;
    this.#stats = stats;
    this.quietMs = decoder.quietMs ?? Number.POSITIVE_INFINITY;
  }

  get paused(): boolean {
    return this.#full;
  }

  /** What is kept in memory of bytes that are not decoded: a chunk counts whole until it is. */
  get heldBytes(): number {
    const heldBytes = this.#decoder.holding ? this.chunkBytes : 0;
    return (this.#waiting ?? []).reduce((sum, chunk) => sum + chunk.length, heldBytes);
  }

  /** Bytes wait here: the mailbox had no room for what is in them, or it is not their turn. */
  get holding(): boolean {
    return this.#decoder.holding || this.#waiting !== undefined;
  }

  /** Bytes of a message are there that can be one only when others follow. */
  get truncated(): boolean {
    return this.#partial && this.#decoder.quietMs === undefined;
  }

  get #partial(): boolean {
    return this.#decoder.partialBytes > 0;
  }

  /** Where the protocol has a ping. */
  get pinger(): Pick<Decoder, "ping" | "silenceMaxMs"> | undefined {
    return this.#decoder.ping && this.#decoder;
  }

  /** Why nothing more can be read: the peer has closed, or what it sent is no message. */
  get end(): string | undefined {
    return this.#decoder.fault ?? (this.#decoder.finished ? "close" : undefined);
  }

  /** There is a connection. Whether the peer owes an answer to what the protocol has begun with. */
  opened(nowMs: number): boolean {
    this.#decoder.opened?.();
    if (!this.#partial) return false;
    this.lastByteMs = this.partialSinceMs = nowMs;
    return true;
  }

  receive(chunk: Buffer, nowMs: number, session: SessionPort): void {
    this.lastByteMs = nowMs;
    if (this.holding) {
      (this.#waiting ??= []).push(chunk);
      this.pause();
      return;
    }
    this.#take(chunk, nowMs);
    this.pump(session, nowMs);
  }

  /** What came is not looked at before its turn. */
  hold(chunk: Buffer, nowMs: number): void {
    this.lastByteMs = nowMs;
    this.chunkBytes = chunk.length;
    (this.#waiting ??= []).push(chunk);
  }

  /** No byte will follow: what there is of a message is whole, where silence makes it so. */
  finish(session: SessionPort, nowMs: number): void {
    this.#finished = true;
    if (!this.holding) this.pump(session, nowMs);
  }

  /**
   * Makes what there is of a message a whole one once it has been quiet for long enough. Returns for how long it must
   * be still: 0 when it is whole now; undefined where nothing waits for that.
   */
  awaitQuiet(session: SessionPort, nowMs: number): number | undefined {
    if (this.partialSinceMs === undefined || this.quietMs === Number.POSITIVE_INFINITY) return undefined;
    const leftMs = this.#quietSinceMs + this.quietMs - nowMs;
    if (leftMs > 0) return leftMs;
    if (leftMs < -LOOP_LATE_MS && !this.#lookedAgain) {
      this.#lookedAgain = true;
      return 1;
    }
    this.#decoder.flush();
    this.pump(session, nowMs);
    return 0;
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
      } else if (this.#decoder.holding || !this.#takeNext()) {
        break;
      }
    }
    // While bytes are held it is not the peer that is late.
    if (!this.#partial || this.holding) this.partialSinceMs = undefined;
    else this.#watchPartial(moved, nowMs);
    if (!this.#decoder.holding) this.resume();
  }

  pause(): void {
    if (this.#full || !this.#decoder.holding) return;
    this.#full = true;
    this.#stats.pauses++;
    if (!this.#waitsForTurn) this.#socket.pause();
  }

  resume(): void {
    if (!this.#full) return;
    this.#full = false;
    if (!this.#waitsForTurn) this.#socket.resume();
  }

  /** Others are read first. False where that is so already. */
  letOthers(): boolean {
    if (this.#waitsForTurn) return false;
    this.#waitsForTurn = true;
    if (!this.#full) this.#socket.pause();
    return true;
  }

  /** Its turn has come. */
  readOn(): void {
    this.#waitsForTurn = false;
    if (!this.#full) this.#socket.resume();
  }

  #watchPartial(moved: boolean, nowMs: number): void {
    if (moved || this.partialSinceMs === undefined) this.partialSinceMs = nowMs;
    this.#quietSinceMs = nowMs;
    this.#lookedAgain = false;
  }

  /** Gives the decoder what waits, or tells it that nothing does. False when there is nothing to decode by that. */
  #takeNext(): boolean {
    if (this.#waiting === undefined) {
      if (this.#finished) this.#decoder.flush();
      return this.#decoder.holding;
    }
    this.#take(this.#waiting.shift() as Buffer, this.lastByteMs);
    if (this.#waiting.length === 0) this.#waiting = undefined;
    return true;
  }

  #take(chunk: Buffer, arrivedMs: number): void {
    this.chunkBytes = chunk.length;
    this.#decoder.push(chunk, arrivedMs);
  }
}
