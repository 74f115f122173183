// Commits in order while another program holds the database for a moment: nothing blocks the loop meanwhile.
import type { Clock } from "../base/clock.ts";
import type { CommitBatch } from "../core/stored.ts";
import { limits } from "../limits.ts";
import type { Outcome } from "./batch-rules.ts";

interface WaitingCommit {
  readonly batch: CommitBatch;
  readonly sinceMs: number;
  readonly ending: PromiseWithResolvers<readonly Outcome[]>;
}

export interface CommitQueueOptions {
  readonly clock: Clock;
  readonly write: (batch: CommitBatch) => readonly Outcome[];
  /** Whether what `write` threw will pass. */
  readonly isBusy: (error: unknown) => boolean;
}

/**
 * A batch is written at once when nothing waits before it. One that finds the database busy waits, and all that come
 * after wait behind it, each for at most `storeBusyMs`; then it is rejected with what `write` threw last.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #waiting: WaitingCommit[] = [];
  #lastBusy: unknown;
  readonly #whenIdle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  async commit(batch: CommitBatch): Promise<readonly Outcome[]> {
    if (this.#waiting.length > 0) return this.#wait(batch);
    try {
      return this.#options.write(batch);
    } catch (error) {
      if (!this.#options.isBusy(error)) throw error;
      this.#lastBusy = error;
      this.#tryLater();
      return this.#wait(batch);
    }
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#whenIdle.push(resolve));
  }

  #wait(batch: CommitBatch): Promise<readonly Outcome[]> {
    if (this.#waiting.length >= limits.storeWaitingCommitsMax) throw this.#lastBusy;
    const ending = Promise.withResolvers<readonly Outcome[]>();
    this.#waiting.push({ batch, sinceMs: this.#options.clock.monotonicMs(), ending });
    return ending.promise;
  }

  #tryLater(): void {
    this.#options.clock.after(limits.storeBusyRetryMs, () => this.#tryAll());
  }

  #tryAll(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!this.#try(first)) return this.#tryLater();
      this.#waiting.shift();
    }
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** False when it goes on waiting. */
  #try({ batch, sinceMs, ending }: WaitingCommit): boolean {
    try {
      ending.resolve(this.#options.write(batch));
    } catch (error) {
      const waitedMs = this.#options.clock.monotonicMs() - sinceMs;
      if (this.#options.isBusy(error) && waitedMs < limits.storeBusyMs) {
        this.#lastBusy = error;
        return false;
      }
      ending.reject(error);
    }
    return true;
  }
}
