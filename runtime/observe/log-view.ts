// The log as an operator sees it: its last lines, those that come, and how much is logged.
import type { Page } from "./view.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogEntry {
  /** Counts up with each line of this process. */
  readonly number: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly level: LogLevel;
  /** The stable name of what happened, as `actor.crashed`; empty where the line has none. */
  readonly reason: string;
  /** The same for people; may be empty. */
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogQuery {
  readonly limit: number;
  /** Only lines with a number below this. */
  readonly before?: number;
  /** The least severe. */
  readonly level?: LogLevel;
  readonly reason?: string;
  /** Some text in the line, in any case. */
  readonly contains?: string;
}

export interface LogView {
  /** Newest first, of those that are still in memory. */
  tail(query: LogQuery): Page<LogEntry>;
  /** Every line from now on; returns what ends that. */
  subscribe(listener: (entry: LogEntry) => void): () => void;
  /** The least severe level that is logged; `silent`: none. */
  level(): LogLevel | "silent";
  setLevel(level: LogLevel | "silent"): void;
}
