// Hot. One resident actor: its mailbox, its state, and when it has its turns. One at a time, or reads side by side.

import type { Linked } from "../base/linked-list.ts";
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { type ActivatedCell, pack, type Presence } from "./activation.ts";
import { ActorTimers } from "./actor-timers.ts";
import { CellExtras } from "./cell-extras.ts";
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { Wait, WaitingTurn } from "./deadlock.ts";
import type { SessionMethods } from "./definition.ts";
import { DurableState } from "./durable-state.ts";
import { Envelope } from "./envelope.ts";
import type { RuntimeError } from "./errors.ts";
import { Mailbox, type MailboxItem } from "./mailbox.ts";
import type { ConnectionPort, MessageBatch, SessionPort } from "./ports.ts";
import { discard } from "./put-aside.ts";
import type { Runnable } from "./scheduler.ts";
import type { FailureRecord } from "./supervision.ts";
import { abandonTurn, mayShare, runEnvelope, runMessage, type RunningCell } from "./turn-running.ts";
import type { Turn } from "./turn.ts";

/** Idle: nothing to do. Ready: in the scheduler's queue. Running: in a slice. Waiting: for a promise, or for time. */
type Phase = "idle" | "ready" | "running" | "waiting" | "gone";

export type CellStatus = "idle" | "ready" | "running" | "suspended" | "waking" | "resting";

export class Cell implements Runnable, TimerOwner, SessionPort, RunningCell, ActivatedCell, Linked {
  readonly host: CellHost;
  readonly key: string;
  readonly mailbox: Mailbox;
  state: unknown = undefined;
  presence: Presence = "absent";
  /** The turn that runs now, or that has the actor to itself while it waits. */
  turn: Turn | undefined = undefined;
  /** Reads that wait side by side. */
  reads: Turn | undefined = undefined;
  /** For the next turn, as long as no other actor runs; one that waits keeps its own. */
  spareTurn: Turn | undefined = undefined;
  turns = 0;
  recordSlot = -1;
  idleSinceMs: number;
  linked = false;
  nextLink: Linked | undefined = undefined;
  previousLink: Linked | undefined = undefined;
  #phase: Phase = "idle";
  #extras: CellExtras | undefined = undefined;

  constructor(host: CellHost, key: string, connection: ConnectionPort | undefined) {
    const { commits, store, scheduler } = host.services;
    this.host = host;
    this.key = key;
    this.mailbox = new Mailbox(host.bounds);
    this.idleSinceMs = scheduler.nowMs;
    if (connection !== undefined) this.#more.connection = connection;
    if (host.type.options.durable === true) this.#more.durable = new DurableState(this, commits, store);
    const failure = host.failures.size > 0 ? host.failures.get(key) : undefined;
    if (failure !== undefined) this.failure = failure;
  }

  get services(): NodeServices {
    return this.host.services;
  }

  get address(): string {
    return `${this.host.type.name}/${this.key}`;
  }

  /** It has left memory: another cell stands for its key, or none. */
  get gone(): boolean {
    return this.#phase === "gone";
  }

  get connection(): ConnectionPort | undefined {
    return this.#extras?.connection;
  }

  get durable(): DurableState | undefined {
    return this.#extras?.durable;
  }

  get failure(): FailureRecord | undefined {
    return this.#extras?.failure;
  }

  set failure(failure: FailureRecord | undefined) {
    this.#more.failure = failure;
  }

