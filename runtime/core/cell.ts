// Hot. One resident actor: its mailbox, its state and the turn loop, which runs one message at a time.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { Method, SessionMethods } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { Mailbox } from "./mailbox.ts";
import type { ConnectionPort, MessageBatch } from "./ports.ts";
import type { Runnable } from "./scheduler.ts";
import type { Addressable, Ref } from "./shape.ts";
import { judgeFailure } from "./supervision.ts";
import { TurnContext } from "./turn-context.ts";

export type CellStatus = "idle" | "ready" | "running" | "suspended";

export class Cell implements Runnable, TimerOwner {
  readonly host: CellHost;
  readonly services: NodeServices;
  readonly key: string;
  readonly mailbox: Mailbox;
  readonly connection: ConnectionPort | undefined;
  /** When the running turn began, in monotonic milliseconds. */
  turnStartedMs = 0;
  /** Unix milliseconds, read once a slice. */
  turnStartedAt = 0;
  /** The handler's last reading of the clock. */
  lastReadMs = 0;
  /** The message of the running turn, when it came as an envelope. */
  current: Envelope | undefined;
  turns = 0;
  idleSinceMs: number;
  readonly #context: TurnContext;
  readonly #idleStopMs: number;
  #status: CellStatus = "idle";
  #active = false;
  #suspended = false;
  #pending = false;
  #stopRequested = false;
  #idleTimer: Timer | undefined;

  constructor(host: CellHost, key: string, connection: ConnectionPort | undefined) {
    const { mailbox = {}, hibernateAfterMs = limits.idleStopMs } = host.type.options;
    const { capacity = limits.mailboxMessagesMax, bytes = limits.mailboxBytesMax } = mailbox;
    this.host = host;
    this.services = host.services;
    this.key = key;
    this.connection = connection;
    this.mailbox = new Mailbox(capacity, bytes);
    this.#idleStopMs = hibernateAfterMs;
    this.#context = new TurnContext(this);
    this.idleSinceMs = host.services.clock.monotonicMs();
  }

  get status(): CellStatus {
    return this.#suspended && this.#status !== "running" ? "suspended" : this.#status;
  }

  get address(): string {
    return `${this.host.type.name}/${this.key}`;
  }

  /** False when the mailbox is full. */
  offer(envelope: Envelope): boolean {
    if (!this.mailbox.offer(envelope)) return false;
    this.#wake();
    return true;
  }

  /** For lifecycle messages, which are never refused. */
  put(envelope: Envelope): void {
    this.mailbox.put(envelope);
    this.#wake();
  }

  putBatch(batch: MessageBatch): void {
    this.mailbox.putBatch(batch);
    this.#wake();
  }

  /** No turn starts until `resume`: what the actor would produce has nowhere to go. */
  suspend(): void {
    this.#suspended = true;
  }

  resume(): void {
    this.#suspended = false;
    this.#wake();
  }

  /** Drops what waits, because nobody is left to be answered; asks among it are told. */
  discard(): void {
    this.#context.cancelSleep();
    this.host.stats.discarded += this.mailbox.clear((item) => {
      if (!(item instanceof Envelope)) return item.release();
      const message = `Cannot run ${this.address}.${item.method.name}: its actor is gone`;
      item.reject(new RuntimeError("actor.stopped", message, { stood: "queued" }));
    });
  }

  /** A session leaves through its `closed` turn: its connection ends. */
  requestStop(): void {
    if (this.connection === undefined) this.#stopRequested = true;
    else this.connection.end("stopped");
  }

