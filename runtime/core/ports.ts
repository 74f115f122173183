// What the core needs from outside, declared by the core: connections, messages in batches, and ears.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";

/** The socket's side of a session, as its actor sees it. */
export interface ConnectionPort {
  readonly id: string;
  readonly transport: "tcp" | "tls";
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Unix time in milliseconds. */
  readonly openedAt: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Encodes now, leaves the process when the turns of this step are over. Ignored once the connection is ending. */
  send(value: unknown): void;
  /** As `send`; the value is encoded once for all connections of one protocol that it is sent to. */
  sendShared(message: SharedMessage): void;
  /** Flushes what was sent, then closes. The session hears `closed` with this reason; only the first call counts. */
  end(reason: string): void;
  /** The mailbox took or lost something: there may be room for more messages, or nothing left to wait for. */
  mailboxMoved(): void;
  /** The session's actor threw: nothing it would send can be trusted any more. */
  crashed(): void;
  /** The `closed` turn is over and the actor is gone. */
  sessionLeft(): void;
}

/** Messages of one connection that arrived together; each is one turn. `release` gives the batch back to its maker. */
export interface MessageBatch {
  /** Messages not yet taken. */
  readonly remaining: number;
  /** What it costs a mailbox while any message is left. */
  readonly bytes: number;
  /** When its bytes came off the socket, in monotonic milliseconds. */
  readonly arrivedMs: number;
  /** What waits behind it in its mailbox; the mailbox's own, undefined to begin with. */
  next: object | undefined;
  take(): unknown;
  release(): void;
}

/** A session's actor, as its connection sees it. */
export interface SessionPort {
  readonly address: string;
  /** How many messages it would take now, and what those that wait hold. */
  readonly mailbox: { readonly room: number; readonly bytes: number };
  /** Nothing waits and no turn runs. */
  readonly quiet: boolean;
  /** When its last turn ended, in monotonic milliseconds. */
  readonly idleSinceMs: number;
  /** The caller has asked whether there is room. */
  putBatch(batch: MessageBatch): void;
  /** No turn starts until `resume`: what the actor would produce has nowhere to go. */
  suspend(): void;
  resume(): void;
  /** Drops what waits, because nobody is left to be answered, and brings the `closed` turn; called once. */
  close(reason: string): void;
}

/** A session type, and what its connections carry. */
export interface SessionOf<In, Out> {
  readonly name: string;
  readonly shape: { readonly in: In; readonly out: Out };
}

/** What follows the turns of a step: durable state, then files, then sockets. */
export type StepPhase = "commit" | "write" | "flush";

/** The system, as the sockets see it. */
export interface SessionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: {
    /** Called after the turns of each step: first all of "commit", then of "write", then of "flush". */
    onStepEnd(phase: StepPhase, hook: () => void): void;
    /** Makes sure that a step ends soon. */
    ensureStep(): void;
    /** To be called when a socket has something: the loop has looked. */
    loopTurned(): void;
  };
  /** Starts the actor of a connection and gives it its `opened` turn. The connection's id is not in use. */
  openSession(type: { readonly name: string }, connection: ConnectionPort): SessionPort;
}

/** What the core reports. Called seldom: nothing here is on the path of a message that goes well. */
export interface CoreEvents {
  crashed(event: { type: string; key: string; method: string; error: unknown }): void;
  refused(event: { type: string; key: string; reason: string }): void;
  /** A message was put aside; `id` is that of its dead letter. */
  deadLetter(event: { type: string; key: string; method: string; reason: string; id: number }): void;
  quarantined(event: { type: string; key: string; reason: string }): void;
  /** `turns` turns computed that long in one go, the last of them this method, defined in that file and line. */
  overBudget(event: TurnEvent & { turns: number }): void;
  /** A turn waits that long already, for these asks: `type/key.method`. */
  stillOpen(event: TurnEvent & { waitsFor: readonly string[] }): void;
  /** The store refused what actors changed, or could not be read. */
  storeFailed(event: { error: unknown }): void;
}

export interface TurnEvent {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly definedAt: string;
  readonly tookMs: number;
}

/** What an indexed field may hold; others, and absent ones, are not found by that field. */
export type IndexedValue = string | number | boolean;

/**
 * State, inputs, rows and letters as they are kept: JSON text, which any program can read. (Text, not bytes: in a
 * database it is a TEXT column. It may hold lone surrogates only as JSON escapes.)
 */
export type Encoded = string;

/** One durable actor as it was last committed. */
export interface StoredActor {
  /** Commits so far: 1 after the first. */
  readonly version: number;
  /** Of the owner that committed it. */
  readonly epoch: number;
  /** The version of the state's shape, as the actor type counted when it was written. */
  readonly stateVersion: number;
  readonly state: Encoded;
}

/** What happens to firings whose time passed while nobody could run them: one of them runs, none, or each. */
export type MissedPolicy = "once" | "skip" | "all";

export interface AlarmRecord {
  readonly name: string;
  /** Unix milliseconds. */
  readonly dueAt: number;
  /** 0: it fires once. */
  readonly everyMs: number;
  readonly method: string;
  readonly input: Encoded | undefined;
  readonly missed: MissedPolicy;
  /** Counts up with each firing, and over replacements: together with the name it is the fire id. */
  readonly fire: number;
}

