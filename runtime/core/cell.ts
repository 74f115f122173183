// Hot. One resident actor: its mailbox, its state and the turn loop. One turn at a time, or several reads side by side.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { ActorTimers } from "./actor-timers.ts";
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { WaitingTurn } from "./deadlock.ts";
import type { SessionMethods } from "./definition.ts";
import { DurableState } from "./durable-state.ts";
import { decode, encode } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import type { RuntimeError } from "./errors.ts";
import type { Idler } from "./idle-list.ts";
import { Mailbox, type MailboxItem } from "./mailbox.ts";
import type { ConnectionPort, Encoded, MessageBatch, SessionPort } from "./ports.ts";
import type { Runnable } from "./scheduler.ts";
import type { FailureRecord } from "./supervision.ts";
import { failActivation, putAside } from "./turn-ending.ts";
import { runEnvelope, runMessage, type RunningCell } from "./turn-running.ts";
import type { Turn } from "./turn.ts";

/** Idle: nothing to do. Ready: in the scheduler's queue. Running: in a slice. Waiting: for a promise, or for time. */
type Phase = "idle" | "ready" | "running" | "waiting";
/** Packed: a session whose state was put away while its connection stays. */
type Memory = "absent" | "waking" | "present" | "packed";

export type CellStatus = "idle" | "ready" | "running" | "suspended" | "waking" | "resting";

export class Cell implements Runnable, TimerOwner, SessionPort, RunningCell, Idler {
  readonly host: CellHost;
  readonly key: string;
  readonly mailbox: Mailbox;
  readonly connection: ConnectionPort | undefined;
  readonly durable: DurableState | undefined;
  state: unknown = undefined;
  /** The turn that runs now, or that has the actor to itself while it waits. */
  turn: Turn | undefined = undefined;
  /** Reads that wait side by side. */
  reads: Turn | undefined = undefined;
  /** For the next turn of this slice; one that waits keeps its own. */
  spareTurn: Turn | undefined = undefined;
  /** It has left memory: another cell stands for its key, or none. */
  gone = false;
  failure: FailureRecord | undefined;
  turns = 0;
  recordSlot = -1;
  idleSinceMs = 0;
  idleNext: Idler | undefined = undefined;
  idlePrevious: Idler | undefined = undefined;
  idling = false;
  #phase: Phase = "idle";
  #memory: Memory = "absent";
  #suspended = false;
  #stopping = false;
  #timers: ActorTimers | undefined = undefined;
  #restTimer: Timer | undefined = undefined;

  constructor(host: CellHost, key: string, connection: ConnectionPort | undefined) {
    const { commits, store, scheduler } = host.services;
    this.host = host;
    this.key = key;
    this.connection = connection;
    this.mailbox = new Mailbox(host.bounds);
    this.durable = host.type.options.durable === true ? new DurableState(this, commits, store) : undefined;
    this.failure = host.failures.size > 0 ? host.failures.get(key) : undefined;
    this.idleSinceMs = scheduler.nowMs;
  }

  get services(): NodeServices {
    return this.host.services;
  }

  get address(): string {
    return `${this.host.type.name}/${this.key}`;
  }

