// One message on its way: method, input, deadline and, for an ask, the promise that waits for the answer.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { Method } from "./definition.ts";
import { RuntimeError } from "./errors.ts";

type Stage = "queued" | "running" | "settled";

export class Envelope implements TimerOwner {
  readonly method: Method;
  readonly input: unknown;
  /** In monotonic milliseconds; infinite for a tell. */
  readonly deadlineMs: number;
  readonly address: string;
  #stage: Stage = "queued";
  #answer: PromiseWithResolvers<unknown> | undefined;
  #timer: Timer | undefined;
  #wheel: TimerWheel | undefined;
  #abort: AbortController | undefined;

  constructor(method: Method, input: unknown, address: string, deadlineMs = Number.POSITIVE_INFINITY) {
    this.method = method;
    this.input = input;
    this.address = address;
    this.deadlineMs = deadlineMs;
  }

  /** Makes this message an ask: the promise ends in the answer, in a refusal, or in an error that says where it stood. */
  expectAnswer(wheel: TimerWheel, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    this.#answer = Promise.withResolvers();
    this.#wheel = wheel;
    this.#timer = new Timer(this);
    wheel.arm(this.#timer, timeoutMs);
    signal?.addEventListener("abort", () => this.#giveUp("actor.cancelled", "its asker gave up", signal.reason), {
      once: true,
    });
    return this.#answer.promise;
  }

  /** False when the answer was given up while the message waited: then it is not run. */
  start(): boolean {
    if (this.#stage === "settled") return false;
    this.#stage = "running";
    return true;
  }

  /** Made on first use: most handlers never look. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /** An answer that comes after its deadline goes nowhere. */
  resolve(value: unknown): void {
    if (this.#settle()) this.#answer?.resolve(value);
  }

  reject(error: Error): void {
    if (this.#settle()) this.#answer?.reject(error);
  }

  timerFired(): void {
    this.#giveUp("actor.deadline_passed", "its deadline passed", undefined);
  }

  #giveUp(code: "actor.deadline_passed" | "actor.cancelled", why: string, cause: unknown): void {
    if (this.#stage === "settled") return;
    const stood = this.#stage;
    this.reject(
      new RuntimeError(code, `Gave up ${this.address}.${this.method.name}: ${why} while ${stood}`, { stood, cause }),
    );
    this.#abort?.abort(cause);
  }

  #settle(): boolean {
    if (this.#stage === "settled") return false;
    this.#stage = "settled";
    if (this.#timer !== undefined) this.#wheel?.disarm(this.#timer);
    return true;
  }
}
