// Alarms that are due soon, in memory; the rest wait in the store. Each is sent to its actor when its time has come.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { PendingChange } from "./group-commit.ts";
import type { Store } from "./ports.ts";
import type { AlarmRecord, StoredAlarm } from "./stored.ts";

export interface AlarmHooks {
  /** False when the actor cannot take it now: it is tried again. True also when that waits for someone's release. */
  fire(alarm: StoredAlarm): boolean;
  /** The store cannot be read: that is tried again. */
  failed(error: unknown): void;
}

interface ArmedAlarm {
  readonly alarm: StoredAlarm;
  readonly timer: Timer;
}

/** Timers go by the monotonic clock and alarms by the wall clock: at its timer each alarm looks at the wall again. */
export class AlarmClock implements TimerOwner {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #store: Store;
  readonly #hooks: AlarmHooks;
  readonly #armed = new Map<string, ArmedAlarm>();
  readonly #names = new Map<Timer, string>();
  /** Every alarm due up to this Unix time is in memory, or has been sent. */
  #windowEnd = Number.NEGATIVE_INFINITY;
  readonly #windowTimer = new Timer(this);
  /** Actors whose alarms are looked up again. */
  readonly #again = new Map<string, { readonly type: string; readonly key: string }>();
  readonly #againTimer = new Timer(this);
  #loading = false;
  #stopped = true;
  /** Alarms sent to their actors. */
  fired = 0;

  constructor(clock: Clock, wheel: TimerWheel, store: Store, hooks: AlarmHooks) {
    this.#clock = clock;
    this.#wheel = wheel;
    this.#store = store;
    this.#hooks = hooks;
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
    for (const { timer } of this.#armed.values()) this.#wheel.disarm(timer);
  }

  /** What the store has taken: alarms set, replaced and cancelled. */
  committed(changes: readonly PendingChange[]): void {
    for (const change of changes) {
      for (const { name, alarm } of change.alarms) this.#put(change.type, change.key, name, alarm);
      if (change.state === undefined) this.#forget(change.type, change.key);
    }
  }

  /** The alarms of one actor, again from the store: it was shut when they came. */
  async reload(type: string, key: string): Promise<void> {
    for (const alarm of await this.#store.alarmsOf(type, key)) this.#put(type, key, alarm.name, alarm);
  }

  /** After a while: what was sent to this actor may not have been stored as handled. */
  lookAgain({ type, key }: { readonly type: string; readonly key: string }): void {
    this.#again.set(nameOf(type, key, ""), { type, key });
    if (!this.#againTimer.armed && !this.#stopped) this.#wheel.arm(this.#againTimer, limits.alarmRetryMs);
  }

  timerFired(timer: Timer): void {
    if (timer === this.#windowTimer) return void this.#loadWindow();
    if (timer === this.#againTimer) return void this.#reloadAgain();
    const name = this.#names.get(timer) as string;
    const { alarm } = this.#armed.get(name) as ArmedAlarm;
    const leftMs = alarm.dueAt - this.#clock.unixMs();
    if (leftMs > 0) return this.#wheel.arm(timer, leftMs);
    if (!this.#hooks.fire(alarm)) return this.#wheel.arm(timer, limits.alarmRetryMs);
    this.fired++;
    this.#remove(name);
  }

  #put(type: string, key: string, name: string, alarm: AlarmRecord | undefined): void {
    const id = nameOf(type, key, name);
    this.#remove(id);
    if (alarm === undefined || alarm.dueAt > this.#windowEnd) return;
    const timer = new Timer(this);
    this.#armed.set(id, { alarm: { ...alarm, type, key }, timer });
    this.#names.set(timer, id);
    if (!this.#stopped) this.#wheel.arm(timer, Math.max(0, alarm.dueAt - this.#clock.unixMs()));
  }

  #remove(id: string): void {
    const armed = this.#armed.get(id);
    if (armed === undefined) return;
    this.#wheel.disarm(armed.timer);
    this.#armed.delete(id);
    this.#names.delete(armed.timer);
  }

  /** A full window ends before the millisecond of its last alarm, for more may be due then; one has to fit whole. */
  async #alarmsDue(after: number): Promise<readonly StoredAlarm[]> {
    for (let most: number = limits.alarmWindowMax; ; most *= 2) {
      const alarms = await this.#store.alarmsDue(after, this.#windowEnd, most);
      if (alarms.length < most) return alarms;
      const { dueAt } = alarms.at(-1) as StoredAlarm;
      if (alarms[0]?.dueAt === dueAt) continue;
      this.#windowEnd = dueAt - 1;
      return alarms;
    }
  }

  async #reloadAgain(): Promise<void> {
    const actors = Array.from(this.#again.values());
    this.#again.clear();
    for (const actor of actors) {
      try {
        await this.reload(actor.type, actor.key);
      } catch (error) {
        this.#hooks.failed(error);
        this.lookAgain(actor);
      }
    }
  }

  /** The actor was destroyed, and its alarms with it. */
  #forget(type: string, key: string): void {
    const prefix = nameOf(type, key, "");
    for (const id of Array.from(this.#armed.keys())) if (id.startsWith(prefix)) this.#remove(id);
  }

  /** The next stretch of time: at most a minute, and at most as many alarms as fit. */
  async #loadWindow(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const after = this.#windowEnd;
      // Set before the store is asked: what is committed meanwhile is put in by `committed`.
      this.#windowEnd = Math.max(this.#clock.unixMs(), after) + limits.alarmWindowMs;
      const alarms = await this.#alarmsDue(after);
      for (const alarm of alarms) {
        const known = this.#armed.has(nameOf(alarm.type, alarm.key, alarm.name));
        if (!known) this.#put(alarm.type, alarm.key, alarm.name, alarm);
      }
    } catch (error) {
      this.#windowEnd = Number.NEGATIVE_INFINITY;
      this.#hooks.failed(error);
    }
    this.#loading = false;
    if (this.#stopped) return;
    const leftMs = this.#windowEnd - this.#clock.unixMs() - limits.alarmWindowMs / 2;
    this.#wheel.arm(this.#windowTimer, Math.max(limits.alarmRetryMs, leftMs));
  }
}

const nameOf = (type: string, key: string, name: string): string => `${type}\0${key}\0${name}`;
