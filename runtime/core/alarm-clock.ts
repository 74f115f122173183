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

interface Named {
  readonly type: string;
  readonly key: string;
}

/** Timers go by the monotonic clock and alarms by the wall clock: at its timer each alarm looks at the wall again. */
export class AlarmClock implements TimerOwner {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #store: Store;
  readonly #hooks: AlarmHooks;
  /** By actor, then by name. */
  readonly #armed = new Map<string, Map<string, Timer>>();
  readonly #alarms = new Map<Timer, StoredAlarm>();
  /** Every alarm due up to this Unix time is in memory, or has been sent. */
  #windowEnd = Number.NEGATIVE_INFINITY;
  readonly #windowTimer = new Timer(this);
  /** Actors whose alarms are looked up again. */
  readonly #again = new Map<string, Named>();
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
    for (const timer of this.#alarms.keys()) this.#wheel.disarm(timer);
  }

  /** What the store has taken: alarms set, replaced and cancelled. */
  committed(changes: readonly PendingChange[]): void {
    for (const change of changes) {
      for (const { name, alarm } of change.alarms) this.#put(change, name, alarm);
      if (change.state === undefined) this.#forget(change);
    }
  }

  /** The alarms of one actor, again from the store: it was shut when they came. Later, when that cannot be read now. */
  async reload(who: Named): Promise<void> {
    try {
      for (const alarm of await this.#store.alarmsOf(who.type, who.key)) this.#put(who, alarm.name, alarm);
    } catch (error) {
      this.#hooks.failed(error);
      this.lookAgain(who);
    }
  }

  /** After a while: what was sent to this actor may not have been stored as handled. */
  lookAgain({ type, key }: Named): void {
    this.#again.set(nameOf({ type, key }), { type, key });
    if (!this.#againTimer.armed && !this.#stopped) this.#wheel.arm(this.#againTimer, limits.alarmRetryMs);
  }

  timerFired(timer: Timer): void {
    if (timer === this.#windowTimer) return void this.#loadWindow();
    if (timer === this.#againTimer) return void this.#reloadAgain();
    const alarm = this.#alarms.get(timer) as StoredAlarm;
    const leftMs = alarm.dueAt - this.#clock.unixMs();
    if (leftMs > 0) return this.#wheel.arm(timer, leftMs);
    if (!this.#hooks.fire(alarm)) return this.#wheel.arm(timer, limits.alarmRetryMs);
    this.fired++;
    this.#remove(alarm, alarm.name);
  }

  #put({ type, key }: Named, name: string, alarm: AlarmRecord | undefined): void {
    this.#remove({ type, key }, name);
    if (alarm === undefined || alarm.dueAt > this.#windowEnd) return;
    const timer = new Timer(this);
    const actor = nameOf({ type, key });
    const ofActor = this.#armed.get(actor) ?? new Map<string, Timer>();
    this.#armed.set(actor, ofActor.set(name, timer));
    this.#alarms.set(timer, { ...alarm, type, key });
    if (!this.#stopped) this.#wheel.arm(timer, Math.max(0, alarm.dueAt - this.#clock.unixMs()));
  }

  #remove(who: Named, name: string): void {
    const ofActor = this.#armed.get(nameOf(who));
    const timer = ofActor?.get(name);
    if (ofActor === undefined || timer === undefined) return;
    this.#wheel.disarm(timer);
    this.#alarms.delete(timer);
    ofActor.delete(name);
    if (ofActor.size === 0) this.#armed.delete(nameOf(who));
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
    for (const actor of actors) await this.reload(actor);
  }

  /** The actor was destroyed, and its alarms with it. */
  #forget(who: Named): void {
    for (const name of Array.from(this.#armed.get(nameOf(who))?.keys() ?? [])) this.#remove(who, name);
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
        const known = this.#armed.get(nameOf(alarm))?.has(alarm.name) === true;
        if (!known) this.#put(alarm, alarm.name, alarm);
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

const nameOf = ({ type, key }: Named): string => `${type}/${key}`;
