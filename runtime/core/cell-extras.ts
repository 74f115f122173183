// What only some actors have: a connection, a stored state, timers, crashes to rest from. A plain one has none of it.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
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
  /** It leaves memory: when nothing of it runs, and all that it changed is stored. */
  stopping = false;
  /** A turn has asked for that: when its commit is refused, it has not. */
  stopsWithCommit = false;
  /** The rest after crashes; or, of a session whose connection is gone, how long its turns may go on. */
  timer: Timer | undefined;
  /** When `sweep` last looked, in monotonic milliseconds. */
  #sweptMs = Number.NEGATIVE_INFINITY;

  /**
   * Whether a turn may begin, as far as these go; wakes the actor, or sets the timer, where that is missing. One that
   * stops has no more turns but reads which somebody may wait for who is waited for by reads that run.
   */
  allow(cell: ActivatedCell & TimerOwner, besideReads: boolean): boolean {
    if (this.suspended || cell.presence === "waking") return false;
    if (this.stopping && !(besideReads && cell.mailbox.headIsControl)) return false;
    if (this.#rests(cell)) return false;
    if (this.durable === undefined) return true;
    if (cell.presence === "present") return !this.durable.crowded;
    // What was destroyed may still be stored: it is looked for when the store has answered.
    if (this.durable.clean) void wake(cell, this.durable);
    return false;
  }

  /** Makes room in a full mailbox: behind a turn that takes long there may be asks that nobody waits for any more. */
  sweep({ mailbox, host, services }: ActivatedCell): boolean {
    const nowMs = services.scheduler.timeMs();
    if (nowMs < this.#sweptMs + limits.sweepEveryMs) return false;
    this.#sweptMs = nowMs;
    const dropped = mailbox.sweep(({ asking }) => asking?.settled === true);
    host.stats.discarded += dropped;
    return dropped > 0;
  }

  /** After crashes no turn begins for a while. */
  #rests(cell: ActivatedCell & TimerOwner): boolean {
    const { clock, wheel } = cell.services;
    const leftMs = this.failure === undefined ? 0 : this.failure.notBeforeMs - clock.monotonicMs();
    if (leftMs <= 0) return false;
    this.timer ??= new Timer(cell);
    wheel.arm(this.timer, leftMs);
    return true;
  }
}
