// A hierarchical timing wheel (Varghese and Lauck 1987): arming costs the same however many timers there are.
import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";

/** Whoever owns timers; one object may own several and tells them apart by identity. */
export interface TimerOwner {
  timerFired(timer: Timer): void;
}

/** One timer, armed on at most one wheel at a time and usable again after it fired. */
export class Timer {
  readonly owner: TimerOwner;
  dueTick = 0;
  /** The list it stands in, itself when it stands in none. */
  next: Timer = this;
  previous: Timer = this;

  constructor(owner: TimerOwner) {
    this.owner = owner;
  }

  get armed(): boolean {
    return this.next !== this;
  }
}

const TICK_MS = 1;
const LEVEL_BITS = [8, 6, 6, 6] as const;
const LEVEL_SHIFTS = [0, 8, 14, 20] as const;
const SPAN_TICKS = 2 ** 26;
const NEVER = Number.POSITIVE_INFINITY;
const noOwner: TimerOwner = { timerFired: () => undefined };

/** Timers fire at their due time or up to one 1 ms step (and the event loop's own lateness) after it, never before. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #originMs: number;
  readonly #levels: readonly (readonly Timer[])[];
  #tick = 0;
  #count = 0;
  #wakeTick = NEVER;
  #cancelWake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#originMs = clock.monotonicMs();
    this.#levels = LEVEL_BITS.map((bits) => Array.from({ length: 1 << bits }, () => new Timer(noOwner)));
  }

  /** Timers armed now. */
  get count(): number {
    return this.#count;
  }

  /** Arms `timer` to fire `delayMs` from now; an armed one is moved. Delays beyond 18 hours take several rounds. */
  arm(timer: Timer, delayMs: number): void {
    assert(delayMs >= 0, "a timer needs a delay");
    this.armAt(timer, this.#clock.monotonicMs() + delayMs);
  }

  /** Arms `timer` to fire at this monotonic time, or at once when that has passed. */
  armAt(timer: Timer, dueMs: number): void {
    assert(dueMs < NEVER, "a timer needs a finite time");
    this.disarm(timer);
    timer.dueTick = Math.max(this.#tick + 1, Math.ceil((dueMs - this.#originMs) / TICK_MS));
    this.#place(timer);
    this.#count++;
    if (timer.dueTick < this.#wakeTick) this.#wakeAt(timer.dueTick);
  }

  disarm(timer: Timer): void {
    if (!timer.armed) return;
    unlink(timer);
    this.#count--;
  }

  /** Whose timers are armed, once for each timer, in no order. */
  owners(): readonly TimerOwner[] {
    const owners: TimerOwner[] = [];
    for (const list of this.#levels.flat()) {
      for (let timer = list.next; timer !== list; timer = timer.next) owners.push(timer.owner);
    }
    return owners;
  }

  #place(timer: Timer): void {
    const ahead = timer.dueTick - this.#tick;
    const level = ahead < 256 ? 0 : ahead < 2 ** 14 ? 1 : ahead < 2 ** 20 ? 2 : 3;
    const tick = ahead < SPAN_TICKS ? timer.dueTick : this.#tick + SPAN_TICKS - 1;
    const slots = this.#levels[level] as readonly Timer[];
    const list = slots[Math.floor(tick / 2 ** (LEVEL_SHIFTS[level] as number)) & (slots.length - 1)] as Timer;
    timer.previous = list.previous;
    timer.next = list;
    list.previous.next = timer;
    list.previous = timer;
  }

  #wakeAt(tick: number): void {
    this.#cancelWake();
    this.#wakeTick = tick;
    const delayMs = this.#originMs + tick * TICK_MS - this.#clock.monotonicMs();
    this.#cancelWake = this.#clock.after(Math.max(0, delayMs), this.#wake);
  }

  readonly #wake = (): void => {
    this.#wakeTick = NEVER;
    const nowTick = Math.floor((this.#clock.monotonicMs() - this.#originMs) / TICK_MS);
    for (let tick = this.#nextTick(); tick <= nowTick; tick = this.#nextTick()) this.#advanceTo(tick);
    this.#tick = Math.max(this.#tick, nowTick);
    const next = this.#nextTick();
    if (next < this.#wakeTick) this.#wakeAt(next);
  };

  /** The next tick at which something fires or moves down a level: at most 448 slots are looked at. */
  #nextTick(): number {
    let earliest = NEVER;
    if (this.#count === 0) return earliest;
    for (let level = 0; level < this.#levels.length; level++) {
      const slots = this.#levels[level] as readonly Timer[];
      const span = 2 ** (LEVEL_SHIFTS[level] as number);
      const position = Math.floor(this.#tick / span);
      for (let step = 1; step <= slots.length; step++) {
        if (!(slots[(position + step) & (slots.length - 1)] as Timer).armed) continue;
        earliest = Math.min(earliest, (position + step) * span);
        break;
      }
    }
    return earliest;
  }

  #advanceTo(tick: number): void {
    this.#tick = tick;
    for (let level = this.#levels.length - 1; level > 0; level--) {
      const span = 2 ** (LEVEL_SHIFTS[level] as number);
      if (tick % span === 0) this.#empty(level, Math.floor(tick / span));
    }
    this.#empty(0, tick);
  }

  /** Takes every timer out of one slot: those that are due fire, the others go where they now belong. */
  #empty(level: number, position: number): void {
    const slots = this.#levels[level] as readonly Timer[];
    const list = slots[position & (slots.length - 1)] as Timer;
    if (!list.armed) return;
    const taken = new Timer(noOwner);
    moveAll(list, taken);
    while (taken.armed) {
      const timer = taken.next;
      unlink(timer);
      if (timer.dueTick > this.#tick) {
        this.#place(timer);
      } else {
        this.#count--;
        timer.owner.timerFired(timer);
      }
    }
  }
}

function moveAll(from: Timer, to: Timer): void {
  to.next = from.next;
  to.previous = from.previous;
  to.next.previous = to;
  to.previous.next = to;
  from.next = from;
  from.previous = from;
}

function unlink(timer: Timer): void {
  timer.previous.next = timer.next;
  timer.next.previous = timer.previous;
  timer.next = timer;
  timer.previous = timer;
}
