// What a live page is told each second of what the node does.
import type { LogEntry } from "./log-view.ts";

// Rates are per second, over the second before. Times in milliseconds; percentiles absent where nothing was measured.
/** What the node did in the last second, and how it stands. */
export interface LiveSnapshot {
  /** Unix milliseconds. */
  readonly at: number;
  readonly ready: boolean;
  /** As /ready. */
  readonly why?: string;
  readonly uptimeMs: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly connections: Readonly<Record<"tcp" | "tls" | "udp" | "datagram" | "web", number>>;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  /** One for each session type that has connections or had messages. */
  readonly protocols: readonly {
    readonly type: string;
    readonly connections: number;
    readonly messagesPerSecond: number;
    readonly p50Ms?: number;
    readonly p90Ms?: number;
    readonly p99Ms?: number;
  }[];
  /** One for each type with actors in memory. */
  readonly types: readonly {
    readonly type: string;
    readonly live: number;
    readonly turnsPerSecond: number;
    readonly mailbox: number;
    readonly p99Ms?: number;
  }[];
  /** Most turns in that second, at most 10; of private types the key is not told. */
  readonly busiest: readonly {
    readonly type: string;
    readonly key?: string;
    readonly turnsPerSecond: number;
    readonly mailbox: number;
  }[];
  /** Deepest mailboxes, at most 10. */
  readonly deepest: readonly {
    readonly type: string;
    readonly key?: string;
    readonly mailbox: number;
    readonly mailboxBytes: number;
  }[];
  /** So far. */
  readonly deadLetters: number;
  readonly commitsPerSecond: number;
}

/** The first message on a feed, then one of the second a second. `dropped`: events left out, there were too many. */
export type LiveMessage =
  | {
      readonly kind: "hello";
      readonly serverId: string;
      readonly version: string;
      readonly history: readonly LiveSnapshot[];
      readonly events: readonly LogEntry[];
    }
  | {
      readonly kind: "tick";
      readonly snapshot: LiveSnapshot;
      readonly events: readonly LogEntry[];
      readonly dropped: number;
    };
