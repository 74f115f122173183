// What a cell asks of the system around it: the services of the node, and its actor type with the figures of that.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { AnyActorType } from "./definition.ts";
import type { CoreEvents } from "./ports.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Addressable, Ref } from "./shape.ts";
import type { TurnStats } from "./turn-stats.ts";

/** An actor whose turn makes a call: the call inherits the deadline of the message it handles. */
export interface Caller {
  readonly current: { readonly deadlineMs: number } | undefined;
}

/** What all cells of a node share. */
export interface NodeServices {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  refFrom<Methods>(caller: Caller, type: Addressable<Methods>, key: string): Ref<Methods>;
  /** A cell went from idle to busy (+1) or back (-1). */
  busy(change: 1 | -1): void;
}

/** What the cells of one actor type share. */
export interface CellHost {
  readonly type: AnyActorType;
  readonly stats: TurnStats;
  readonly services: NodeServices;
  /** The cell with this key has nothing left to do and leaves memory. */
  remove(key: string): void;
}
