// Hot. What one actor type has done so far: plain fields that a scrape reads, counted where the work happens.
import { DurationBuckets } from "../base/duration-buckets.ts";

export class TurnStats {
  turns = 0;
  crashes = 0;
  refusals = 0;
  mailboxFull = 0;
  /** Messages dropped unrun because their connection was lost. */
  discarded = 0;
  /** From the start of a turn until its handler is done. Of plain actors, turns of one slice share their mean. */
  readonly durations = new DurationBuckets();
  /** From a message's arrival at the socket until its turn is done; sessions only. */
  readonly latencies = new DurationBuckets();
}
