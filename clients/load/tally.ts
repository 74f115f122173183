// What a run has counted so far: every request ends as right, wrong or missing, the latter two with a reason.

import { LatencyRecord } from "./latency-record.ts";
import { EXAMPLE_CHARACTERS_MAX } from "./limits.ts";
import type { WrongReason } from "./reply-check.ts";
import type { ReaderFaultReason } from "./response-reader.ts";

export type FailureReason =
  ReaderFaultReason | "connect_failed" | "closed_early" | "no_progress" | "given_up" | "interrupted" | "client_error";

export interface ReasonCount<T extends string> {
  readonly reason: T;
  readonly count: number;
  /** What the first one looked like. */
  readonly example: string;
}

class ReasonTable<T extends string> {
  readonly #rows = new Map<T, { count: number; example: string }>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Control characters of the example are escaped and its length is bounded: it may come from a stranger. */
  add(reason: T, count: number, example: string): void {
    if (count === 0) return;
    this.#total += count;
    const row = this.#rows.get(reason);
    if (row !== undefined) row.count += count;
    else this.#rows.set(reason, { count, example: printable(example) });
  }

  rows(): ReasonCount<T>[] {
    return [...this.#rows].map(([reason, row]) => ({ reason, ...row }));
  }
}

export class Tally {
  readonly latency = new LatencyRecord();
  readonly wrong = new ReasonTable<WrongReason>();
  readonly missing = new ReasonTable<FailureReason>();
  readonly failedConnections = new ReasonTable<FailureReason>();
  /** Replies that nobody waited for: duplicates and what came after the last one. */
  extraReplies = 0;
  rightReplies = 0;
  requestsSent = 0;
  connectionsOpened = 0;
  bytesSent = 0;
  bytesReceived = 0;
  /** Monotonic time of the last reply of any kind. */
  lastReplyAtMs = 0;
}

function printable(text: string): string {
  const start = text.slice(0, EXAMPLE_CHARACTERS_MAX);
  const escaped = start.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return text.length > start.length ? `${escaped}…` : escaped;
}
