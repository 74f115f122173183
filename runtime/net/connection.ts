// Hot. One connection: bytes in to its session's mailbox, values out to its writer, and an orderly end.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { Cell } from "../core/cell.ts";
import type { AnyActorType } from "../core/definition.ts";
import { Envelope } from "../core/envelope.ts";
import type { ConnectionPort } from "../core/ports.ts";
import type { Decoder, Protocol } from "../wire/protocol.ts";
import { type DeadlineSettings, judgeDeadlines } from "./connection-deadlines.ts";
import { type ByteOutlet, ConnectionWriter, type OutboundBudget } from "./connection-writer.ts";
import type { NetStats } from "./net-stats.ts";
import type { OutboundArena } from "./outbound-arena.ts";

/** What a connection needs of its socket; it never writes to it except through its writer. */
export interface ConnectionSocket extends ByteOutlet {
  readonly remoteAddress: string;
  readonly remotePort: number;
  pause(): void;
  resume(): void;
  /** Sends FIN; the peer may go on sending. */
  shutdown(): void;
  terminate(): void;
}

/** What the connections of a node share. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly stats: NetStats;
  readonly arena: OutboundArena;
  readonly budget: OutboundBudget;
  readonly deadlines: DeadlineSettings & { readonly lingerMs: number };
  openSession(type: AnyActorType, connection: Connection): Cell;
  /** `stepEnded` is to be called when the turns of this step are over. */
  touched(connection: Connection): void;
  /** The socket is closed. */
  closed(connection: Connection, reason: string): void;
}

/** A protocol, the session type that speaks it, and what carries both. */
export interface Pairing {
  readonly protocol: Protocol<never, never>;
  readonly session: AnyActorType;
  readonly transport: "tcp" | "tls";
}

/** Open: messages flow. Ending: the session hears `closed`, the rest is flushed. Lingering: FIN is sent. */
type Phase = "open" | "ending" | "lingering" | "closed";

export class Connection implements ConnectionPort, TimerOwner {
  readonly id: string;
  readonly transport: "tcp" | "tls";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly openedAt: number;
  bytesIn = 0;
  readonly #host: ConnectionHost;
  readonly #session: AnyActorType;
  readonly #socket: ConnectionSocket;
  readonly #decoder: Decoder;
  readonly #writer: ConnectionWriter;
  readonly #cell: Cell;
  readonly #timer = new Timer(this);
  readonly #openedMs: number;
  #phase: Phase = "open";
  #handshaking: boolean;
  #paused = false;
  #touched = false;
  #suspended = false;
  #sessionGone = false;
  /** Nothing more is read, for this reason; what has been read is still answered. */
  #inputEnd: string | undefined;
  #endReason = "disconnect";
  /** Chunks that came although the one before is not decoded yet. */
  #waiting: Buffer[] | undefined;
  #lastByteMs = 0;
  #partialSinceMs: number | undefined;
  #blockedSinceMs: number | undefined;
  #timerDueMs = 0;

  constructor(id: string, socket: ConnectionSocket, pairing: Pairing, host: ConnectionHost) {
    this.id = id;
    this.transport = pairing.transport;
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.openedAt = host.clock.unixMs();
    this.#host = host;
    this.#session = pairing.session;
    this.#socket = socket;
    this.#handshaking = pairing.transport === "tls";
    this.#decoder = pairing.protocol.createDecoder();
    this.#writer = new ConnectionWriter(pairing.protocol, host.arena, host.budget);
    this.#openedMs = host.clock.monotonicMs();
    this.#cell = host.openSession(pairing.session, this);
    this.#watch(this.#handshaking ? host.deadlines.handshakeMs : host.deadlines.firstByteMs);
  }

  /** Bytes produced for the peer, less what was lost with the connection. */
  get bytesOut(): number {
    return this.#writer.bytesWritten + this.#writer.queuedBytes;
  }

  get sessionAddress(): string {
    return this.#cell.address;
  }

  /** Bytes produced and not yet taken by the kernel. */
  get outboundBytes(): number {
    return this.#writer.queuedBytes;
  }

  get paused(): boolean {
    return this.#paused;
  }

  // From the socket.

