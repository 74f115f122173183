// Alarms that are due soon, in memory; the rest wait in the store. Each is sent to its actor when its time has come.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { ArmedAlarms, dueBefore, nameOf } from "./armed-alarms.ts";
import type { PendingChange } from "./group-commit.ts";
import type { Store } from "./ports.ts";
import { type AlarmRecord, isSameFiring, type StoredAlarm } from "./stored.ts";

export interface AlarmClockOptions {
  /**
   * False when the actor cannot take it now: it is tried again. True also when it is on its way already, or waits for
   * someone's release.
   * `inTime`: it was sent in its time before, and what came of that was not stored.
   */
  fire(alarm: StoredAlarm, inTime: boolean): boolean;
  /** The store cannot be read: that is tried again. */
  failed(error: unknown): void;
  /** How many are read at once; `limits.alarmWindowMax` unless given. */
  readonly windowMax?: number;
}

interface Named {
  readonly type: string;
  readonly key: string;
}

/**
 * Timers go by the monotonic clock and alarms by the wall clock: at its timer each alarm looks at the wall again.
 *
 * In memory are those that are due next, at most twice `windowMax` and, beyond that, only what is due in the same
 * millisecond. When more are committed, those that are due last go, and are read from the store as the others come due.
 * While `windowMax` of those that were due find no room with their actors, nothing is read: what is due later waits.
 */
export class AlarmClock implements TimerOwner {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #store: Store;
  readonly #hooks: AlarmClockOptions;
  readonly #windowMax: number;
  readonly #armed = new ArmedAlarms(this);
  /** Every alarm due up to this Unix time is in memory, or has been sent. */
  #windowEnd = Number.NEGATIVE_INFINITY;
  /** It ends there because no more are to be in memory. */
  #windowFull = false;
  /** With one more that is not due yet, the window ends earlier. */
  #aheadMax = 0;
  readonly #windowTimer = new Timer(this);
  /** Actors whose alarms are looked up again, and those alarms of theirs that were sent in their time. */
  readonly #again = new Map<string, { readonly who: Named; readonly inTime: AlarmRecord[] }>();
  readonly #againTimer = new Timer(this);
  #loading = false;
  /** The store is read again in a while, and not before. */
  #waits = false;
  #stopped = true;
  /** Alarms sent to their actors. */
  fired = 0;

  constructor(clock: Clock, wheel: TimerWheel, store: Store, options: AlarmClockOptions) {
    this.#clock = clock;
    this.#wheel = wheel;
    this.#store = store;
    this.#hooks = options;
    this.#windowMax = options.windowMax ?? limits.alarmWindowMax;
  }

  /** Alarms in memory: not due yet, or waiting for their actors to have room. */
  get count(): number {
    return this.#armed.ahead + this.#armed.late;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.#loadWindow();
  }

