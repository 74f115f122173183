// The volatile timers of one actor: each sends it a message, and all are forgotten with the activation.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { CellHost, NodeServices } from "./cell-host.ts";
import type { Method } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { type Mailbox, mailboxFull } from "./mailbox.ts";

/** The actor whose timers they are. */
export interface TimedCell {
  readonly host: CellHost;
  readonly services: NodeServices;
  readonly key: string;
  readonly address: string;
  readonly mailbox: Mailbox;
  /** False when the mailbox is full. */
  offer(envelope: Envelope): boolean;
}

interface ArmedTimer {
  readonly name: string;
  readonly timer: Timer;
  readonly method: Method;
  readonly input: unknown;
  /** Undefined: it fires once. */
  readonly everyMs: number | undefined;
  /** In the mailbox. */
  tick: Envelope | undefined;
}

export class ActorTimers implements TimerOwner {
  readonly #cell: TimedCell;
  readonly #byName = new Map<string, ArmedTimer>();
  readonly #byTimer = new Map<Timer, ArmedTimer>();

  constructor(cell: TimedCell) {
    this.#cell = cell;
  }

  get count(): number {
    return this.#byName.size;
  }

  /** The same name replaces. Throws `actor.limit_reached`. */
  set(name: string, delayMs: number, { method, ...what }: Pick<ArmedTimer, "method" | "input" | "everyMs">): void {
    this.cancel(name);
    if (this.#byName.size >= limits.timersPerActorMax) {
      const message = `Cannot set timer "${name}": the actor has ${limits.timersPerActorMax}, the limit`;
      throw new RuntimeError("actor.limit_reached", message);
    }
    const timer = new Timer(this);
    const handler: Method["handler"] = (turn, input) => {
      armed.tick = undefined;
      if (armed.everyMs === undefined) this.#forget(armed);
      return method.handler(turn, input);
    };
    const armed: ArmedTimer = { name, timer, method: { ...method, handler }, ...what, tick: undefined };
    this.#byName.set(name, armed);
    this.#byTimer.set(timer, armed);
    this.#cell.services.wheel.arm(timer, delayMs);
  }

  /** A message of it that waits is not handled any more. */
  cancel(name: string): void {
    const armed = this.#byName.get(name);
    if (armed === undefined) return;
    const { tick } = armed;
    this.#cell.services.wheel.disarm(armed.timer);
    this.#forget(armed);
    if (tick !== undefined) this.#cell.mailbox.sweep((waiting) => waiting === tick);
  }

  cancelAll(): void {
    for (const name of Array.from(this.#byName.keys())) this.cancel(name);
  }

  timerFired(timer: Timer): void {
    const armed = this.#byTimer.get(timer) as ArmedTimer;
    if (armed.everyMs !== undefined) this.#cell.services.wheel.arm(timer, armed.everyMs);
    this.#send(armed);
  }

  /** Of a timer that comes again, a message that there is no place for is left out: the next one says the same. */
  #send(armed: ArmedTimer): void {
    const { host, services } = this.#cell;
    if (armed.tick !== undefined) return void host.stats.missedTicks++;
    const tick = new Envelope(armed.method, armed.input);
    if (this.#cell.offer(tick)) armed.tick = tick;
    else if (armed.everyMs !== undefined) host.stats.countRejected("actor.mailbox_full");
    else {
      this.#forget(armed);
      services.deadLetter(this.#cell, tick, mailboxFull(this.#cell));
    }
  }

  #forget({ name, timer }: ArmedTimer): void {
    this.#byName.delete(name);
    this.#byTimer.delete(timer);
  }
}
