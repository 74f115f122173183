// One message on its way: method, input, deadline and, for an ask, the promise that waits for the answer.
import type { Clock } from "../base/clock.ts";
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
  #askerSignal: AbortSignal | undefined;
  /** The asker gave up, for this reason. */
  #givenUp: { readonly cause: unknown } | undefined;

  constructor(method: Method, input: unknown, address: string, deadlineMs = Number.POSITIVE_INFINITY) {
    this.method = method;
    this.input = input;
    this.address = address;
    this.deadlineMs = deadlineMs;
  }

  /** Makes this message an ask, which ends in its answer, a refusal, or an error that says where it stood. */
  expectAnswer(wheel: TimerWheel, timeoutMs: number, signal: AbortSignal | undefined): Promise<unknown> {
    this.#answer = Promise.withResolvers();
    this.#wheel = wheel;
    this.#timer = new Timer(this);
    wheel.arm(this.#timer, timeoutMs);
    this.#askerSignal = signal;
    if (signal?.aborted) this.handleEvent();
    else signal?.addEventListener("abort", this);
    return this.#answer.promise;
  }

  get settled(): boolean {
    return this.#stage === "settled";
  }

  /** False when the answer was given up while the message waited, or is now: then it is not run. */
  start(clock: Clock): boolean {
    // The wheel may be late, as when the turn before took long: the deadline itself decides.
    if (this.#timer?.armed && clock.monotonicMs() >= this.deadlineMs) this.timerFired();
    if (this.#stage === "settled") return false;
    this.#stage = "running";
    return true;
  }

  /** Made on first use: most handlers never look. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#givenUp !== undefined) this.#abort.abort(this.#givenUp.cause);
    }
    return this.#abort.signal;
  }

  /** An answer that comes after its deadline goes nowhere. */
  resolve(value: unknown): void {
    if (this.#settle()) this.#answer?.resolve(value);
  }

  reject(error: Error): void {
    if (this.#settle()) this.#answer?.reject(error);
  }

  /** It is dropped from a mailbox whose actor is gone. */
  abandon(): void {
    const message = `Cannot run ${this.address}.${this.method.name}: its actor is gone`;
    this.reject(new RuntimeError("actor.stopped", message, { stood: "queued" }));
  }

  timerFired(): void {
    this.#giveUp("actor.deadline_passed", "its deadline passed", undefined);
  }

  /** The asker's own signal is aborted. */
  handleEvent(): void {
    this.#giveUp("actor.cancelled", "its asker gave up", this.#askerSignal?.reason);
  }

  #giveUp(code: "actor.deadline_passed" | "actor.cancelled", why: string, cause: unknown): void {
    if (this.#stage === "settled") return;
    const stood = this.#stage;
    this.reject(
      new RuntimeError(code, `Gave up ${this.address}.${this.method.name}: ${why} while ${stood}`, { stood, cause }),
    );
    this.#givenUp = { cause };
    this.#abort?.abort(cause);
  }

  #settle(): boolean {
    if (this.#stage === "settled") return false;
    this.#stage = "settled";
    if (this.#timer !== undefined) this.#wheel?.disarm(this.#timer);
    this.#askerSignal?.removeEventListener("abort", this);
    return true;
  }
}
