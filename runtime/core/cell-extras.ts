// What only some actors have: a connection, a stored state, timers, crashes to rest from. A plain one has none of it.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { type ActivatedCell, wake } from "./activation.ts";
import type { ActorTimers } from "./actor-timers.ts";
import type { DurableState } from "./durable-state.ts";
import type { ConnectionPort } from "./ports.ts";
import type { FailureRecord } from "./supervision.ts";

export class CellExtras {
  connection: ConnectionPort | undefined;
  durable: DurableState | undefined;
  failure: FailureRecord | undefined;
  timers: ActorTimers | undefined;
  /** A session whose peer takes less than it produces. */
  suspended = false;
  /** It leaves memory after this turn. */
  stopping = false;
  restTimer: Timer | undefined;

  /** Whether a turn may begin, as far as these go; wakes the actor, or sets the timer, where that is missing. */
  allow(cell: ActivatedCell & TimerOwner): boolean {
    if (this.suspended || this.stopping || cell.presence === "waking") return false;
    if (this.#rests(cell)) return false;
    if (this.durable === undefined || cell.presence === "present") return true;
    void wake(cell, this.durable);
    return false;
  }

  /** After crashes no turn begins for a while. */
  #rests(cell: ActivatedCell & TimerOwner): boolean {
    const { clock, wheel } = cell.services;
    const leftMs = this.failure === undefined ? 0 : this.failure.notBeforeMs - clock.monotonicMs();
    if (leftMs <= 0) return false;
    this.restTimer ??= new Timer(cell);
    if (!this.restTimer.armed) wheel.arm(this.restTimer, leftMs);
    return true;
  }
}