  get timers(): ActorTimers {
    return (this.#more.timers ??= new ActorTimers(this));
  }

  get status(): CellStatus {
    if (this.turn !== undefined || this.reads !== undefined) return "running";
    if (this.#extras?.suspended === true) return "suspended";
    if (this.presence === "waking") return "waking";
    if (this.failure !== undefined && this.#extras?.timer?.armed === true) return "resting";
    return this.#phase === "idle" ? "idle" : "ready";
  }

  /** No turn begins any more until it has stopped. */
  get stopping(): boolean {
    return this.#extras?.stopping === true;
  }

  get quiet(): boolean {
    return this.#phase === "idle" && this.mailbox.count === 0 && !this.mailbox.heldOpen;
  }

  /** Turns that have to end before another can begin; the one that runs now is among them. */
  blockers(): readonly WaitingTurn[] {
    const blockers: WaitingTurn[] = this.turn === undefined ? [] : [this.turn];
    for (let read = this.reads; read !== undefined; read = read.next) blockers.push(read);
    return blockers;
  }

  /** Turns run, and all of them are reads: one that asks at once has the actor to itself only until it waits. */
  get isShared(): boolean {
    return this.turn === undefined ? this.reads !== undefined : this.turn.method.kind === "read";
  }

  sharesSoon(ask: Wait): boolean {
    const before = this.isShared ? this.mailbox.readsBefore(ask, this.stopping ? "control" : "both") : -1;
    return before >= 0 && this.blockers().length + before < limits.sharedReadsMax;
  }

  /** False when the mailbox is full. */
  offer(envelope: Envelope): boolean {
    if (!this.mailbox.offer(envelope) && !(this.#more.sweep(this) && this.mailbox.offer(envelope))) return false;
    if (envelope.queuedMs === 0) envelope.queuedMs = this.services.scheduler.timeMs();
    this.#changed();
    return true;
  }

  /** For what is never refused, and comes before all else but reads for which those that run may wait. */
  putControl(envelope: Envelope): void {
    if (this.isShared && !this.stopping) this.mailbox.keepReads();
    this.mailbox.putControl(envelope);
    envelope.queuedMs = this.services.scheduler.timeMs();
    this.#changed();
  }

  /** A message that was let in before, and is to be tried again. */
  putAgain(envelope: Envelope): void {
    this.mailbox.putLast(envelope);
    this.#changed();
  }

  putBatch(batch: MessageBatch): void {
    this.mailbox.putBatch(batch);
    this.#changed();
  }

  suspend(): void {
    this.#more.suspended = true;
  }

  resume(): void {
    this.#more.suspended = false;
    this.#changed();
  }

  close(reason: string): void {
    for (let read = this.reads; read !== undefined; read = read.next) read.cancel();
    this.discardAll();
    this.#more.suspended = false;
    const closed = new Envelope((this.host.type.session as SessionMethods).closed, reason);
    closed.queuedMs = this.services.scheduler.timeMs();
    this.mailbox.putLast(closed);
    this.#changed();
    if (!this.gone) this.limitTurns();
  }

  /** Nobody wants to wait for those that go on now: they have some time to come to their end. */
  limitTurns(): void {
    this.services.wheel.arm((this.#more.timer ??= new Timer(this)), limits.closingTurnsMs);
  }

  /** A session leaves through its `closed` turn: its connection ends. */
  requestStop(by: "turn" | "operator"): void {
    const extras = this.#more;
    if (extras.connection !== undefined) return extras.connection.end("stopped");
    if (this.isShared && !extras.stopping) this.mailbox.keepReads();
    extras.stopsWithCommit = by === "turn" && (!extras.stopping || extras.stopsWithCommit);
    extras.stopping = true;
    this.#changed();
  }

  run(turnsMax: number): number {
    const { meter, probe, scheduler, warm } = this.services;
    if (warm.cell !== this) {
      warm.cell.spareTurn = undefined;
      warm.cell = this;
    }
    this.#phase = "running";
    meter.begin(this);
    scheduler.nowMs = meter.nowMs;
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
    this.#goOn();
    return turns;
  }

  /** A turn that waited is over, or the last one of a session. */
  turnEnded(turn: Turn, endedMs: number): void {
    if (turn.method === this.host.type.session?.closed) this.#more.stopping = true;
    this.idleSinceMs = endedMs;
    if (this.host.anyQuarantined) this.host.keepShut(this);
    this.#changed();
  }

  woken(): void {
    this.#changed();
  }

  /** The rest after crashes is over; or turns go on that have had their time to end. */
  timerFired(): void {
    const { connection, host, key } = this;
    if (connection !== undefined) this.#abandonTurns("its connection is gone");
    else if (host.quarantined.has(key)) this.#abandonTurns("it is in quarantine");
    else return this.#changed();
    if (connection !== undefined && !this.gone) this.limitTurns();
  }

  /** All that the actor changed is stored; or it is not, and what it holds in memory is void. */
  stored(error: RuntimeError | undefined): void {
    if (error !== undefined) {
      for (const turn of this.blockers()) (turn as Turn).doomed = error;
      this.forget();
      if (this.#extras?.stopsWithCommit === true) this.#extras.stopping = false;
    }
    this.#changed();
  }

  /** The next message finds the actor as it was last committed, or fresh. */
  forget(): void {
    this.cancelTimers();
    this.presence = "absent";
    this.state = undefined;
  }

  cancelTimers(): void {
    this.#extras?.timers?.cancelAll();
  }

  /** Idle for long enough, or memory is short: the actor leaves it; a session stays with its state packed. */
  hibernate(): boolean {
    const extras = this.#extras;
    if (this.#phase !== "idle" || (extras?.timers !== undefined && extras.timers.count > 0)) return false;
    this.host.stats.hibernations++;
    this.host.idle.remove(this);
    if (extras?.connection === undefined) this.#leave();
    else pack(this);
    return true;
  }

  /** Drops what waits: asks among it are told, tells are put aside where somebody says why. */
  discardAll(why?: RuntimeError): void {
    if (why === undefined) this.turn?.cancel();
    this.host.stats.discarded += this.mailbox.clear((item) => discard(this, item, why));
    if (why !== undefined) this.#changed();
  }

  #abandonTurns(because: string): void {
    if (this.turn !== undefined) abandonTurn(this, this.turn, because);
    while (this.reads !== undefined) abandonTurn(this, this.reads, because);
  }

  get #more(): CellExtras {
    return (this.#extras ??= new CellExtras());
  }

  /** Whether the message at the head can have its turn now; wakes the actor where that is what is missing. */
  #mayRun(item: MailboxItem): boolean {
    if (this.turn !== undefined) return false;
    if (this.reads !== undefined && !mayShare(item, this.reads)) return false;
    return this.#extras === undefined || this.#extras.allow(this, this.reads !== undefined);
  }

  /** Something that decides what comes next; in a slice, and while one is awaited, that is looked at in the end. */
  #changed(): void {
    if (this.#phase === "idle" || this.#phase === "waiting") this.#goOn();
  }

  /** On to the next message, or idle, or gone. */
  #goOn(): void {
    const extras = this.#extras;
    const open = this.turn !== undefined || this.reads !== undefined;
    const busy = open || this.presence === "waking" || extras?.durable?.clean === false;
    if (extras?.stopping === true && !busy && this.#stopped(extras)) return;
    const item = this.mailbox.peek();
    if (item !== undefined && this.#mayRun(item)) {
      this.#becomeBusy("ready");
      this.services.scheduler.add(this);
    } else if (item !== undefined || busy) {
      this.#becomeBusy("waiting");
    } else if (this.#phase !== "idle") {
      this.#becomeIdle();
    }
    extras?.connection?.mailboxMoved();
  }

  #becomeBusy(phase: "ready" | "waiting"): void {
    if (this.#phase === "idle") {
      this.services.busy(1);
      this.host.idle.remove(this);
    }
    this.#phase = phase;
  }

  #becomeIdle(): void {
    this.#phase = "idle";
    this.services.busy(-1);
    if (this.host.hibernates) this.host.becameIdle(this);
  }

  /** False when messages wait: they find a fresh state. A session's would find no connection. */
  #stopped(extras: CellExtras): boolean {
    const { connection, durable } = extras;
    if (connection !== undefined) this.discardAll();
    extras.stopping = false;
    this.forget();
    this.host.left(this, connection !== undefined ? "connection_lost" : (durable?.endReason ?? "stopped"));
    if (this.mailbox.count > 0) return false;
    if (this.#phase !== "idle") this.services.busy(-1);
    this.#leave();
    return true;
  }

  #leave(): void {
    const extras = this.#extras;
    this.host.idle.remove(this);
    if (extras?.timer !== undefined) this.services.wheel.disarm(extras.timer);
    this.#phase = "gone";
    this.host.remove(this);
    extras?.connection?.sessionLeft();
    // Refs that were kept still hold it, until they are used again.
    this.state = this.#extras = undefined;
  }
}
