// The outcome of a run as one plain value: what --json prints and what the readable report is made of.

import type { LoadOptions } from "./config.ts";
import type { LatencyBucket, LatencySummary } from "./latency-record.ts";
import type { WrongReason } from "./reply-check.ts";
import type { FailureReason, ReasonCount, Tally } from "./tally.ts";

/** What the latencies of such a run are the time between, and what that includes. */
export function latencyMeaning({ pipelining, batchSize }: LoadOptions): string {
  const span = "from handing the request to the socket writer until the arrival of its reply";
  if (!pipelining) return `${span}; connecting is not included`;
  if (batchSize === 1) return span;
  return `${span}; this includes queueing behind the other requests in flight`;
}

export interface LoadResult {
  readonly options: LoadOptions;
  /** True when every request has its right reply, no reply was too many, and no connection failed. */
  readonly isRight: boolean;
  readonly isInterrupted: boolean;
  /** Clients times messages; equals right + wrong - extra + missing. */
  readonly expected: number;
  readonly sent: number;
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
  /** Those of the wrong replies that answered nothing: duplicates and replies after the last. */
  readonly extra: number;
  readonly wrongReasons: readonly ReasonCount<WrongReason>[];
  readonly missingReasons: readonly ReasonCount<FailureReason>[];
  readonly connectionsOpened: number;
  readonly connectionsFailed: number;
  readonly failureReasons: readonly ReasonCount<FailureReason>[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** From the first connect to the last reply. */
  readonly durationMs: number;
  /** Right replies per second of the duration. */
  readonly messagesPerSecond: number;
  /** Right replies of those expected, 0 to 1. */
  readonly successRate: number;
  readonly latencyMeaning: string;
  readonly latency: LatencySummary | null;
  readonly latencyBuckets: readonly LatencyBucket[];
}

interface RunEnd {
  readonly durationMs: number;
  readonly isInterrupted: boolean;
}

export function loadResult(options: LoadOptions, tally: Tally, end: RunEnd): LoadResult {
  const expected = options.clients * options.messages;
  const right = tally.rightReplies;
  const faults = tally.wrong.total + tally.missing.total + tally.failedConnections.total;
  return {
    options,
    isRight: right === expected && faults === 0,
    isInterrupted: end.isInterrupted,
    expected,
    sent: tally.requestsSent,
    right,
    wrong: tally.wrong.total,
    missing: tally.missing.total,
    extra: tally.extraReplies,
    wrongReasons: tally.wrong.rows(),
    missingReasons: tally.missing.rows(),
    connectionsOpened: tally.connectionsOpened,
    connectionsFailed: tally.failedConnections.total,
    failureReasons: tally.failedConnections.rows(),
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
    durationMs: end.durationMs,
    messagesPerSecond: end.durationMs > 0 ? (right * 1_000) / end.durationMs : 0,
    successRate: right / expected,
    latencyMeaning: latencyMeaning(options),
    latency: tally.latency.summary() ?? null,
    latencyBuckets: right > 0 ? tally.latency.buckets() : [],
  };
}

/** 0 all right, 1 something missing, wrong or failed, 130 interrupted. */
export function exitCodeOf(result: LoadResult): number {
  if (result.isInterrupted) return 130;
  return result.isRight ? 0 : 1;
}
