// Turns that wait: one that has been waiting for long is reported once, with what it waits for.
import type { Clock } from "../base/clock.ts";
import { type Linked, LinkedList } from "../base/linked-list.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Wait } from "./deadlock.ts";
import type { CoreEvents } from "./ports.ts";

export interface OpenTurn extends Linked {
  readonly turnStartedMs: number;
  readonly method: { readonly name: string; readonly definedAt: string };
  readonly asks: readonly Wait[] | undefined;
  readonly cell: { readonly key: string; readonly host: { readonly type: { readonly name: string } } };
}

export class OpenTurns implements TimerOwner {
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #events: CoreEvents;
  /** In the order they began to wait; those that were reported are out of it. */
  readonly #turns = new LinkedList<OpenTurn>();
  readonly #timer = new Timer(this);

  constructor(clock: Clock, wheel: TimerWheel, events: CoreEvents) {
    this.#clock = clock;
    this.#wheel = wheel;
    this.#events = events;
  }

  add(turn: OpenTurn): void {
    this.#turns.add(turn);
    if (!this.#timer.armed) this.#wheel.arm(this.#timer, limits.turnOpenMs);
  }

  remove(turn: OpenTurn): void {
    this.#turns.remove(turn);
  }

  timerFired(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let turn = this.#turns.first; turn !== undefined; turn = this.#turns.first) {
      const leftMs = turn.turnStartedMs + limits.turnOpenMs - nowMs;
      if (leftMs > 0) return this.#wheel.arm(this.#timer, leftMs);
      this.#turns.remove(turn);
      this.#report(turn, nowMs);
    }
  }

  #report({ cell, method, asks = [], turnStartedMs }: OpenTurn, nowMs: number): void {
    const waitsFor = asks.filter((ask) => !ask.settled).map(({ to, method: asked }) => `${to.type}/${to.key}.${asked}`);
    const where = { type: cell.host.type.name, key: cell.key, method: method.name, definedAt: method.definedAt };
    this.#events.stillOpen({ ...where, tookMs: nowMs - turnStartedMs, waitsFor });
  }
}