  refTo<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.services.refFrom(this, type, key);
  }

  run(turnsMax: number): number {
    const { clock } = this.services;
    this.#status = "running";
    const sliceStartedMs = clock.monotonicMs();
    this.turnStartedMs = sliceStartedMs;
    this.turnStartedAt = clock.unixMs();
    let turns = 0;
    while (turns < turnsMax && !this.#pending && !this.#suspended && !this.#stopRequested && this.#turn()) turns++;
    const done = this.#pending ? turns - 1 : turns; // what goes on is measured when it is done
    if (this.connection === undefined && done > 0) {
      this.turnStartedMs = clock.monotonicMs();
      this.host.stats.durations.record((this.turnStartedMs - sliceStartedMs) / done, done);
    }
    this.turns += turns;
    this.host.stats.turns += turns;
    if (!this.#pending) this.#rest();
    return turns;
  }

  timerFired(): void {
    if (this.#status !== "idle" || this.mailbox.count > 0) return;
    const leftMs = this.idleSinceMs + this.#idleStopMs - this.services.clock.monotonicMs();
    if (leftMs > 0) this.services.wheel.arm(this.#idleTimer as Timer, leftMs);
    else this.#leave();
  }

  #wake(): void {
    if (this.#status !== "idle" || this.#suspended || this.mailbox.count === 0) return;
    this.#status = "ready";
    this.services.busy(1);
    this.services.scheduler.add(this);
  }

  /** Runs the message at the head; false when there is none. */
  #turn(): boolean {
    const item = this.mailbox.peek();
    if (item === undefined) return false;
    if (item instanceof Envelope) {
      this.mailbox.shiftEnvelope();
      if (item.start(this.services.clock)) this.#handle(item.method, item.input, item);
      return true;
    }
    const { arrivedMs } = item;
    const input = item.take();
    this.mailbox.taken(1);
    if (item.remaining === 0) this.mailbox.shiftBatch(item);
    this.#handle((this.host.type.session as SessionMethods).message, input, undefined, arrivedMs);
    return true;
  }

  #handle(method: Method, input: unknown, envelope: Envelope | undefined, arrivedMs?: number): void {
    this.current = envelope;
    if (method === this.host.type.session?.closed) this.#stopRequested = true;
    try {
      if (!this.#active) {
        this.#context.state = this.host.type.options.state(this.key);
        this.#active = true;
      }
      const result = method.handler(this.#context, input);
      if (result instanceof Promise) return void this.#settleLater(method, result, envelope, arrivedMs);
      envelope?.resolve(result);
    } catch (error) {
      this.#fail(method, error, envelope);
    }
    if (this.connection !== undefined) this.#measure(arrivedMs);
  }

  /**
   * Of a session every turn is timed by itself, the end of one being the start of the next. A reading costs 40 ns, a
   * tenth of a short turn: where the handler has read the clock, its last reading stands for the end.
   */
  #measure(arrivedMs: number | undefined): void {
    const { stats } = this.host;
    const endedMs = this.lastReadMs > this.turnStartedMs ? this.lastReadMs : this.services.clock.monotonicMs();
    stats.durations.record(endedMs - this.turnStartedMs);
    if (arrivedMs !== undefined) stats.latencies.record(endedMs - arrivedMs);
    this.turnStartedMs = endedMs;
  }

  /** The turn is held until its promise settles. */
  async #settleLater(method: Method, result: Promise<unknown>, envelope?: Envelope, arrivedMs?: number): Promise<void> {
    this.#pending = true;
    try {
      const value = await result; // not inside the call below, which is left out where nobody asked
      envelope?.resolve(value);
    } catch (error) {
      this.#fail(method, error, envelope);
    }
    this.#pending = false;
    this.lastReadMs = 0;
    this.#measure(arrivedMs);
    this.#rest();
  }

  /** A crashed actor starts afresh with its next message; a crashed session ends with its connection. */
  #fail(method: Method, error: unknown, envelope: Envelope | undefined): void {
    const { stats, type } = this.host;
    const cancelled = this.#context.isCancellation(error);
    const turn = { type: type.name, key: this.key, method: method.name, error, envelope, cancelled };
    if (!judgeFailure(turn, stats, this.services.events)) return;
    if (this.connection === undefined) this.#active = false;
    else this.connection.crashed();
  }

  /** After a slice, or after an asynchronous turn: on to the next message, or idle, or gone. */
  #rest(): void {
    this.current = undefined;
    if (this.#stopRequested && this.#stopped()) return;
    if (this.mailbox.count > 0 && !this.#suspended) {
      this.#status = "ready";
      this.services.scheduler.add(this);
    } else {
      this.#status = "idle";
      this.idleSinceMs = this.turnStartedMs;
      this.services.busy(-1);
      if (this.connection === undefined) {
        this.#idleTimer ??= new Timer(this);
        if (!this.#idleTimer.armed) this.services.wheel.arm(this.#idleTimer, this.#idleStopMs);
      }
    }
    this.connection?.mailboxMoved();
  }

  /** False when messages wait: they find a fresh state. */
  #stopped(): boolean {
    this.#stopRequested = false;
    this.#active = false;
    if (this.connection !== undefined) this.discard();
    if (this.mailbox.count > 0) return false;
    this.services.busy(-1);
    this.#leave();
    return true;
  }

  #leave(): void {
    if (this.#idleTimer !== undefined) this.services.wheel.disarm(this.#idleTimer);
    this.host.remove(this.key);
    this.connection?.sessionLeft();
  }
}
