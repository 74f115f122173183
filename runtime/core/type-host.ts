// One actor type on this node: its resident actors, its figures, and what its cells share.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import { Cell, type CellHost } from "./cell.ts";
import type { AnyActorType } from "./definition.ts";
import type { ConnectionPort, CoreEvents } from "./ports.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Addressable, Ref } from "./shape.ts";
import { TurnStats } from "./turn-stats.ts";

export interface NodeServices {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  refFrom<Methods>(caller: Cell, type: Addressable<Methods>, key: string): Ref<Methods>;
  busy(change: 1 | -1): void;
}

export class TypeHost implements CellHost {
  readonly type: AnyActorType;
  readonly stats = new TurnStats();
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  readonly #services: NodeServices;
  readonly #cells = new Map<string, Cell>();

  constructor(type: AnyActorType, services: NodeServices) {
    this.type = type;
    this.clock = services.clock;
    this.wheel = services.wheel;
    this.scheduler = services.scheduler;
    this.events = services.events;
    this.#services = services;
  }

  /** Resident actors by key, in the order they were started. */
  get cells(): ReadonlyMap<string, Cell> {
    return this.#cells;
  }

  start(key: string, connection?: ConnectionPort): Cell {
    const cell = new Cell(this, key, connection);
    this.#cells.set(key, cell);
    return cell;
  }

  remove(cell: Cell): void {
    this.#cells.delete(cell.key);
  }

  refFrom<Methods>(caller: Cell, type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.#services.refFrom(caller, type, key);
  }

  busy(change: 1 | -1): void {
    this.#services.busy(change);
  }
}
