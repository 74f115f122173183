// Hot. One connection: bytes in to its session's mailbox, values out to its writer, and an orderly end.
import type { TimerOwner } from "../base/timer-wheel.ts";
import type { SessionPort, SharedMessage } from "../core/ports.ts";
import type { DecoderOutlet } from "../wire/protocol.ts";
import type { ConnectionHost, ConnectionSocket, SocketEvents, Spoken, StreamPort } from "./connection-host.ts";
import { ConnectionReader } from "./connection-reader.ts";
import { ConnectionWriter } from "./connection-writer.ts";
import { DeadlineTimer } from "./deadline-timer.ts";
import { HeldShare } from "./held-share.ts";
import { TurnBrake } from "./turn-brake.ts";

/** Open: messages flow. Ending: the session hears `closed`, the rest is flushed. Lingering: FIN is sent. */
type Phase = "open" | "ending" | "lingering" | "closed";

export class Connection implements StreamPort, SocketEvents, TimerOwner, DecoderOutlet {
  readonly id: string;
  readonly transport: "tcp" | "tls";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly openedFor: string;
  readonly openedAt: number;
  readonly drainsLast: boolean;
  bytesIn = 0;
  readonly #host: ConnectionHost;
  readonly #socket: ConnectionSocket;
  readonly #reader: ConnectionReader;
  readonly #writer: ConnectionWriter;
  readonly #session: SessionPort;
  readonly #brake: TurnBrake;
  readonly #share: HeldShare;
  readonly #timer: DeadlineTimer;
  #phase: Phase = "open";
  #touched = false;
  #sessionGone = false;
  /** Nothing more is read, for this reason; what has been read is still answered. */
  #inputEnd: string | undefined;
  #endReason = "disconnect";

