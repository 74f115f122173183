// What the live page shows of a node: one snapshot a second, and the messages of the feed that bring them.
import type { LogEntry } from "./log-view.ts";
import type { SessionView } from "./view.ts";

/** Rates are per second, since the one before. Times in milliseconds; percentiles absent: nothing was measured. */
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
  /** Those that have said something. */
  readonly connections: Readonly<Record<SessionView["transport"], number>>;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  readonly protocols: readonly LiveProtocol[];
  readonly types: readonly LiveType[];
  /** Most turns in that second, at most 10; of private types the key is not told. */
  readonly busiest: readonly LiveBusyActor[];
  /** Deepest mailboxes, at most 10. */
  readonly deepest: readonly LiveDeepActor[];
  /** Seconds in which all actors were looked at, for these lists and mailboxes: 1, unless very many are in memory. */
  readonly lookSeconds: number;
  /** So far. */
  readonly deadLetters: number;
  readonly commitsPerSecond: number;
}

/** One for each session type that has connections or had messages. From a message's arrival until its turn is done. */
export interface LiveProtocol {
  readonly type: string;
  readonly connections: number;
  readonly messagesPerSecond: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p99Ms?: number;
}

/** One for each type with actors in memory. `mailbox`: messages waiting in all of them; `p99Ms`: of one turn. */
export interface LiveType {
  readonly type: string;
  readonly live: number;
  readonly turnsPerSecond: number;
  readonly mailbox: number;
  readonly p99Ms?: number;
}

export interface LiveBusyActor {
  readonly type: string;
  readonly key?: string;
  readonly turnsPerSecond: number;
  readonly mailbox: number;
}

export interface LiveDeepActor {
  readonly type: string;
  readonly key?: string;
  readonly mailbox: number;
  readonly mailboxBytes: number;
}

/**
 * The first message on a feed, then one of the second a second. Events are in the order in which they happened, and
 * empty for those who may not see the log. `dropped`: events left out, there were too many.
 */
export type LiveMessage =
  | {
      readonly kind: "hello";
      readonly serverId: string;
      readonly version: string;
      /** Oldest first, without `busiest` and `deepest`. */
      readonly history: readonly LiveSnapshot[];
      readonly events: readonly LogEntry[];
    }
  | {
      readonly kind: "tick";
      readonly snapshot: LiveSnapshot;
      readonly events: readonly LogEntry[];
      readonly dropped: number;
    };

export interface LiveWatcher {
  /** Somebody looks: actors are looked at closely. */
  isWatched(): boolean;
  sampled(snapshot: LiveSnapshot): void;
}

export interface LiveView {
  /** One a second from now on, until the returned function is called. */
  start(watcher: LiveWatcher): () => void;
  latest(): LiveSnapshot;
  /** Oldest first, those of the last five minutes, without `busiest` and `deepest`. */
  history(): readonly LiveSnapshot[];
}
