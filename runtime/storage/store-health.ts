// Whether a store can be used: what it last failed with, until the same goes well again.
import type { Clock } from "../base/clock.ts";
import type { RuntimeError } from "../core/errors.ts";
import { limits } from "../limits.ts";

type Work = "read" | "commit";

/** For one store. Reads that go well say nothing of commits: a full disk is read as before. */
export class StoreHealth {
  readonly #clock: Clock;
  /** Returns what a commit would fail with; undefined when it would go well. Changes nothing. */
  readonly #tryCommit: () => RuntimeError | undefined;
  #problem: RuntimeError | undefined;
  #failedWork: Work = "read";
  #nextTryMs = 0;

  constructor(clock: Clock, tryCommit: () => RuntimeError | undefined) {
    this.#clock = clock;
    this.#tryCommit = tryCommit;
  }

  /**
   * Why the store cannot be used; undefined when it can. Tries a commit when the last failure is `storeTryMs` ago:
   * where nobody sends work to a node that is not ready, nobody else would notice that it could be done. Damage stays
   * until the process ends: that one part of the file can be read is no proof that the rest is whole.
   */
  problem(): RuntimeError | undefined {
    const isLate = this.#clock.monotonicMs() >= this.#nextTryMs;
    if (this.#problem === undefined || this.isDamaged || !isLate) return this.#problem;
    const failure = this.#tryCommit();
    if (failure === undefined) this.#problem = undefined;
    else this.failed("commit", failure);
    return this.#problem;
  }

  worked(work: Work): void {
    if (this.#problem === undefined || this.isDamaged) return;
    if (work === "commit" || this.#failedWork === "read") this.#problem = undefined;
  }

  failed(work: Work, error: RuntimeError): void {
    this.#nextTryMs = this.#clock.monotonicMs() + limits.storeTryMs;
    if (this.isDamaged) return;
    const isNews = this.#problem === undefined || work === "commit" || this.#failedWork === "read";
    if (!isNews && error.code !== "store.corrupt") return;
    this.#problem = error;
    this.#failedWork = work;
  }

  /** What is written from now on might never be read: the next process does not open a file that is damaged. */
  get isDamaged(): boolean {
    return this.#problem?.code === "store.corrupt";
  }
}
