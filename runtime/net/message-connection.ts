// One connection that carries whole messages: texts in to its session's mailbox, texts out to its outlet, and an end.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import type { ConnectionPort, SessionPort, SharedMessage, Transport } from "../core/ports.ts";
import type { ConnectionHost, OpenConnection, StepParticipant } from "./connection-host.ts";
import { MessageBrake } from "./message-brake.ts";
import { type MessageOutlet, NOT_TAKEN } from "./message-outlet.ts";
import { MessageQueue } from "./message-queue.ts";

export interface MessageConnectionOptions {
  readonly session: { readonly name: string };
  /** Silence after which it ends; never, where the outlet knows better whether the peer is there. */
  readonly idleMs?: number;
  /** What the peer is told before it is let go for this reason, if anything. */
  readonly farewell: (reason: string) => string | undefined;
}

/** Opening: its session is made. Open: messages flow. Ending: it hears `closed`. Lingering: what is left is sent. */
type Phase = "opening" | "open" | "ending" | "lingering" | "closed";

export class MessageConnection implements OpenConnection, ConnectionPort, StepParticipant, TimerOwner {
  readonly id: string;
  readonly transport: Transport;
  readonly openedFor = "";
  readonly openedAt: number;
  readonly traceparent: string | undefined;
  bytesIn = 0;
  bytesOut = 0;
  readonly #host: ConnectionHost;
  readonly #outlet: MessageOutlet;
  readonly #options: MessageConnectionOptions;
  readonly #session: SessionPort;
  readonly #waiting: MessageQueue;
  readonly #brake: MessageBrake;
  readonly #timer = new Timer(this);
  /** The outlet's address may change; this one was let in. */
  readonly #admittedFrom: string;
  #lastHeardMs: number;
  #phase: Phase = "opening";
  #touched = false;
  #sessionGone = false;
  /** What was read is still answered, then it ends with this reason. */
  #inputEnd: string | undefined;
  #reading = true;
  /** What the outlet had not got rid of when it was last looked at. */
  #lingeringBytes = 0;
  #endReason = "disconnect";

