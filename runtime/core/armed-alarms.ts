// The alarms in memory, each with its timer: found by actor and name, and those that are due last put out again.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { isSameFiring, type StoredAlarm } from "./stored.ts";

interface Named {
  readonly type: string;
  readonly key: string;
}

export const nameOf = ({ type, key }: Named): string => `${type}/${key}`;

export class ArmedAlarms {
  readonly #owner: TimerOwner;
  /** By actor, then by name. */
  readonly #byActor = new Map<string, Map<string, Timer>>();
  readonly #alarms = new Map<Timer, StoredAlarm>();
  /** Of alarms whose actors could not take them when they were due. */
  readonly #late = new Set<Timer>();
  /** Of those that were sent before, in their time. */
  readonly #inTime = new Set<Timer>();

  constructor(owner: TimerOwner) {
    this.#owner = owner;
  }

  /** How many have not been due yet. */
  get ahead(): number {
    return this.#alarms.size - this.#late.size;
  }

  /** How many are tried again, because their actors could not take them. */
  get late(): number {
    return this.#late.size;
  }

  get timers(): Iterable<Timer> {
    return this.#alarms.keys();
  }

  has(alarm: StoredAlarm): boolean {
    return this.#byActor.get(nameOf(alarm))?.has(alarm.name) === true;
  }

  get(timer: Timer): StoredAlarm {
    return this.#alarms.get(timer) as StoredAlarm;
  }

  /** There is none of its name. `inTime`: it was sent in its time, and what came of that is not stored. */
  add(alarm: StoredAlarm, inTime: boolean): Timer {
    const timer = new Timer(this.#owner);
    const ofActor = this.#byActor.get(nameOf(alarm)) ?? new Map<string, Timer>();
    this.#byActor.set(nameOf(alarm), ofActor.set(alarm.name, timer));
    this.#alarms.set(timer, alarm);
    if (inTime) this.#inTime.add(timer);
    return timer;
  }

  wasInTime(timer: Timer): boolean {
    return this.#inTime.has(timer);
  }

  /** This firing is there, and was sent in its time before. */
  isInTime(alarm: StoredAlarm): boolean {
    const timer = this.#byActor.get(nameOf(alarm))?.get(alarm.name);
    return timer !== undefined && this.#inTime.has(timer) && isSameFiring(this.get(timer), alarm);
  }

  isLate(timer: Timer): void {
    this.#late.add(timer);
  }

  /** Its timer, which may still be armed; undefined when there is no such alarm. */
  remove(who: Named, name: string): Timer | undefined {
    const ofActor = this.#byActor.get(nameOf(who));
    const timer = ofActor?.get(name);
    if (ofActor === undefined || timer === undefined) return undefined;
    this.#alarms.delete(timer);
    this.#late.delete(timer);
    this.#inTime.delete(timer);
    ofActor.delete(name);
    if (ofActor.size === 0) this.#byActor.delete(nameOf(who));
    return timer;
  }

  namesOf(who: Named): readonly string[] {
    return Array.from(this.#byActor.get(nameOf(who))?.keys() ?? []);
  }

  /** Those that have not been due yet, earliest first. */
  inOrder(): readonly StoredAlarm[] {
    const ahead = Array.from(this.#alarms).filter(([timer]) => !this.#late.has(timer));
    return ahead.map(([, alarm]) => alarm).sort((left, right) => left.dueAt - right.dueAt);
  }
}

/** Of alarms in order: when the last one before that at `index` is due; undefined when all are due with that one. */
export function dueBefore(alarms: readonly StoredAlarm[], index: number): number | undefined {
  const { dueAt } = alarms[index] as StoredAlarm;
  return alarms.findLast((each, place) => place < index && each.dueAt < dueAt)?.dueAt;
}
