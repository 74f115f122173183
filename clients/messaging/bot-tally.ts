// What all bots of a run have done together, and how long the server took.
import { LatencyRecord } from "../load/latency-record.ts";

export class BotTally {
  /** Bots that have a connection now. */
  connected = 0;
  losses = 0;
  answered = 0;
  /** Requests that the server said no to. */
  refused = 0;
  /** Requests that were not made, because too many waited already. */
  skipped = 0;
  /** Publications that came. */
  received = 0;
  readonly latency = new LatencyRecord();
  #latest = new LatencyRecord();

  took(tookMs: number): void {
    this.answered++;
    this.latency.add(tookMs);
    this.#latest.add(tookMs);
  }

  /** Of the requests since it was asked for last. */
  takeLatest(): LatencyRecord {
    const latest = this.#latest;
    this.#latest = new LatencyRecord();
    return latest;
  }
}
