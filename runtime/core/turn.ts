// Hot. One turn, as its handler is given it; short turns that follow each other in one slice are given the same object.

import type { Linked } from "../base/linked-list.ts";
import type { ActorTimers } from "./actor-timers.ts";
import type { Asking } from "./asking.ts";
import type { CellHost, Member, NodeServices } from "./cell-host.ts";
import type { AlarmOptions, DurableContext, Firing, Rows, SessionContext, TimerOptions } from "./context.ts";
import type { Wait, WaitedCell, WaitingTurn } from "./deadlock.ts";
import { deepFreeze } from "./deep-freeze.ts";
import type { Method } from "./definition.ts";
import type { DurableState } from "./durable-state.ts";
import type { Envelope } from "./envelope.ts";
import { Refusal, RuntimeError } from "./errors.ts";
import type { Mailbox } from "./mailbox.ts";
import type { ConnectionPort, TurnSpan } from "./ports.ts";
import { readOnly, refuseChange } from "./read-only.ts";
import type { Addressable, Ref } from "./shape.ts";
import { Sleepers } from "./sleepers.ts";
import type { Topic } from "./topic.ts";
import { alarmRecord, checkedDelay, checkedMethod, checkedName, checkedWrite, timerTimes } from "./turn-options.ts";
import { TurnRows } from "./turn-rows.ts";

const ASKS_MANY = 64;

/** What of its cell a turn needs. */
export interface TurnCell extends Member, WaitedCell {
  readonly host: CellHost;
  readonly services: NodeServices;
  readonly durable: DurableState | undefined;
  readonly timers: ActorTimers;
  readonly mailbox: Mailbox;
  state: unknown;
}

/** Serves all kinds of actor; what an actor's kind has not is not in its handlers' types, and throws. */
export class Turn implements SessionContext<unknown, unknown>, DurableContext<unknown>, WaitingTurn, Linked {
  readonly cell: TurnCell;
  /** Between its beginning and its end. */
  live = false;
  method!: Method;
  envelope: Envelope | undefined;
  /** From the mailbox to its beginning. */
  waitMs = 0;
  /** When its message came off the socket, in monotonic milliseconds; less than 0 when it did not. */
  arrivedMs = -1;
  /** The handler's last reading of the clock. */
  lastReadMs = 0;
  /** Of one that is followed. */
  span: TurnSpan | undefined = undefined;
  asks: Asking[] | undefined;
  /** What it has begun may bring its handler back when it is over: then the object serves no other turn. */
  mayComeBack = false;
  /** Its actor went on without it: whatever its handler still does counts for nothing. */
  abandoned = false;
  /** Its actor is to stop when it has ended well. */
  stops = false;
  /** What the state rests on was not stored: whatever this turn ends in, it has failed. */
  doomed: RuntimeError | undefined;
  /** Of a read that waits: the state it looks at. */
  sharedState: unknown;
  /** The next of the reads that share the actor. */
  next: Turn | undefined;
  linked = false;
  nextLink: Linked | undefined;
  previousLink: Linked | undefined;
  /** Of a turn that waits; of another it is what the slice says. */
  #startedMs = 0;
  #startedAt = 0;
  /** The handler has left something behind that the next turn must not find. */
  #used = false;
  #asksMany = ASKS_MANY;
  #lazySleepers: Sleepers | undefined;
  #abort: AbortController | undefined;

  constructor(cell: TurnCell) {
    this.cell = cell;
  }

  /** The next message: its turn is `live` from when the handler is called. */
  begin(method: Method, envelope: Envelope | undefined, waitMs: number, arrivedMs = -1): void {
    this.method = method;
    this.envelope = envelope;
    this.waitMs = waitMs;
    this.arrivedMs = arrivedMs;
    if (this.#used) this.#reset();
  }

  /** The turn waits, and other slices run meanwhile: what it reads of its own is noted. */
  wait(): void {
    this.#startedMs = this.services.meter.nowMs;
    this.#startedAt = this.services.meter.unixMs;
  }

  /** What few handlers make use of. */
  #reset(): void {
    this.asks = undefined;
    this.#asksMany = ASKS_MANY;
    this.#abort = undefined;
    this.stops = false;
    this.lastReadMs = 0;
    this.#used = false;
  }