  constructor(id: string, outlet: MessageOutlet, options: MessageConnectionOptions, host: ConnectionHost) {
    this.id = id;
    this.transport = outlet.transport;
    this.traceparent = outlet.traceparent;
    this.openedAt = host.clock.unixMs();
    this.#host = host;
    this.#outlet = outlet;
    this.#admittedFrom = outlet.remoteAddress;
    this.#options = options;
    this.#lastHeardMs = host.clock.monotonicMs();
    this.#session = host.openSession(options.session, this);
    this.#waiting = new MessageQueue(this.#session, host.stats);
    this.#brake = new MessageBrake(this.#session, outlet, host, () => void this.abort("peer_not_reading"));
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

  get paused(): boolean {
    return this.#waiting.count > 0;
  }

  // From the socket.

  /** False where so much waits already that this message is not taken. */
  received(text: string, bytes: number): boolean {
    this.bytesIn += bytes;
    this.#host.stats.bytesIn += bytes;
    if (this.#phase !== "open" || !this.#reading) return true;
    this.#host.loopTurned();
    this.#lastHeardMs = this.#host.clock.monotonicMs();
    return this.#waiting.add({ text, bytes, arrivedMs: this.#lastHeardMs });
  }

  /** How many messages would be taken now. */
  get room(): number {
    return this.#phase === "open" && this.#reading ? this.#waiting.room : 0;
  }

  /** The peer has said goodbye: what it sent before is still done, though nobody hears of it. */
  peerFinished(reason: string): void {
    if (this.#phase !== "open") return;
    this.#endInput(reason);
    this.drained();
  }

  /** The peer is gone: what waits is dropped. */
  peerGone(reason: string): void {
    if (this.#phase === "open") this.abort(reason);
  }

  /** The outlet has nothing left to do. */
  left(): void {
    if (this.#phase !== "lingering") return;
    this.#phase = "closed";
    this.#host.wheel.disarm(this.#timer);
    this.#host.closed(this, this.#endReason, this.#admittedFrom);
  }

  /** The network takes messages again. */
  drained(): void {
    if (this.#phase === "open") this.#brake.drained();
  }

  // From the session's actor.

  send(value: unknown): void {
    if (this.#phase !== "open") return;
    this.#sent(this.#outlet.send(value as string));
  }

  sendShared(message: SharedMessage): void {
    if (this.#phase !== "open") return;
    this.#sent(this.#outlet.sendShared(message));
  }

  end(reason: string): void {
    if (this.#phase === "open") this.#close(reason);
  }

  crashed(): void {
    this.end("session_crashed");
  }

  mailboxMoved(): void {
    if (this.#phase !== "open") return;
    this.#waiting.handOn();
    if (this.room > 0) this.#outlet.roomAgain?.();
    this.#finishWhenAnswered();
  }

  sessionLeft(): void {
    this.#sessionGone = true;
    this.#touch();
  }

  // From the table and the wheel.

  shutDown(): void {
    this.#reading = false;
    this.#endInput("shutdown");
  }

  abort(reason: string): boolean {
    const isAlive = this.#phase === "open" || this.#phase === "ending";
    try {
      // Before the outlet: some tell at once that the peer is gone, which is not why.
      if (this.#phase === "open") this.#close(reason);
      if (this.#phase !== "closed") this.#outlet.drop(reason);
    } finally {
      this.left();
    }
    return isAlive;
  }

  timerFired(): void {
    if (this.#phase === "lingering") return this.#lingerOn();
    if (this.#inputEnd !== undefined) return this.end("answer_timeout");
    this.lookAgain();
  }

  lookAgain(): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined || this.#phase !== "open" || this.#inputEnd !== undefined) return;
    const quietMs = this.#session.quiet ? Math.max(this.#lastHeardMs, this.#session.idleSinceMs) : undefined;
    const dueMs = (quietMs ?? this.#host.clock.monotonicMs()) + idleMs;
    if (dueMs > this.#host.clock.monotonicMs()) this.#host.wheel.armAt(this.#timer, dueMs);
    else this.end("idle_timeout");
  }

  stepEnded(): void {
    this.#touched = false;
    if (this.#phase !== "ending" || !this.#sessionGone) return;
    this.#phase = "lingering";
    const farewell = this.#options.farewell(this.#endReason);
    if (farewell !== undefined) this.#outlet.send(farewell);
    if (this.#outlet.finish(this.#endReason)) return this.left();
    this.#lingeringBytes = this.#outlet.queuedBytes;
    this.#host.wheel.arm(this.#timer, this.#host.deadlines.lingerMs);
  }

  failed(error: Error): void {
    this.#host.failed(this, error);
    this.abort("net.fault");
  }

  #sent(bytes: number): void {
    if (bytes === NOT_TAKEN) return void this.abort("outbound_overflow");
    this.bytesOut += bytes;
    this.#host.stats.messagesOut++;
    this.#brake.sent();
  }

  #endInput(reason: string): void {
    if (this.#phase !== "open") return;
    if (this.#inputEnd === undefined) this.#host.wheel.arm(this.#timer, this.#host.deadlines.answerMs);
    this.#inputEnd ??= reason;
    this.#finishWhenAnswered();
  }

  #finishWhenAnswered(): void {
    if (this.#phase !== "open" || this.#inputEnd === undefined) return;
    const isHolding = this.#waiting.count > 0 || (this.#reading && this.#outlet.holding);
    if (this.#session.quiet && !isHolding) this.#close(this.#inputEnd);
  }

  /** As long as the peer takes something, it has time. */
  #lingerOn(): void {
    const bytes = this.#outlet.queuedBytes;
    if (bytes >= this.#lingeringBytes) return void this.abort(this.#endReason);
    this.#lingeringBytes = bytes;
    this.#host.wheel.arm(this.#timer, this.#host.deadlines.lingerMs);
  }

  #close(reason: string): void {
    this.#phase = "ending";
    this.#endReason = reason;
    this.#host.wheel.disarm(this.#timer);
    this.#brake.release();
    this.#session.close(reason);
    this.#touch();
  }

  #touch(): void {
    if (!this.#touched) this.#host.touched(this);
    this.#touched = true;
  }
}