  /** Nothing fires any more. */
  stop(): void {
    this.#stopped = true;
    this.#wheel.disarm(this.#windowTimer);
    this.#wheel.disarm(this.#againTimer);
    for (const timer of this.#armed.timers) this.#wheel.disarm(timer);
  }

  /** What the store has taken: alarms set, replaced and cancelled. */
  committed(changes: readonly PendingChange[]): void {
    for (const change of changes) {
      for (const { name, alarm } of change.alarms) this.#put(change, name, alarm);
      if (change.state === undefined) this.#forget(change);
    }
  }

  /** The alarms of one actor, again from the store: it was shut when they came. Later, when that cannot be read now. */
  async reload(who: Named, inTime: readonly AlarmRecord[] = []): Promise<void> {
    try {
      for (const alarm of await this.#store.alarmsOf(who.type, who.key)) {
        const wasInTime = inTime.some((sent) => isSameFiring(sent, alarm));
        this.#put(who, alarm.name, alarm, wasInTime);
      }
    } catch (error) {
      this.#hooks.failed(error);
      this.lookAgain(who, ...inTime);
    }
  }

  /** After a while: what was sent to this actor may not have been stored as handled. */
  lookAgain({ type, key }: Named, ...inTime: readonly AlarmRecord[]): void {
    if (this.#again.size >= this.#windowMax) return this.#lookAtAll();
    const name = nameOf({ type, key });
    const known = this.#again.get(name);
    if (known === undefined) this.#again.set(name, { who: { type, key }, inTime: [...inTime] });
    else known.inTime.push(...inTime);
    if (!this.#againTimer.armed && !this.#stopped) this.#wheel.arm(this.#againTimer, limits.alarmRetryMs);
  }

  timerFired(timer: Timer): void {
    if (timer === this.#windowTimer) {
      this.#waits = false;
      return void this.#loadWindow();
    }
    if (timer === this.#againTimer) return void this.#reloadAgain();
    const alarm = this.#armed.get(timer);
    const leftMs = alarm.dueAt - this.#clock.unixMs();
    if (leftMs > 0) return this.#wheel.arm(timer, leftMs);
    if (this.#hooks.fire(alarm, this.#armed.wasInTime(timer))) {
      this.fired++;
      return this.#remove(alarm, alarm.name);
    }
    this.#armed.isLate(timer);
    this.#wheel.arm(timer, limits.alarmRetryMs);
  }

  #put({ type, key }: Named, name: string, alarm: AlarmRecord | undefined, inTime = false): void {
    const wasInTime = alarm !== undefined && this.#armed.isInTime({ ...alarm, type, key });
    this.#remove({ type, key }, name);
    if (alarm === undefined) return;
    if (alarm.dueAt > this.#windowEnd) return this.#catchUp();
    const timer = this.#armed.add({ ...alarm, type, key }, inTime || wasInTime);
    if (!this.#stopped) this.#wheel.arm(timer, Math.max(0, alarm.dueAt - this.#clock.unixMs()));
    if (this.#armed.ahead > this.#aheadMax) this.#endEarlier();
  }

  /** The wall clock was set forward, past the end of the window: what is due now is not in it. */
  #catchUp(): void {
    const isPast = !this.#windowFull && this.#clock.unixMs() > this.#windowEnd;
    if (isPast && !this.#stopped && !this.#waits) void this.#loadWindow();
  }

  #remove(who: Named, name: string): void {
    const timer = this.#armed.remove(who, name);
    if (timer !== undefined) this.#wheel.disarm(timer);
  }

  /** The actor was destroyed, and its alarms with it. */
  #forget(who: Named): void {
    for (const name of this.#armed.namesOf(who)) this.#remove(who, name);
  }

  /** Too many are in memory: those that are due last are left to the store. What is due together stays together. */
  #endEarlier(): void {
    const alarms = this.#armed.inOrder();
    const { dueAt } = alarms[this.#windowMax] as StoredAlarm;
    this.#windowEnd = Math.min(this.#windowEnd, dueBefore(alarms, this.#windowMax) ?? dueAt);
    for (const alarm of alarms) if (alarm.dueAt > this.#windowEnd) this.#remove(alarm, alarm.name);
    this.#windowFull = true;
    this.#setAheadMax();
    this.#readOn();
  }

  #setAheadMax(): void {
    this.#aheadMax = 2 * Math.max(this.#windowMax, this.#armed.ahead);
  }

  async #reloadAgain(): Promise<void> {
    const actors = Array.from(this.#again.values());
    this.#again.clear();
    for (const { who, inTime } of actors) await this.reload(who, inTime);
  }

  /** More actors are to be looked at than are kept: all alarms are read again, also those that were sent already. */
  #lookAtAll(): void {
    this.#windowEnd = Number.NEGATIVE_INFINITY;
    this.#waits = true;
    if (!this.#stopped) this.#wheel.arm(this.#windowTimer, limits.alarmRetryMs);
  }

  /** The next stretch of time: at most a minute, and at most as many alarms as fit. */
  async #loadWindow(): Promise<void> {
    if (this.#loading) return;
    if (this.#armed.late >= this.#windowMax) return this.#wheel.arm(this.#windowTimer, limits.alarmRetryMs);
    this.#loading = true;
    const after = this.#windowEnd;
    // Set before the store is asked: what is committed meanwhile is put in by `committed`.
    this.#windowEnd = Math.max(this.#clock.unixMs(), after) + limits.alarmWindowMs;
    this.#windowFull = false;
    this.#setAheadMax();
    try {
      for (const alarm of await this.#alarmsDue(after)) {
        if (!this.#armed.has(alarm)) this.#put(alarm, alarm.name, alarm);
      }
    } catch (error) {
      this.#windowEnd = Math.min(this.#windowEnd, after);
      this.#waits = true;
      this.#hooks.failed(error);
    }
    this.#loading = false;
    this.#readOn();
  }

  /** A full window ends before the moment of its last alarm, for more may be due then; one moment has to fit whole. */
  async #alarmsDue(after: number): Promise<readonly StoredAlarm[]> {
    const until = this.#windowEnd;
    for (let most = this.#windowMax; ; most *= 2) {
      const alarms = await this.#store.alarmsDue(after, until, most);
      if (alarms.length < most) return alarms;
      const end = dueBefore(alarms, most - 1);
      if (end === undefined) continue;
      this.#windowEnd = Math.min(this.#windowEnd, end);
      this.#windowFull = true;
      return alarms;
    }
  }

  /** Half a minute before the window ends; a full one makes room only as its alarms come due. */
  #readOn(): void {
    if (this.#stopped || this.#loading) return;
    const leftMs = this.#windowEnd - this.#clock.unixMs();
    if (this.#windowFull) this.#wheel.arm(this.#windowTimer, Math.max(limits.alarmCatchUpMs, leftMs));
    else this.#wheel.arm(this.#windowTimer, Math.max(limits.alarmRetryMs, leftMs - limits.alarmWindowMs / 2));
  }
}