  constructor(id: string, socket: ConnectionSocket, spoken: Spoken, host: ConnectionHost) {
    const { protocol, session, transport } = spoken;
    this.id = id;
    this.transport = transport;
    this.remoteAddress = spoken.remoteAddress;
    this.remotePort = spoken.remotePort;
    this.openedFor = spoken.openedFor ?? "";
    this.openedAt = host.clock.unixMs();
    this.drainsLast = spoken.drainsLast ?? false;
    this.#host = host;
    this.#socket = socket;
    this.#reader = new ConnectionReader(socket, protocol.createDecoder(this), host.stats);
    this.#writer = new ConnectionWriter(protocol, host.arena, host.budget);
    this.#session = session.open?.(this) ?? host.openSession(session, this);
    this.#brake = new TurnBrake(this.#session, this.#writer);
    this.#share = new HeldShare(this.#reader, this.#session, host.budget);
    this.#timer = new DeadlineTimer(this, host, this.#reader, spoken.idleMs);
    if (this.#reader.opened(host.clock.monotonicMs())) this.#timer.partial();
  }

  /** Bytes produced for the peer, less what was lost with the connection. */
  get bytesOut(): number {
    return this.#writer.bytesWritten + this.#writer.queuedBytes;
  }

  get sessionAddress(): string {
    return this.#session.address;
  }

  /** Bytes produced and not yet taken by the kernel. */
  get outboundBytes(): number {
    return this.#writer.queuedBytes;
  }

  get paused(): boolean {
    return this.#reader.paused;
  }

  // From the socket.

  received(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    this.#host.stats.bytesIn += chunk.length;
    if (this.#phase !== "open" || this.#inputEnd !== undefined) return;
    this.#host.loopTurned();
    const { clock, readTurns } = this.#host;
    const isLate = readTurns.take(chunk.length);
    if (isLate) this.#reader.hold(chunk, clock.monotonicMs());
    else this.#reader.receive(chunk, clock.monotonicMs(), this.#session);
    this.#timer.heard();
    if (readTurns.waitsAfter(chunk.length) && this.#reader.letOthers()) readTurns.wait(this);
    this.#afterInput();
  }

  get chunkBytes(): number {
    return this.#reader.chunkBytes;
  }

  /** It is read again, and what waits of it is looked at. */
  readOn(): void {
    if (this.#phase === "closed") return;
    this.#host.loopTurned();
    this.#reader.readOn();
    this.mailboxMoved();
  }

  drained(): void {
    if (!this.#writer.drain(this.#socket)) return;
    this.#timer.drained(this.#writer.blocked);
    if (this.#phase === "open") this.#brake.offered();
    this.#sendFinWhenDone();
  }

  peerFinished(): void {
    if (this.#phase !== "open") return;
    if (this.#inputEnd === undefined) this.#reader.finish(this.#session, this.#host.clock.monotonicMs());
    this.#inputEnd ??= "disconnect";
    this.#afterInput();
  }

  socketClosed(): void {
    if (this.#phase === "open") this.#close(this.#endOfInput ?? this.#lossReason);
    this.#phase = "closed";
    this.#timer.disarm();
    this.#writer.abandon();
    this.#share.giveBack();
    this.#host.closed(this, this.#endReason);
  }

  failed(error: Error): void {
    this.#host.failed(this, error);
    this.abort("net.fault");
  }

  // From the session's actor.

  send(value: unknown): void {
    if (this.#phase !== "open") return;
    if (!this.#writer.encode(value)) return void this.abort("outbound_overflow");
    this.#sent();
  }

  sendShared(message: SharedMessage): void {
    if (this.#phase !== "open") return;
    if (!this.#writer.encodeShared(message)) return void this.abort("outbound_overflow");
    this.#sent();
  }

  write(octets: Uint8Array, start: number, end: number): void {
    if (this.#phase !== "open") return;
    if (!this.#writer.write(octets, start, end)) return void this.abort("outbound_overflow");
    this.#sent();
  }

  flush(): void {
    this.#writer.flush(this.#socket);
  }

  end(reason: string): void {
    if (this.#phase === "open") this.#close(reason);
  }

  crashed(): void {
    this.end("session_crashed");
  }

  mailboxMoved(): void {
    if (this.#phase !== "open") return;
    if (this.#reader.holding) this.#reader.pump(this.#session, this.#host.clock.monotonicMs());
    this.#afterInput();
  }

  sessionLeft(): void {
    this.#sessionGone = true;
    this.#touch();
  }

  // From the decoder.

  control(octets: Uint8Array): void {
    this.write(octets, 0, octets.length);
  }

  // From the listener.

  /** The turns of this step are over: write what they produced, and act on what stayed behind. */
  stepEnded(): void {
    this.#touched = false;
    if (this.#phase === "closed") return;
    this.#writer.flush(this.#socket);
    if (this.#writer.blocked) this.#timer.blocked();
    if (this.#phase === "open") this.#balance();
    this.#sendFinWhenDone();
  }

  #balance(): void {
    this.#brake.offered();
    if (this.#reader.holding) this.#reader.pause();
    if (this.#share.tooMuch(this.#brake.on)) this.abort("crowded_out");
  }

  /** Reads nothing more; closes when everything read is answered. */
  shutDown(): void {
    this.#inputEnd ??= "shutdown";
    this.#finishWhenAnswered();
  }

  /** Closes at once; what is queued is lost. False when nothing was: all was sent, only the peer's FIN was missing. */
  abort(reason: string): boolean {
    if (this.#phase === "lingering") {
      this.#socket.close();
      return false;
    }
    try {
      if (this.#phase === "open") this.#close(reason);
    } finally {
      if (this.#writer.queuedBytes > 0) this.#endReason = reason;
      this.#writer.abandon();
      this.#socket.terminate();
    }
    return true;
  }

  timerFired(): void {
    if (this.#phase === "lingering") return void this.abort(this.#endReason);
    const reading = this.#phase === "open" && this.#inputEnd === undefined;
    if (reading && this.#timer.quietIsOver(this.#session)) this.#afterInput();
    const late = this.#timer.late(this.#session, this.#phase === "open");
    if (late === undefined) return;
    if (late === "answer_timeout") return this.#close(late);
    if (late === "peer_not_reading" || late === "heartbeat_missed") return void this.abort(late);
    this.#inputEnd ??= late;
    this.#timer.watch(this.#host.deadlines.writeStallMs);
    this.#finishWhenAnswered();
  }

  /** Deadlines were changed: what is late by the new ones ends. */
  lookAgain(): void {
    if (this.#phase === "open" || this.#phase === "ending") this.#timer.watch(0);
  }

  get #lossReason(): string {
    return this.#reader.truncated ? "wire.truncated" : "disconnect";
  }

  /** What came with the last chunk, or with the room that a turn made: more to wait for, or the end. */
  #afterInput(): void {
    if (this.#reader.partialSinceMs !== undefined) this.#timer.partial();
    if (this.#reader.holding) this.#touch();
    else this.#inputEnd = this.#reader.end ?? this.#inputEnd;
    this.#finishWhenAnswered();
  }

  /** Nothing more will be read, nothing waits and no turn runs: the end that was asked for can come. */
  #finishWhenAnswered(): void {
    if (this.#phase !== "open" || this.#inputEnd === undefined) return;
    if (this.#session.quiet && !this.#reader.holding) this.#close(this.#endOfInput as string);
    else this.#timer.inputEnded();
  }

  /** A peer that finished in the middle of a message did not mean to. */
  get #endOfInput(): string | undefined {
    return this.#inputEnd === "disconnect" ? this.#lossReason : this.#inputEnd;
  }

  #close(reason: string): void {
    this.#phase = "ending";
    this.#endReason = reason;
    this.#writer.bidFarewell(reason);
    this.#session.close(reason);
    this.#timer.watch(this.#host.deadlines.writeStallMs);
    this.#touch();
  }

  #sendFinWhenDone(): void {
    if (this.#phase !== "ending" || !this.#sessionGone || this.#writer.queuedBytes > 0) return;
    this.#phase = "lingering";
    this.#reader.resume();
    this.#timer.set(this.#host.deadlines.lingerMs);
    this.#socket.shutdown();
  }

  #sent(): void {
    this.#host.stats.messagesOut++;
    this.#brake.produced();
    this.#touch();
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#host.touched(this);
  }
}
