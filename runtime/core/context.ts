// What a handler is given: its state, its name, time and chance, other actors, and for a session its connection.
import type { Refusal } from "./errors.ts";
import type { ConnectionPort } from "./ports.ts";
import type { Addressable, Ref } from "./shape.ts";
import type { MissedPolicy } from "./stored.ts";
import type { Topic } from "./topic.ts";

/**
 * Valid for the turn it is given to: keep none. Used later, what reads or changes the actor, sends to its connection or
 * waits throws `actor.turn_over`. The rest does not look (`key`, `fired`, `signal`, time, chance, `connection`, refs,
 * `refuse`, `countRefusal`), and in production a kept context may serve a later turn. Actors read time only from here.
 */
export interface ReadContext<State> {
  readonly state: State;
  readonly key: string;
  /** Aborted when the deadline of this turn's message passes, its asker gives up, or its connection is gone. */
  readonly signal: AbortSignal;
  /** When this turn began, in monotonic milliseconds. */
  readonly turnStartedMs: number;
  /** The same in Unix milliseconds; turns that run in one go, at most 256, share it. Costs nothing to read. */
  readonly turnStartedAt: number;
  /** Unix time in milliseconds. */
  unixMs(): number;
  /** Milliseconds since the node started; steps are well below a microsecond. */
  monotonicMs(): number;
  /** At least 0 and less than 1; in tests it follows from the seed. */
  random(): number;
  /** To be thrown: the asker gets this code as its answer, and the actor goes on. What was changed before, stays. */
  refuse(code: string, message?: string): Refusal;
  /** Counts an answer that is a no, given in the protocol's own words, where `/metrics` shows refusals by reason. */
  countRefusal(reason: string): void;
  /** Another actor, asked under this turn's deadline. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods>;
  /** Waits without stopping any other actor; this one holds its turn. */
  sleep(delayMs: number): Promise<void>;
}

/**
 * What a volatile timer sends: a message like any other, so it never overlaps a turn. Of one that comes again at most
 * one message waits: while it does, those that are due are left out and counted as missed, so a turn that takes long is
 * followed by one tick, not by all it held up. One that finds the mailbox full is left out too, and counted as rejected
 * for it. What fires once has no next time: where the mailbox is full, it becomes a dead letter.
 */
export interface TimerOptions {
  /** One of the two, in milliseconds; `everyMs` at least 1. */
  readonly afterMs?: number;
  readonly everyMs?: number;
  readonly send: string;
  readonly input?: unknown;
}

/** How a watcher's method is told. */
export interface Gone {
  readonly type: string;
  readonly key: string;
  /** `stopped`, `destroyed`, `quarantined`, `connection_lost`, or `restarted`: its process ended, and it with that. */
  readonly reason: string;
}

export interface ActorContext<State> extends ReadContext<State> {
  state: State;
  /** Forgotten when the actor stops or crashes; keeps it from hibernating. The same name replaces. */
  timer(name: string, options: TimerOptions): void;
  cancelTimer(name: string): void;
  /** Tells this actor's `method`, no read, with a `Gone`, when the other is gone for good. Sleeping is not gone. */
  watch(ref: { readonly type: string; readonly key: string }, method: string): void;
  unwatch(ref: { readonly type: string; readonly key: string }): void;
  /** Every subscriber's method is told the value. Returns how many there are. */
  publish<Value>(topic: Topic<Value>, value: Value): number;
  /** Until it unsubscribes or is gone for good; the same topic replaces. Kept in memory only. */
  subscribe<Value>(topic: Topic<Value>, method: string): void;
  unsubscribe<Value>(topic: Topic<Value>): void;
  /** When this turn has ended well: leaves memory, and watchers are told; what is stored stays. A session ends. */
  stop(): void;
}

export interface ReadRows {
  get(row: string): Promise<unknown>;
  /** In order of the rows' UTF-8 bytes; at most `limit`, 100 unless given. */
  range(range?: {
    readonly from?: string;
    readonly before?: string;
    readonly limit?: number;
    readonly reverse?: boolean;
  }): Promise<readonly { readonly row: string; readonly value: unknown }[]>;
}

/** The actor's own ordered rows, for data that is large or grows: JSON values, committed with the turn. */
export interface Rows extends ReadRows {
  put(row: string, value: unknown): void;
  delete(row: string): void;
}

export interface AlarmOptions {
  /** One of the three. `at` is Unix milliseconds, the others are milliseconds from now. */
  readonly at?: number;
  readonly afterMs?: number;
  /** Fires again and again, first after this time; at least 1. */
  readonly everyMs?: number;
  /** A method of this actor; no read, for its turn has to end the alarm. */
  readonly send: string;
  readonly input?: unknown;
  /** What becomes of firings whose time passed while nobody could run them; `once` unless given. */
  readonly missed?: MissedPolicy;
}

/** The alarm that brought this turn. */
export interface Firing {
  readonly name: string;
  /** The same each time this firing is tried; another for the next. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly dueAt: number;
}

export interface DurableReadContext<State> extends ReadContext<State> {
  readonly rows: ReadRows;
}

/** What a durable actor has besides: everything here is committed with the turn, before anything leaves. */
export interface DurableContext<State> extends ActorContext<State> {
  readonly rows: Rows;
  readonly fired: Firing | undefined;
  /** Survives restarts. The same name replaces. */
  alarm(name: string, options: AlarmOptions): void;
  cancelAlarm(name: string): void;
  /** As `stop`, and everything stored of this actor goes with the commit of this turn. */
  destroy(): void;
}

export interface SessionContext<State, Out> extends ActorContext<State> {
  readonly connection: Pick<
    ConnectionPort,
    "id" | "transport" | "remoteAddress" | "remotePort" | "openedFor" | "openedAt" | "bytesIn" | "bytesOut"
  >;
  /** Leaves the process in order, with everything else that this step of the loop produced. */
  send(value: Out): void;
  /** Every value published from now on is sent as it is, without a turn; encoded once for all who do this. */
  forward(topic: Topic<Out>): void;
  /** Flushes, closes, and brings the `closed` turn with this reason. */
  end(reason: string): void;
  /** Nothing more is read until it is let go on; what has been read already has its turns. Calls come all the same. */
  holdInput(hold: boolean): void;
  /** Something is owed to the peer: what ends when all is answered, as at a shutdown, waits until it is let go. */
  holdOpen(hold: boolean): void;
}