export interface StoredAlarm extends AlarmRecord {
  readonly type: string;
  readonly key: string;
}

/** Whoever watches is told by this method that the watched actor is gone for good. */
export interface StoredWatch {
  readonly watcherType: string;
  readonly watcherKey: string;
  readonly watchedType: string;
  readonly watchedKey: string;
  readonly method: string;
}

/** All that one actor commits together. Later entries for one row, alarm or watch replace earlier ones. */
export interface Change {
  readonly type: string;
  readonly key: string;
  /** Refused as stale unless this is the stored version (0: nothing is stored) and no newer epoch has written. */
  readonly baseVersion: number;
  /** The stored version from now on; higher than `baseVersion`. */
  readonly version: number;
  readonly stateVersion: number;
  /** Undefined: the actor goes, with its rows, alarms, watches and index entries; the rest of the change is ignored. */
  readonly state: Encoded | undefined;
  /** An undefined value deletes the row. */
  readonly rows: readonly { readonly row: string; readonly value: Encoded | undefined }[];
  /** An undefined alarm cancels. */
  readonly alarms: readonly { readonly name: string; readonly alarm: AlarmRecord | undefined }[];
  readonly watches: readonly (Omit<StoredWatch, "watcherType" | "watcherKey"> & { readonly on: boolean })[];
  /** All indexed fields of the state; undefined: they are as they were. */
  readonly indexed: ReadonlyMap<string, IndexedValue> | undefined;
}

/** A message that nobody handled, and why. */
export interface StoredLetter {
  /** Counts up from 1. */
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly reason: string;
  /** Input, cause, last turns: encoded by the core. */
  readonly body: Encoded;
}

/** A key that is shut until someone releases it. */
export interface StoredQuarantine {
  readonly type: string;
  readonly key: string;
  readonly at: number;
  readonly reason: string;
}

/** Everything of a batch is stored, except stale changes; or nothing is. */
export interface CommitBatch {
  readonly changes: readonly Change[];
  readonly letters: readonly StoredLetter[];
  readonly lettersRemoved: readonly number[];
  /** Letters up to this id go too. */
  readonly lettersRemovedTo: number;
  readonly quarantined: readonly StoredQuarantine[];
  readonly released: readonly { readonly type: string; readonly key: string }[];
}

export interface StoreQuery {
  readonly type: string;
  readonly keyPrefix: string;
  /** Keys after this one, in order of their UTF-8 bytes; "" for the first page. */
  readonly after: string;
  readonly limit: number;
  readonly where?: { readonly field: string; readonly value: IndexedValue };
}

export interface RowRange {
  /** From this row on, inclusive. */
  readonly from: string;
  /** Up to this row, exclusive. */
  readonly before: string;
  readonly limit: number;
  /** From the end backwards. */
  readonly reverse: boolean;
}

/**
 * Where durable actors are kept. Every method may reject with a `RuntimeError` whose code begins with `store.` and whose
 * message names the file; then nothing was changed.
 */
export interface Store {
  /** Fencing number of this owner: higher than that of every owner before. */
  readonly epoch: number;
  load(type: string, key: string): Promise<StoredActor | undefined>;
  row(type: string, key: string, row: string): Promise<Encoded | undefined>;
  /** In order of the rows' UTF-8 bytes. */
  rows(type: string, key: string, range: RowRange): Promise<readonly { row: string; value: Encoded }[]>;
  /** Durable when it resolves. One outcome for each change, in order. */
  commit(batch: CommitBatch): Promise<readonly ("committed" | "stale")[]>;
  /** Alarms due after `after` and up to `until`, both Unix milliseconds, earliest first; one more than `limit` never. */
  alarmsDue(after: number, until: number, limit: number): Promise<readonly StoredAlarm[]>;
  alarmsOf(type: string, key: string): Promise<readonly AlarmRecord[]>;
  watches(): Promise<readonly StoredWatch[]>;
  /** Keys of stored actors, in order. */
  keys(query: StoreQuery): Promise<readonly string[]>;
  /** Letters with an id below `before`, newest first. */
  letters(before: number, limit: number): Promise<readonly StoredLetter[]>;
  letter(id: number): Promise<StoredLetter | undefined>;
  quarantines(): Promise<readonly StoredQuarantine[]>;
  /** Finishes what was begun; no other method is called any more. */
  close(): Promise<void>;
}

/** A value that many connections send: encoded once for each protocol among them. */
export interface SharedMessage {
  readonly value: unknown;
  /** The bytes made earlier for the same protocol, or those that `encode` makes now. */
  encodedFor(protocol: object, encode: () => Uint8Array): Uint8Array;
}

/** Where the loop is, for someone outside it: told before each slice and turn, so as cheaply as can be. */
export interface TurnProbe {
  /** A slice of this actor begins; `type` counts the node's types from 0. */
  entered(type: number, key: string): void;
  /** A turn of this method begins; counted from 0 within its type. */
  turn(method: number): void;
  /** No slice is running. */
  left(): void;
}
