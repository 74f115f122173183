// Hot. An ask that waits for its answer: the promise, its deadline, and where the message stands.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { Wait, WaitingTurn } from "./deadlock.ts";
import { RuntimeError, type RuntimeErrorCode } from "./errors.ts";

type Stage = "queued" | "running" | "settled";

interface Settlers {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Who is asked, and in which turn. */
interface AskedAddress extends Readonly<Wait["to"]> {
  readonly caller: WaitingTurn | undefined;
}

/** What the constructor of a promise hands out before it returns: one function for all asks instead of one for each. */
const held = {} as Settlers;
const holdSettlers = (resolve: Settlers["resolve"], reject: Settlers["reject"]): void => {
  held.resolve = resolve;
  held.reject = reject;
};

const ignore = (): void => undefined;

export class Asking implements TimerOwner, Wait {
  readonly promise: Promise<unknown>;
  readonly to: Wait["to"];
  readonly method: string;
  /** The turn that waits; undefined when the ask came from outside. */
  readonly caller: WaitingTurn | undefined;
  /** In monotonic milliseconds. */
  readonly deadlineMs: number;
  readonly #wheel: TimerWheel;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;
  /** Made when the answer does not come before the loop turns: most do. */
  #timer: Timer | undefined;
  #stage: Stage = "queued";
  turn: WaitingTurn | undefined = undefined;
  #abort: AbortController | undefined;
  #askerSignal: AbortSignal | undefined;
  /** The handler is to stop, for this reason. */
  #givenUp: { readonly cause: unknown } | undefined;

  constructor(to: AskedAddress, method: string, deadlineMs: number, wheel: TimerWheel) {
    this.to = to;
    this.method = method;
    this.caller = to.caller;
    this.deadlineMs = deadlineMs;
    this.#wheel = wheel;
    this.promise = new Promise(holdSettlers);
    this.#resolve = held.resolve;
    this.#reject = held.reject;
  }

  /** The answer has not come soon: from now on a timer stands for the deadline. */
  arm(): void {
    if (this.#stage === "settled") return;
    this.#timer = new Timer(this);
    this.#wheel.armAt(this.#timer, this.deadlineMs);
  }

  /** The asker may give up before the deadline. */
  heed(signal: AbortSignal): void {
    this.#askerSignal = signal;
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener("abort", this);
  }

  get settled(): boolean {
    return this.#stage === "settled";
  }

  /** False when the answer was given up while the message waited, or is now: then it is not run. */
  start(nowMs: number, turn: WaitingTurn): boolean {
    this.look(nowMs);
    if (this.#stage === "settled") return false;
    this.#stage = "running";
    this.turn = turn;
    return true;
  }

  /** The wheel may be late, as when a turn took long: the deadline itself decides. */
  look(nowMs: number): void {
    if (nowMs >= this.deadlineMs) this.timerFired();
  }

  /** Made on first use: most handlers never look. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#givenUp !== undefined) this.#abort.abort(this.#givenUp.cause);
    }
    return this.#abort.signal;
  }

  /** The handler is to stop, though its answer is still waited for. */
  abort(): void {
    this.#givenUp ??= { cause: undefined };
    this.#abort?.abort();
  }

  /** An answer that comes after its deadline goes nowhere. */
  resolve(value: unknown): void {
    if (this.#settle()) this.#resolve(value);
  }

  reject(why: Error): void {
    if (!this.#settle()) return;
    // A handler may not wait for it: that is no fault of the process, which others share.
    if (this.caller !== undefined) this.promise.catch(ignore);
    this.#reject(why);
  }

  /** It is dropped from a mailbox whose actor is gone. */
  abandon(): void {
    const message = `Cannot run ${this.#name}: its actor is gone`;
    this.reject(new RuntimeError("actor.stopped", message, { stood: "queued" }));
  }

  /** The node ends, and nobody will answer. */
  cutOff(): void {
    this.#giveUp("system.draining", "the node ended", undefined);
  }

  timerFired(): void {
    this.#giveUp("actor.deadline_passed", "its deadline passed", undefined);
  }

  /** The asker's own signal is aborted. */
  handleEvent(): void {
    this.#giveUp("actor.cancelled", "its asker gave up", this.#askerSignal?.reason);
  }

  get #name(): string {
    return `${this.to.type}/${this.to.key}.${this.method}`;
  }

  #giveUp(code: RuntimeErrorCode, why: string, cause: unknown): void {
    if (this.#stage === "settled") return;
    const stood = this.#stage;
    this.reject(new RuntimeError(code, `Gave up ${this.#name}: ${why} while ${stood}`, { stood, cause }));
    this.#givenUp = { cause };
    this.#abort?.abort(cause);
  }

  #settle(): boolean {
    if (this.#stage === "settled") return false;
    this.#stage = "settled";
    this.caller?.resumes();
    if (this.#timer !== undefined) this.#wheel.disarm(this.#timer);
    this.#askerSignal?.removeEventListener("abort", this);
    return true;
  }
}
