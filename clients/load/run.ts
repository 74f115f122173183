// Runs a load: hands the jobs to connections, so many at a time, watches over them, and sums up.

import { randomInt } from "node:crypto";

import type { Clock } from "#runtime/base/clock.ts";
import { systemClock } from "#runtime/base/clock.ts";

import type { LoadOptions } from "./config.ts";
import type { LoadContext, LoadJob } from "./connection.ts";
import { LoadConnection } from "./connection.ts";
import { SWEEP_INTERVAL_MS } from "./limits.ts";
import { RequestBlock, requestHead } from "./request-block.ts";
import type { LoadResult } from "./result.ts";
import { loadResult } from "./result.ts";
import type { FailureReason } from "./tally.ts";
import { Tally } from "./tally.ts";

export interface LoadHooks {
  /** Ends the run early; the result then says what was measured until there. */
  readonly signal?: AbortSignal;
  /** Called a few times a second with the replies that have come. */
  readonly onProgress?: (repliesCount: number) => void;
  readonly clock?: Clock;
}

/** Drives the server and reports; never rejects because of what a server does, and never waits for ever. */
export async function runLoad(options: LoadOptions, hooks: LoadHooks = {}): Promise<LoadResult> {
  const run = new LoadRun(options, hooks);
  return run.result();
}

class LoadRun {
  readonly #options: LoadOptions;
  readonly #hooks: LoadHooks;
  readonly #context: LoadContext;
  readonly #clients: readonly { clientId: string; head: Buffer }[];
  readonly #active = new Set<LoadConnection>();
  readonly #startedAtMs: number;
  #nextJob = 0;
  #cancelSweep: (() => void) | undefined;
  #stopReason: FailureReason | undefined;

  constructor(options: LoadOptions, hooks: LoadHooks) {
    const clock = hooks.clock ?? systemClock;
    this.#options = options;
    this.#hooks = hooks;
    this.#context = { options, clock, tally: new Tally(), block: new RequestBlock(options.data) };
    this.#clients = Array.from({ length: options.clients }, (_, index) => {
      const clientId = `client_${index + 1}_${String(randomInt(10_000)).padStart(4, "0")}`;
      return { clientId, head: requestHead(clientId) };
    });
    this.#startedAtMs = clock.monotonicMs();
  }

  async result(): Promise<LoadResult> {
    const { clock, tally } = this.#context;
    const { signal } = this.#hooks;
    const interrupt = (): void => this.#stop("interrupted");
    signal?.addEventListener("abort", interrupt, { once: true });
    if (signal?.aborted === true) interrupt();
    this.#sweepLater();
    const { clients, pipelining, maxWorkers } = this.#options;
    await Promise.all(Array.from({ length: pipelining ? clients : maxWorkers }, () => this.#work()));
    this.#cancelSweep?.();
    signal?.removeEventListener("abort", interrupt);
    this.#countUnstarted();
    const endedAtMs = tally.lastReplyAtMs === 0 ? clock.monotonicMs() : tally.lastReplyAtMs;
    return loadResult(this.#options, tally, {
      durationMs: endedAtMs - this.#startedAtMs,
      isInterrupted: this.#stopReason === "interrupted",
    });
  }

  get #jobCount(): number {
    return this.#options.pipelining ? this.#options.clients : this.#options.clients * this.#options.messages;
  }

  async #work(): Promise<void> {
    while (this.#stopReason === undefined && this.#nextJob < this.#jobCount) {
      const connection = new LoadConnection(this.#takeJob(), this.#context);
      this.#active.add(connection);
      connection.start();
      // One worker is one connection after another: waiting here is its whole purpose.
      // oxlint-disable-next-line eslint/no-await-in-loop
      await connection.ended;
      this.#active.delete(connection);
    }
  }

  /** Without pipelining every message is a job of its own, and the clients take turns. */
  #takeJob(): LoadJob {
    const index = this.#nextJob;
    this.#nextJob += 1;
    const client = this.#clients[index % this.#clients.length];
    if (client === undefined) throw new Error(`Assertion failed: no client for job ${index}`);
    if (this.#options.pipelining) return { ...client, firstId: 1, messageCount: this.#options.messages };
    return { ...client, firstId: Math.floor(index / this.#clients.length) + 1, messageCount: 1 };
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#context.clock.after(SWEEP_INTERVAL_MS, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }

  /** When nobody has had a reply for the timeout, connections that have not begun are not worth their own wait. */
  #sweep(): void {
    const { clock, tally } = this.#context;
    const nowMs = clock.monotonicMs();
    this.#hooks.onProgress?.(tally.rightReplies + tally.wrong.total);
    let hasStalled = false;
    for (const connection of this.#active) hasStalled = connection.endIfStalled(nowMs) || hasStalled;
    const quietMs = nowMs - Math.max(tally.lastReplyAtMs, this.#startedAtMs);
    if (hasStalled && quietMs >= this.#options.timeoutMs) this.#stopReason ??= "given_up";
  }

  #stop(reason: FailureReason): void {
    this.#stopReason ??= reason;
    for (const connection of this.#active) connection.stop(reason);
  }

  #countUnstarted(): void {
    const messagesPerJob = this.#options.pipelining ? this.#options.messages : 1;
    const unstarted = (this.#jobCount - this.#nextJob) * messagesPerJob;
    const detail = `not sent: the run ended before, ${this.#nextJob} of ${this.#jobCount} connections were begun`;
    this.#context.tally.missing.add(this.#stopReason ?? "given_up", unstarted, detail);
  }
}
