// Hot. What one actor type has done so far: plain fields that a scrape reads, counted where the work happens.
import { DurationBuckets } from "../base/duration-buckets.ts";
import { limits } from "../limits.ts";

const OTHER_REASONS = "other";

export class TurnStats {
  turns = 0;
  crashes = 0;
  /** Messages that actors refused, by the reason they gave; at most `limits.refusalReasonsMax` of them. */
  readonly refusals = new Map<string, number>();
  mailboxFull = 0;
  /** Messages dropped unrun because their connection was lost. */
  discarded = 0;
  /** From the start of a turn until its handler is done. Of plain actors, turns of one slice share their mean. */
  readonly durations = new DurationBuckets();
  /** From a message's arrival at the socket until its turn is done; sessions only. */
  readonly latencies = new DurationBuckets();

  countRefusal(reason: string): void {
    const { refusals } = this;
    const known = refusals.has(reason) || refusals.size < limits.refusalReasonsMax;
    const key = known ? reason : OTHER_REASONS;
    refusals.set(key, (refusals.get(key) ?? 0) + 1);
  }
}
