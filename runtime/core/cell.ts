// Hot. One resident actor: its mailbox, its state and the turn loop, which runs one message at a time.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { Method, SessionMethods } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { dropItem, Mailbox } from "./mailbox.ts";
import type { ConnectionPort, MessageBatch, SessionPort } from "./ports.ts";
import type { Runnable } from "./scheduler.ts";
import { judgeFailure } from "./supervision.ts";
import { TurnContext } from "./turn-context.ts";

export type CellStatus = "idle" | "ready" | "running" | "suspended";

export class Cell implements Runnable, TimerOwner, SessionPort {
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

  get quiet(): boolean {
    return this.#status === "idle" && this.mailbox.count === 0;
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

  suspend(): void {
    this.#suspended = true;
  }

  resume(): void {
    this.#suspended = false;
    this.#wake();
  }

  close(reason: string): void {
    const { closed } = this.host.type.session as SessionMethods;
    this.#discard();
    this.#suspended = false;
    this.put(new Envelope(closed, reason, this.address));
  }

  /** A session leaves through its `closed` turn: its connection ends. */
  requestStop(): void {
    if (this.connection === undefined) this.#stopRequested = true;
    else this.connection.end("stopped");
  }

  run(turnsMax: number): number {
    const { clock } = this.services;
    const sliceStartedMs = clock.monotonicMs();
    this.#status = "running";
    this.turnStartedMs = sliceStartedMs;
    this.turnStartedAt = clock.unixMs();
    let turns = 0;
    while (turns < turnsMax && !this.#pending && !this.#suspended && !this.#stopRequested && this.#turn()) turns++;
    const done = this.#pending ? turns - 1 : turns; // what goes on is measured when it is done
    this.turns += turns;
    this.host.stats.turns += turns;
    if (this.connection === undefined && done > 0) {
      this.turnStartedMs = clock.monotonicMs();
      this.host.stats.durations.record((this.turnStartedMs - sliceStartedMs) / done, done);
    }
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
    if (this.connection === undefined) return;
    this.#context.turnEnded();
    this.#measure(arrivedMs);
  }

  /** A reading costs 40 ns, a tenth of a short turn: where the handler has read the clock, that stands for the end. */
  #measure(arrivedMs: number | undefined): void {
    const { stats } = this.host;
    const endedMs = this.lastReadMs > this.turnStartedMs ? this.lastReadMs : this.services.clock.monotonicMs();
    stats.durations.record(endedMs - this.turnStartedMs);
    if (arrivedMs !== undefined) stats.latencies.record(endedMs - arrivedMs);
    this.turnStartedMs = endedMs;
  }

  /** The turn is held until its promise settles, also where nobody waits for what it ends in. */
  async #settleLater(method: Method, result: Promise<unknown>, envelope?: Envelope, arrivedMs?: number): Promise<void> {
    this.#pending = true;
    try {
      const value = await result;
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
    const where = { type: type.name, key: this.key, method: method.name };
    const turn = { ...where, error, envelope, cancelled: this.#context.isCancellation(error) };
    if (!judgeFailure(turn, stats, this.services.events)) return;
    if (this.connection === undefined) this.#active = false;
    else this.connection.crashed();
  }

  /** After a slice, or after an asynchronous turn: on to the next message, or idle, or gone. */
  #rest(): void {
    this.current = undefined;
    this.#context.turnEnded();
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

  /** False when messages wait: they find a fresh state. A session's would find no connection. */
  #stopped(): boolean {
    if (this.connection !== undefined) this.#discard();
    this.#stopRequested = this.#active = false;
    if (this.mailbox.count > 0) return false;
    this.services.busy(-1);
    this.#leave();
    return true;
  }

  /** Drops what waits; asks among it are told. */
  #discard(): void {
    this.#context.cancelTurn();
    this.host.stats.discarded += this.mailbox.clear(dropItem);
  }

  #leave(): void {
    if (this.#idleTimer !== undefined) this.services.wheel.disarm(this.#idleTimer);
    this.host.remove(this.key);
    this.connection?.sessionLeft();
  }
}
