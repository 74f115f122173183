// The context that handlers receive: one for each resident actor, valid for the turn that is running.
import { Timer } from "../base/timer-wheel.ts";
import type { NodeServices } from "./cell-host.ts";
import type { SessionContext } from "./context.ts";
import { Refusal, RuntimeError } from "./errors.ts";
import type { ConnectionPort } from "./ports.ts";
import type { Addressable, Ref } from "./shape.ts";
import type { TurnStats } from "./turn-stats.ts";

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
  readonly host: { readonly stats: TurnStats };
  requestStop(): void;
}

interface Sleeper {
  readonly timer: Timer;
  readonly reject: (error: Error) => void;
}

/** Serves plain actors and sessions alike; `connection`, `send` and `end` are typed for sessions only. */
export class TurnContext implements SessionContext<unknown, unknown> {
  state: unknown = undefined;
  readonly #source: TurnSource;
  #cancellation: RuntimeError | undefined;
  #abort: AbortController | undefined;
  #lazySleepers: Set<Sleeper> | undefined;

  constructor(source: TurnSource) {
    this.#source = source;
  }

  get key(): string {
    return this.#source.key;
  }

  get signal(): AbortSignal {
    if (this.#source.current !== undefined) return this.#source.current.signal;
    this.#abort ??= new AbortController();
    return this.#abort.signal;
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

  countRefusal(reason: string): void {
    this.#source.host.stats.countRefusal(reason);
  }

  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.#source.services.refFrom(this.#source, type, key);
  }

  /** Made on first use: most sessions never sleep. */
  get #sleepers(): Set<Sleeper> {
    return (this.#lazySleepers ??= new Set());
  }

  sleep(delayMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { reject, timer: new Timer({ timerFired: () => this.#wake(sleeper, resolve) }) };
    this.#sleepers.add(sleeper);
    this.#source.services.wheel.arm(sleeper.timer, delayMs);
    return promise;
  }

  #wake(sleeper: Sleeper, resolve: () => void): void {
    this.#sleepers.delete(sleeper);
    resolve();
  }

  /** Nobody waits for this turn any more: a handler that sleeps is woken by an error, which is no crash. */
  cancelTurn(): void {
    this.#abort?.abort();
    if (this.#lazySleepers === undefined || this.#lazySleepers.size === 0) return;
    const message = `Cancelled the turn of "${this.#source.key}": its connection is gone`;
    this.#cancellation = new RuntimeError("actor.cancelled", message, { stood: "running" });
    for (const { timer, reject } of this.#sleepers) {
      this.#source.services.wheel.disarm(timer);
      reject(this.#cancellation);
    }
    this.#sleepers.clear();
  }

  /** The next turn has a signal of its own. */
  turnEnded(): void {
    this.#abort = undefined;
  }

  /** Whether this is the error that `cancelTurn` woke the handler with. */
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
