// One connection that carries whole messages: texts in to its session's mailbox, texts out to its outlet, and an end.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import type { ConnectionPort, SessionPort, SharedMessage, Transport } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { ConnectionHost, OpenConnection, StepParticipant } from "./connection-host.ts";
import { MessageQueue } from "./message-queue.ts";
import { OneMessage } from "./one-message.ts";

/** The way to the peer. */
export interface MessageOutlet {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Waits for the peer or for the network. */
  readonly queuedBytes: number;
  /** False where so much waits already that nothing more is taken. */
  send(text: string): boolean;
  sendShared(message: SharedMessage): boolean;
  /** What was sent still leaves; after that the peer is told the end, as far as it can be. */
  finish(reason: string): void;
  /** Nothing more leaves. */
  drop(): void;
  /** The session has room again: for outlets that hold messages back meanwhile. */
  roomAgain?(): void;
}

export interface MessageConnectionOptions {
  readonly session: { readonly name: string };
  /** Silence after which it ends; never, where the outlet knows better whether the peer is there. */
  readonly idleMs?: number;
  /** What the peer is told before it is let go for this reason, if anything. */
  readonly farewell: (reason: string) => string | undefined;
}

/** Opening: its session is being made. Open: messages flow. Ending: the session hears `closed`. */
type Phase = "opening" | "open" | "ending" | "closed";

export class MessageConnection implements OpenConnection, ConnectionPort, StepParticipant, TimerOwner {
  readonly id: string;
  readonly transport: Transport;
  readonly openedAt: number;
  bytesIn = 0;
  bytesOut = 0;
  readonly #host: ConnectionHost;
  readonly #outlet: MessageOutlet;
  readonly #options: MessageConnectionOptions;
  readonly #session: SessionPort;
  readonly #waiting = new MessageQueue(limits.messagesWaitingMax, limits.messagesWaitingBytesMax);
  readonly #timer = new Timer(this);
  #lastHeardMs: number;
  #phase: Phase = "opening";
  #suspended = false;
  #touched = false;
  #sessionGone = false;
  /** Nothing more is read; what has been read is still answered. */
  #inputEnd: string | undefined;
  #endReason = "disconnect";

  constructor(id: string, outlet: MessageOutlet, options: MessageConnectionOptions, host: ConnectionHost) {
    this.id = id;
    this.transport = outlet.transport;
    this.openedAt = host.clock.unixMs();
    this.#host = host;
    this.#outlet = outlet;
    this.#options = options;
    this.#lastHeardMs = host.clock.monotonicMs();
    this.#session = host.openSession(options.session, this);
    this.#phase = "open";
    if (options.idleMs !== undefined) host.wheel.arm(this.#timer, options.idleMs);
  }

  get remoteAddress(): string {
    return this.#outlet.remoteAddress;
  }

  get remotePort(): number {
    return this.#outlet.remotePort;
  }

  get sessionAddress(): string {
    return this.#session.address;
  }

  get outboundBytes(): number {
    return this.#outlet.queuedBytes;
  }

  /** Messages wait because the session has no room. */
  get paused(): boolean {
    return this.#waiting.count > 0;
  }

  // From the socket.

  /** False where so much waits already that this message is not taken. */
  received(text: string, bytes: number): boolean {
    this.bytesIn += bytes;
    this.#host.stats.bytesIn += bytes;
    if (this.#phase !== "open" || this.#inputEnd !== undefined) return true;
    this.#host.loopTurned();
    this.#lastHeardMs = this.#host.clock.monotonicMs();
    if (this.#waiting.count === 0 && this.#session.mailbox.room > 0) this.#put(text, bytes);
    else if (!this.#waiting.add(text, bytes)) return false;
    return true;
  }

  /** How many messages would be taken now. */
  get room(): number {
    if (this.#phase !== "open" || this.#inputEnd !== undefined) return 0;
    return this.#waiting.count > 0 ? 0 : this.#session.mailbox.room;
  }

  /** The peer is gone, or has said goodbye. */
  peerGone(reason: string): void {
    if (this.#phase !== "open") return;
    this.#outlet.drop();
    this.#close(reason);
  }

  /** The network takes messages again. */
  drained(): void {
    if (!this.#suspended || this.#outlet.queuedBytes > limits.outboundLowWaterBytes) return;
    this.#suspended = false;
    this.#session.resume();
  }

  // From the session's actor.

  send(value: unknown): void {
    if (this.#phase !== "open") return;
    this.#sent((value as string).length, this.#outlet.send(value as string));
  }

  sendShared(message: SharedMessage): void {
    if (this.#phase !== "open") return;
    this.#sent((message.value as string).length, this.#outlet.sendShared(message));
  }

  end(reason: string): void {
    if (this.#phase === "open") this.#close(reason);
  }

  crashed(): void {
    this.end("session_crashed");
  }

  mailboxMoved(): void {
    if (this.#phase !== "open") return;
    while (this.#session.mailbox.room > 0) {
      const next = this.#waiting.take();
      if (next === undefined) break;
      this.#put(next.text, next.bytes);
    }
    if (this.room > 0) this.#outlet.roomAgain?.();
    this.#finishWhenAnswered();
  }

  sessionLeft(): void {
    this.#sessionGone = true;
    this.#touch();
  }

  // From the table and the wheel.

  shutDown(): void {
    this.#inputEnd ??= "shutdown";
    this.#finishWhenAnswered();
  }

  abort(reason: string): boolean {
    if (this.#phase === "closed") return false;
    this.#outlet.drop();
    if (this.#phase === "open") this.#close(reason);
    return true;
  }

  timerFired(): void {
    const { idleMs = 0 } = this.#options;
    const quietMs = this.#session.quiet ? Math.max(this.#lastHeardMs, this.#session.idleSinceMs) : undefined;
    const dueMs = (quietMs ?? this.#host.clock.monotonicMs()) + idleMs;
    if (dueMs > this.#host.clock.monotonicMs()) this.#host.wheel.armAt(this.#timer, dueMs);
    else this.end("idle_timeout");
  }

  stepEnded(): void {
    this.#touched = false;
    if (this.#phase !== "ending" || !this.#sessionGone) return;
    this.#phase = "closed";
    const farewell = this.#options.farewell(this.#endReason);
    if (farewell !== undefined) this.#outlet.send(farewell);
    this.#outlet.finish(this.#endReason);
    this.#host.closed(this, this.#endReason);
  }

  failed(error: Error): void {
    this.#host.failed(this, error);
    this.abort("net.fault");
  }

  #put(text: string, bytes: number): void {
    this.#host.stats.messagesIn++;
    this.#session.putBatch(new OneMessage(text, bytes, this.#lastHeardMs));
  }

  #sent(bytes: number, taken: boolean): void {
    if (!taken) return void this.abort("outbound_overflow");
    this.bytesOut += bytes;
    this.#host.stats.messagesOut++;
    if (this.#suspended || this.#outlet.queuedBytes <= limits.messageHighWaterBytes) return;
    this.#suspended = true;
    this.#session.suspend();
  }

  #finishWhenAnswered(): void {
    if (this.#phase !== "open" || this.#inputEnd === undefined) return;
    if (this.#session.quiet && this.#waiting.count === 0) this.#close(this.#inputEnd);
  }

  #close(reason: string): void {
    this.#phase = "ending";
    this.#endReason = reason;
    this.#host.wheel.disarm(this.#timer);
    this.#session.close(reason);
    this.#touch();
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#host.touched(this);
  }
}