  get methodName(): string {
    return this.method.name;
  }

  /** In monotonic milliseconds; infinite when nobody waits. */
  get deadlineMs(): number {
    return this.envelope?.asking?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  get services(): NodeServices {
    return this.cell.services;
  }

  get state(): unknown {
    if (!this.live) this.throwOver();
    const { services } = this.cell;
    const state = this.sharedState ?? this.cell.state;
    return services.development && this.method.kind === "read" ? readOnly(state) : state;
  }

  set state(state: unknown) {
    if (this.method.kind === "read") refuseChange();
    this.#own.state = state;
  }

  get key(): string {
    return this.cell.key;
  }

  get signal(): AbortSignal {
    const asking = this.envelope?.asking;
    if (asking !== undefined) return asking.signal;
    this.#used = true;
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  get turnStartedMs(): number {
    return this.#startedMs || this.services.meter.nowMs;
  }

  get turnStartedAt(): number {
    return this.#startedAt || this.services.meter.unixMs;
  }

  get connection(): ConnectionPort {
    return this.cell.connection as ConnectionPort;
  }

  unixMs(): number {
    return this.services.clock.unixMs();
  }

  monotonicMs(): number {
    this.#used = true;
    return (this.lastReadMs = this.services.clock.monotonicMs());
  }

  random(): number {
    return this.services.random.next();
  }

  refuse(code: string, message?: string): Refusal {
    return new Refusal(code, message);
  }

  countRefusal(reason: string): void {
    this.cell.host.stats.countRefusal(reason);
  }

  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.services.refFrom(this, type, key);
  }

  /** Made on first use: most turns never ask. Settled ones go when there are twice as many as were left last time. */
  asked(asking: Asking): void {
    this.#used = this.mayComeBack = true;
    this.asks ??= [];
    if (this.asks.length >= this.#asksMany) {
      this.asks = this.asks.filter((each) => !each.settled);
      this.#asksMany = Math.max(ASKS_MANY, 2 * this.asks.length);
    }
    this.asks.push(asking);
  }

  answers(ask: Wait): boolean {
    return this.live && this.envelope?.asking === ask;
  }

  resumes(): void {
    const { host, key } = this.cell;
    this.services.probe?.resumed(host.index, key, this.method.index);
  }

  sleep(delayMs: number): Promise<void> {
    if (!this.live) this.throwOver();
    this.mayComeBack = true;
    this.#lazySleepers ??= new Sleepers(this.services.clock, this.services.wheel, () => this.resumes());
    return this.#lazySleepers.add(checkedDelay(delayMs));
  }

  /** Nobody waits for this turn any more: a handler that sleeps is woken by an error, which is no crash. */
  cancel(because = "its connection is gone"): void {
    this.#abort?.abort();
    this.envelope?.asking?.abort();
    const message = `Cancelled the turn of "${this.key}": ${because}`;
    this.#lazySleepers?.cancel(new RuntimeError("actor.cancelled", message, { stood: "running" }));
  }

  /** Whether this is the error that `cancel` woke the handler with. */
  isCancellation(error: unknown): boolean {
    return error !== undefined && error === this.#lazySleepers?.cancellation;
  }

  timer(name: string, options: TimerOptions): void {
    const { afterMs, everyMs } = timerTimes(name, options);
    const { host, timers } = this.#own;
    const method = checkedMethod(host.type, options.send);
    this.#checkInput(`timer "${name}"`, method, options.input);
    if (this.services.development) deepFreeze(options.input);
    timers.set(name, afterMs, { method, input: options.input, everyMs });
  }

  cancelTimer(name: string): void {
    this.#own.timers.cancel(name);
  }

  watch(ref: { readonly type: string; readonly key: string }, method: string): void {
    const { name } = checkedWrite(this.cell.host.type, method, `news of "${ref.type}/${ref.key}"`);
    this.services.watches.watch(this.#own, this.services.address(ref.type, ref.key), name);
  }

  unwatch(ref: { readonly type: string; readonly key: string }): void {
    this.services.watches.unwatch(this.#own, this.services.address(ref.type, ref.key));
  }

  publish<Value>(topic: Topic<Value>, value: Value): number {
    const { durable, services } = this.#own;
    const { topics } = services;
    if (durable === undefined) return topics.publish(topic as Topic<never>, value, this.cell);
    topics.check(topic as Topic<never>, value);
    const release = (): void => void topics.publish(topic as Topic<never>, value, this.cell);
    durable.holdMore({ release, discard: () => undefined });
    return topics.count(topic as Topic<never>);
  }

  subscribe<Value>(topic: Topic<Value>, method: string): void {
    const { name } = checkedMethod(this.cell.host.type, method);
    this.services.topics.subscribe(this.#own, topic as Topic<never>, name);
  }

  unsubscribe<Value>(topic: Topic<Value>): void {
    this.services.topics.unsubscribe(this.#own, topic as Topic<never>);
  }

  stop(): void {
    if (!this.live) this.throwOver();
    this.#used = this.stops = true;
  }

  // Of durable actors.

  get rows(): Rows {
    this.mayComeBack = true;
    return new TurnRows(this.#durable("use rows").rows, this);
  }

  get fired(): Firing | undefined {
    const { origin } = this.envelope ?? {};
    return origin?.alarm && { name: origin.alarm.name, id: origin.id, dueAt: origin.alarm.dueAt };
  }

  alarm(name: string, options: AlarmOptions): void {
    const durable = this.#durable("set an alarm");
    const set = { unixMs: this.unixMs(), fire: durable.nextVersion };
    const { type } = this.cell.host;
    this.#checkInput(`alarm "${name}"`, checkedWrite(type, options.send, `alarm "${name}"`), options.input);
    durable.alarms.set(name, alarmRecord(type, name, options, set));
  }

  /** While developing: what will be sent later is wrong here, not there. */
  #checkInput(what: string, method: Method, input: unknown): void {
    const { checks, development } = this.services;
    const problem = development ? checks.inputProblem(method, input) : undefined;
    if (problem === undefined) return;
    throw new RuntimeError("actor.bad_input", `Cannot set ${what} for ${method.name}: ${problem}`);
  }

  cancelAlarm(name: string): void {
    this.#durable("cancel an alarm").alarms.set(checkedName("alarm", name), undefined);
  }

  destroy(): void {
    this.#durable("destroy what is stored").destroy();
    this.stop();
  }

  // Of sessions.

  send(value: unknown): void {
    if (!this.live) this.throwOver();
    if (this.span !== undefined) this.span.sends();
    this.connection.send(value);
  }

  forward(topic: Topic<unknown>): void {
    this.services.topics.subscribe(this.#own, topic as Topic<never>, undefined);
  }

  end(reason: string): void {
    if (!this.live) this.throwOver();
    this.connection.end(reason);
  }

  holdInput(hold: boolean): void {
    this.#own.mailbox.inputHeld = hold;
  }

  holdOpen(hold: boolean): void {
    this.#own.mailbox.heldOpen = hold;
  }

  /** The actor, as long as its turn goes on. */
  get #own(): TurnCell {
    if (!this.live) this.throwOver();
    return this.cell;
  }

  #durable(what: string): DurableState {
    const { durable, host, key } = this.#own;
    if (durable !== undefined) return durable;
    const message = `Cannot ${what} in "${host.type.name}/${key}": its type is not durable`;
    throw new RuntimeError("actor.not_durable", message);
  }

  throwOver(): never {
    const { host, key } = this.cell;
    const message = `Cannot go on in "${host.type.name}/${key}": the turn of ${this.method.name} is over`;
    throw new RuntimeError("actor.turn_over", message);
  }
}
