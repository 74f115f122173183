// The context that handlers receive: one for each resident actor, valid for the turn that is running.
import { Timer } from "../base/timer-wheel.ts";
import type { NodeServices } from "./cell-host.ts";
import type { SessionContext } from "./context.ts";
import { Refusal, RuntimeError } from "./errors.ts";
import type { ConnectionPort } from "./ports.ts";
import type { Addressable, Ref } from "./shape.ts";

/** What of its cell a context needs. */
export interface TurnSource {
  readonly key: string;
  readonly connection: ConnectionPort | undefined;
  /** The message of the running turn, when it came as an envelope. */
  readonly current: { readonly signal: AbortSignal; readonly deadlineMs: number } | undefined;
  readonly turnStartedMs: number;
  readonly turnStartedAt: number;
  lastReadMs: number;
  readonly services: NodeServices;
  requestStop(): void;
}

/** Serves plain actors and sessions alike; `connection`, `send` and `end` are typed for sessions only. */
export class TurnContext implements SessionContext<unknown, unknown> {
  state: unknown = undefined;
  readonly #source: TurnSource;
  #cancellation: RuntimeError | undefined;
  #sleep: { readonly timer: Timer; readonly reject: (error: Error) => void } | undefined;

  constructor(source: TurnSource) {
    this.#source = source;
  }

  get key(): string {
    return this.#source.key;
  }

  get signal(): AbortSignal {
    return this.#source.current?.signal ?? new AbortController().signal;
  }

  get turnStartedMs(): number {
    return this.#source.turnStartedMs;
  }

  get turnStartedAt(): number {
    return this.#source.turnStartedAt;
  }

  get connection(): ConnectionPort {
    return this.#source.connection as ConnectionPort;
  }

  unixMs(): number {
    return this.#source.services.clock.unixMs();
  }

  monotonicMs(): number {
    const source = this.#source;
    return (source.lastReadMs = source.services.clock.monotonicMs());
  }

  refuse(code: string, message?: string): Refusal {
    return new Refusal(code, message);
  }

  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.#source.services.refFrom(this.#source, type, key);
  }

  sleep(delayMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = new Timer({ timerFired: () => resolve() });
    this.#source.services.wheel.arm(timer, delayMs);
    this.#sleep = { timer, reject };
    return promise;
  }

  /** Nobody waits for this turn any more: a handler that sleeps is woken by an error, which is no crash. */
  cancelSleep(): void {
    if (this.#sleep === undefined || !this.#sleep.timer.armed) return;
    this.#source.services.wheel.disarm(this.#sleep.timer);
    const message = `Cancelled the turn of "${this.#source.key}": its connection is gone`;
    this.#cancellation = new RuntimeError("actor.cancelled", message, { stood: "running" });
    this.#sleep.reject(this.#cancellation);
  }

  /** Whether this is the error that `cancelSleep` woke the handler with. */
  isCancellation(error: unknown): boolean {
    return error !== undefined && error === this.#cancellation;
  }

  stop(): void {
    this.#source.requestStop();
  }

  send(value: unknown): void {
    this.connection.send(value);
  }

  end(reason: string): void {
    this.connection.end(reason);
  }
}
