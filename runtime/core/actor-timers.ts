// The volatile timers of one actor: each sends it a message, and all are forgotten with the activation.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Method } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";

interface ArmedTimer {
  readonly timer: Timer;
  readonly method: Method;
  readonly input: unknown;
  /** Undefined: it fires once. */
  readonly everyMs: number | undefined;
}

export class ActorTimers implements TimerOwner {
  readonly #wheel: TimerWheel;
  /** Into the mailbox, or aside when that is full. */
  readonly #send: (envelope: Envelope) => void;
  readonly #byName = new Map<string, ArmedTimer>();
  readonly #names = new Map<Timer, string>();

  constructor(wheel: TimerWheel, send: (envelope: Envelope) => void) {
    this.#wheel = wheel;
    this.#send = send;
  }

  get count(): number {
    return this.#byName.size;
  }

  /** The same name replaces. Throws `actor.limit_reached`. */
  set(name: string, delayMs: number, what: Omit<ArmedTimer, "timer">): void {
    this.cancel(name);
    if (this.#byName.size >= limits.timersPerActorMax) {
      const message = `Cannot set timer "${name}": the actor has ${limits.timersPerActorMax}, the limit`;
      throw new RuntimeError("actor.limit_reached", message);
    }
    const timer = new Timer(this);
    this.#byName.set(name, { timer, ...what });
    this.#names.set(timer, name);
    this.#wheel.arm(timer, delayMs);
  }

  cancel(name: string): void {
    const armed = this.#byName.get(name);
    if (armed === undefined) return;
    this.#wheel.disarm(armed.timer);
    this.#byName.delete(name);
    this.#names.delete(armed.timer);
  }

  cancelAll(): void {
    for (const name of Array.from(this.#byName.keys())) this.cancel(name);
  }

  timerFired(timer: Timer): void {
    const name = this.#names.get(timer) as string;
    const { method, input, everyMs } = this.#byName.get(name) as ArmedTimer;
    if (everyMs === undefined) this.cancel(name);
    else this.#wheel.arm(timer, everyMs);
    this.#send(new Envelope(method, input));
  }
}
