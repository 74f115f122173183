// Hot. What one actor type has done so far: plain fields that a scrape reads, counted where the work happens.
import { DurationBuckets } from "../base/duration-buckets.ts";
import { limits } from "../limits.ts";

const OTHER_REASONS = "other";

export class TurnStats {
  turns = 0;
  crashes = 0;
  /** Messages that actors refused, by the reason they gave; at most `limits.refusalReasonsMax` of them. */
  readonly refusals = new Map<string, number>();
  /** Messages that were not let in, by the code of the error that said so. */
  readonly rejected = new Map<string, number>();
  /** Messages dropped unrun because their connection was lost. */
  discarded = 0;
  /** Ticks of timers left out because the one before still waited for its turn. */
  missedTicks = 0;
  /** Times an actor came into memory, and left it for being idle. */
  activations = 0;
  hibernations = 0;
  /** From the start of a turn until its handler is done. Short turns of one slice share their mean. */
  readonly durations = new DurationBuckets();
  /** From a message's arrival at the socket until its turn is done; sessions only. */
  readonly latencies = new DurationBuckets();

  countRefusal(reason: string): void {
    const { refusals } = this;
    const known = refusals.has(reason) || refusals.size < limits.refusalReasonsMax;
    const key = known ? reason : OTHER_REASONS;
    refusals.set(key, (refusals.get(key) ?? 0) + 1);
  }

  /** `code` is one of the runtime's own. */
  countRejected(code: string): void {
    this.rejected.set(code, (this.rejected.get(code) ?? 0) + 1);
  }
}