  received(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    this.#host.stats.bytesIn += chunk.length;
    if (this.#phase !== "open" || this.#inputEnd !== undefined) return;
    this.#lastByteMs = this.#host.clock.monotonicMs();
    if (this.#decoder.holding) {
      (this.#waiting ??= []).push(chunk);
      this.#pause();
      return;
    }
    this.#decoder.push(chunk, this.#lastByteMs);
    this.#pump();
  }

  handshaken(): void {
    this.#handshaking = false;
  }

  /** The socket takes bytes again. */
  drained(): void {
    if (!this.#writer.drain(this.#socket)) return;
    this.#blockedSinceMs = this.#writer.blocked ? this.#host.clock.monotonicMs() : undefined;
    if (this.#suspended && this.#writer.belowLowWater) {
      this.#suspended = false;
      this.#cell.resume();
    }
    this.#sendFinWhenDone();
  }

  /** The peer has sent FIN: it may still read. */
  peerFinished(): void {
    this.#inputEnd ??= "disconnect";
    this.#finishWhenAnswered();
  }

  /** The socket is closed, by us or not. */
  socketClosed(): void {
    const lost = this.#phase === "open";
    if (lost) this.#close(this.#inputEnd ?? this.#lossReason);
    this.#phase = "closed";
    this.#host.wheel.disarm(this.#timer);
    this.#writer.abandon();
    this.#host.closed(this, this.#endReason);
  }

  // From the session's actor.

  send(value: unknown): void {
    if (this.#phase !== "open") return;
    if (!this.#writer.encode(value)) return this.abort("outbound_overflow");
    this.#host.stats.messagesOut++;
    this.#touch();
  }

  end(reason: string): void {
    if (this.#phase === "open") this.#close(reason);
  }

  crashed(): void {
    this.end("session_crashed");
  }

  mailboxMoved(): void {
    if (this.#phase !== "open") return;
    if (this.#decoder.holding) this.#pump();
    this.#finishWhenAnswered();
  }

  sessionLeft(): void {
    this.#sessionGone = true;
    this.#touch();
  }

  // From the listener.

  /** The turns of this step are over: write what they produced, and act on what stayed behind. */
  stepEnded(): void {
    this.#touched = false;
    if (this.#phase === "closed") return;
    this.#writer.flush(this.#socket);
    if (this.#writer.blocked && this.#blockedSinceMs === undefined) {
      this.#blockedSinceMs = this.#host.clock.monotonicMs();
      this.#watch(this.#host.deadlines.writeStallMs);
    }
    if (this.#phase === "open" && this.#writer.aboveHighWater && !this.#suspended) {
      this.#suspended = true;
      this.#cell.suspend();
    }
    if (this.#phase === "open" && this.#decoder.holding) this.#pause();
    this.#sendFinWhenDone();
  }

  /** Reads nothing more; closes when everything read is answered. */
  shutDown(): void {
    this.#inputEnd ??= "shutdown";
    this.#finishWhenAnswered();
  }

  /** Closes at once; what is queued is lost. */
  abort(reason: string): void {
    if (this.#phase === "open") this.#close(reason);
    this.#writer.abandon();
    this.#socket.terminate();
  }

  timerFired(): void {
    if (this.#phase === "lingering") return this.abort(this.#endReason);
    const nowMs = this.#host.clock.monotonicMs();
    const verdict = judgeDeadlines(
      {
        openedMs: this.#openedMs,
        handshaking: this.#handshaking,
        firstByteSeen: this.bytesIn > 0,
        partialSinceMs: this.#partialSinceMs,
        blockedSinceMs: this.#blockedSinceMs,
        quietSinceMs: this.#cell.status === "idle" ? Math.max(this.#lastByteMs, this.#cell.idleSinceMs) : undefined,
      },
      this.#host.deadlines,
      nowMs,
    );
    if ("lookAgainMs" in verdict) return this.#watch(verdict.lookAgainMs);
    if (verdict.reason === "peer_not_reading" || this.#handshaking) return this.abort(verdict.reason);
    this.end(verdict.reason);
  }

  get #lossReason(): string {
    return this.#decoder.partialBytes > 0 ? "wire.truncated" : "disconnect";
  }

  /** Moves what is decoded into the mailbox, as far as there is room. */
  #pump(): void {
    const { mailbox } = this.#cell;
    let moved = false;
    while (true) {
      const batch = this.#decoder.next(mailbox.room);
      if (batch !== undefined) {
        moved = true;
        this.#host.stats.messagesIn += batch.remaining;
        this.#cell.putBatch(batch);
      } else if (this.#decoder.holding || this.#waiting === undefined) {
        break;
      } else {
        this.#decoder.push(this.#waiting.shift() as Buffer, this.#lastByteMs);
        if (this.#waiting.length === 0) this.#waiting = undefined;
      }
    }
    if (this.#decoder.partialBytes === 0) this.#partialSinceMs = undefined;
    else if (moved || this.#partialSinceMs === undefined) this.#startPartial();
    if (this.#decoder.holding) this.#touch();
    else this.#inputDecoded();
  }

  #inputDecoded(): void {
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
    const fault = this.#decoder.fault ?? (this.#decoder.finished ? "close" : undefined);
    if (fault === undefined) return;
    this.#inputEnd = fault;
    this.#finishWhenAnswered();
  }

  #startPartial(): void {
    this.#partialSinceMs = this.#lastByteMs;
    this.#watch(this.#host.deadlines.messageMs);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#host.stats.pauses++;
    this.#socket.pause();
  }

  /** Nothing more will be read, nothing waits and no turn runs: the end that was asked for can come. */
  #finishWhenAnswered(): void {
    if (this.#phase !== "open" || this.#inputEnd === undefined || this.#decoder.holding) return;
    if (this.#cell.mailbox.count > 0 || this.#cell.status === "running" || this.#cell.status === "ready") return;
    this.#close(this.#inputEnd === "disconnect" ? this.#lossReason : this.#inputEnd);
  }

  #close(reason: string): void {
    this.#phase = "ending";
    this.#endReason = reason;
    this.#cell.discard();
    this.#cell.resume();
    const { session } = this.#session;
    if (session !== undefined) this.#cell.put(new Envelope(session.closed, reason, this.#cell.address));
    this.#touch();
  }

  #sendFinWhenDone(): void {
    if (this.#phase !== "ending" || !this.#sessionGone || this.#writer.queuedBytes > 0) return;
    this.#phase = "lingering";
    if (this.#paused) this.#socket.resume();
    this.#host.wheel.arm(this.#timer, this.#host.deadlines.lingerMs);
    this.#socket.shutdown();
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#host.touched(this);
  }

  /** Looks at the deadlines no later than `delayMs` from now. */
  #watch(delayMs: number): void {
    const dueMs = this.#host.clock.monotonicMs() + delayMs;
    if (this.#timer.armed && this.#timerDueMs <= dueMs) return;
    this.#timerDueMs = dueMs;
    this.#host.wheel.arm(this.#timer, delayMs);
  }
}