  get status(): CellStatus {
    if (this.turn !== undefined || this.reads !== undefined) return "running";
    if (this.#suspended) return "suspended";
    if (this.#memory === "waking") return "waking";
    if (this.#restTimer?.armed === true) return "resting";
    return this.#phase === "idle" ? "idle" : "ready";
  }

  get quiet(): boolean {
    return this.#phase === "idle" && this.mailbox.count === 0;
  }

  /** A copy, for whoever looks from outside; undefined where the state is no JSON or not in memory. */
  get shownState(): unknown {
    if (this.#memory === "packed") return decode(this.state as Encoded);
    const encoded = this.#memory === "present" ? encode(this.state) : undefined;
    return typeof encoded === "string" ? decode(encoded) : undefined;
  }

  get timers(): ActorTimers {
    return (this.#timers ??= new ActorTimers(this.services.wheel, (envelope) => this.offer(envelope)));
  }

  /** Turns that wait while they have the actor, or share it; the one that runs now is among them. */
  blockers(): readonly WaitingTurn[] {
    const blockers: WaitingTurn[] = this.turn === undefined ? [] : [this.turn];
    for (let read = this.reads; read !== undefined; read = read.next) blockers.push(read);
    return blockers;
  }

  /** False when the mailbox is full. */
  offer(envelope: Envelope): boolean {
    if (!this.mailbox.offer(envelope)) return false;
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
    return true;
  }

  /** For what is never refused, and comes before all else. */
  putControl(envelope: Envelope): void {
    this.mailbox.putControl(envelope);
    if (this.#phase !== "running" && this.#phase !== "ready") this.#goOn();
  }

  putAgain(envelope: Envelope): void {
    this.mailbox.putLast(envelope);
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
  }

  putBatch(batch: MessageBatch): void {
    this.mailbox.putBatch(batch);
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
  }

  suspend(): void {
    this.#suspended = true;
  }

  resume(): void {
    this.#suspended = false;
    if (this.#phase === "waiting") this.#goOn();
  }

  close(reason: string): void {
    this.discardAll();
    this.#suspended = false;
    this.mailbox.putLast(new Envelope((this.host.type.session as SessionMethods).closed, reason));
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
  }

  /** A session leaves through its `closed` turn: its connection ends. */
  requestStop(): void {
    if (this.connection !== undefined) return this.connection.end("stopped");
    this.#stopping = true;
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
  }

  run(turnsMax: number): number {
    const { meter, probe } = this.services;
    this.#phase = "running";
    meter.begin();
    probe?.entered(this.host.index, this.key);
    let turns = 0;
    for (let item = this.mailbox.peek(); turns < turnsMax && item !== undefined; item = this.mailbox.peek()) {
      if (!this.#mayRun(item)) break;
      turns++;
      if (item instanceof Envelope) runEnvelope(this, item);
      else runMessage(this, item);
    }
    meter.end(this);
    probe?.left();
    this.turns += turns;
    this.host.stats.turns += turns;
    this.idleSinceMs = meter.nowMs;
    this.spareTurn = undefined;
    this.#goOn();
    return turns;
  }

  /** A turn that waited is over. */
  turnEnded(turn: Turn, endedMs: number): void {
    if (turn.method === this.host.type.session?.closed) this.#stopping = true;
    this.idleSinceMs = endedMs;
    if (this.#phase === "waiting") this.#goOn();
  }

  /** The rest after crashes is over. */
  timerFired(): void {
    if (this.#phase === "waiting") this.#goOn();
  }

  /** All that the actor changed is stored; or it is not, and what it holds in memory is void. */
  stored(error: RuntimeError | undefined): void {
    if (error !== undefined) {
      for (const turn of this.blockers()) (turn as Turn).doomed = error;
      this.forget();
    }
    if (this.#phase === "waiting") this.#goOn();
  }

  /** The next message finds the actor as it was last committed, or fresh. */
  forget(): void {
    this.#timers?.cancelAll();
    this.#memory = "absent";
    this.state = undefined;
  }

  /** Idle for long enough, or memory is short: the actor leaves it; a session stays with its state packed. */
  hibernate(): boolean {
    if (this.#phase !== "idle" || (this.#timers?.count ?? 0) > 0) return false;
    this.host.stats.hibernations++;
    if (this.connection === undefined) this.#leave();
    else this.#pack();
    return true;
  }

  /** Drops what waits: asks among it are told, tells are put aside. */
  discardAll(why?: RuntimeError): void {
    this.turn?.cancel();
    this.host.stats.discarded += this.mailbox.clear((item) => {
      if (!(item instanceof Envelope)) item.release();
      else if (why === undefined) item.asking?.abandon();
      else putAside(this, item, why);
    });
  }

  /** Whether the message at the head can have its turn now; wakes the actor where that is what is missing. */
  #mayRun(item: MailboxItem): boolean {
    if (this.turn !== undefined || this.#suspended || this.#stopping || this.#memory === "waking") return false;
    if (this.reads !== undefined) return item instanceof Envelope && item.method.kind === "read";
    if (this.failure !== undefined && this.#rests(this.failure)) return false;
    if (this.#memory !== "absent" || this.durable === undefined) return true;
    this.#wake(this.durable);
    return false;
  }

  #rests(failure: FailureRecord): boolean {
    const leftMs = failure.notBeforeMs - this.services.clock.monotonicMs();
    if (leftMs <= 0) return false;
    this.#restTimer ??= new Timer(this);
    if (!this.#restTimer.armed) this.services.wheel.arm(this.#restTimer, leftMs);
    return true;
  }

  async #wake(durable: DurableState): Promise<void> {
    this.#memory = "waking";
    try {
      this.state = await durable.load();
      this.#memory = "present";
      this.host.stats.activations++;
    } catch (error) {
      this.#memory = "absent";
      const head = this.mailbox.peek();
      if (head instanceof Envelope) {
        this.mailbox.shift(head);
        failActivation(this, head, error);
      }
    }
    if (this.#phase === "waiting") this.#goOn();
  }

  /** Before a handler is called. What a durable actor has to wait for, it has waited for: this is for the others. */
  remember(): void {
    if (this.#memory === "present") return;
    if (this.#memory === "packed") {
      this.state = decode(this.state as Encoded);
    } else {
      this.state = this.host.type.options.state(this.key);
      this.host.stats.activations++;
    }
    this.#memory = "present";
  }

  #pack(): void {
    const encoded = this.#memory === "present" ? encode(this.state) : undefined;
    this.host.idle.remove(this);
    if (typeof encoded !== "string") return;
    this.state = encoded;
    this.#memory = "packed";
  }

  /** After a slice, after a turn that waited, and whenever something else has changed: on, or idle, or gone. */
  #goOn(): void {
    const item = this.mailbox.peek();
    const busy =
      this.turn !== undefined || this.reads !== undefined || this.#memory === "waking" || this.durable?.clean === false;
    if (this.#stopping && !busy && this.#stopped()) return;
    if (item !== undefined && this.#mayRun(item)) {
      this.#leaveIdle();
      this.#phase = "ready";
      this.services.scheduler.add(this);
    } else if (item === undefined && !busy) {
      this.#becomeIdle();
    } else {
      this.#leaveIdle();
      this.#phase = "waiting";
    }
    this.connection?.mailboxMoved();
  }

  #leaveIdle(): void {
    if (this.#phase !== "idle") return;
    this.services.busy(1);
    this.host.idle.remove(this);
  }

  #becomeIdle(): void {
    if (this.#phase === "idle") return;
    this.#phase = "idle";
    this.services.busy(-1);
    if (this.host.hibernates) this.host.becameIdle(this);
  }

  /** False when messages wait: they find a fresh state. A session's would find no connection. */
  #stopped(): boolean {
    if (this.connection !== undefined) this.discardAll();
    this.#stopping = false;
    this.forget();
    this.host.left(this, this.connection !== undefined ? "connection_lost" : (this.durable?.endReason ?? "stopped"));
    if (this.mailbox.count > 0) return false;
    this.#becomeIdle();
    this.#leave();
    return true;
  }

  #leave(): void {
    this.host.idle.remove(this);
    if (this.#restTimer !== undefined) this.services.wheel.disarm(this.#restTimer);
    this.gone = true;
    this.host.remove(this);
    this.connection?.sessionLeft();
  }
}
