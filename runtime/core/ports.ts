// What the core needs from outside, declared by the core: connections, messages in batches, and ears.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { RuntimeError } from "./errors.ts";
import type { Outcome } from "./recorder.ts";
import type {
  AlarmRecord,
  CommitBatch,
  Encoded,
  RowRange,
  StoredActor,
  StoredAlarm,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
  StoreQuery,
} from "./stored.ts";

/** What carries a session: a stream, plain or encrypted; text or our own protocol in datagrams; a WebSocket. */
export type Transport = "tcp" | "tls" | "udp" | "datagram" | "web";

/** The socket's side of a session, as its actor sees it. */
export interface ConnectionPort {
  readonly id: string;
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The key of the actor that it was opened for, where its listener, or who dialled, knew that; else empty. */
  readonly openedFor: string;
  /** What who opened it said of a trace that its messages belong to. */
  readonly traceparent?: string | undefined;
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

/** What follows the turns of a step: what they left open in the core, then files, then sockets. */
export type StepPhase = "settle" | "write" | "flush";

/** The system, as the sockets see it. */
export interface SessionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: {
    /** Called after the turns of each step: first all of "settle", then of "write", then of "flush". */
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
  /** The store refused what was to be stored, or could not be read; or what waited for it was given up. */
  storeFailed(event: { error: unknown }): void;
}

export interface TurnEvent {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly definedAt: string;
  readonly tookMs: number;
}

/**
 * Where durable actors are kept. Every method may reject with a `RuntimeError` whose code begins with `store.` and
 * whose message names the file; then nothing was changed. Its `stood` is left open: the core says what that means for
 * each message.
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
  /** Alarms due after `after` and up to `until`, both Unix milliseconds, earliest first; at most `limit`. */
  alarmsDue(after: number, until: number, limit: number): Promise<readonly StoredAlarm[]>;
  alarmsOf(type: string, key: string): Promise<readonly AlarmRecord[]>;
  /** Whether any actor of this type has an alarm. */
  hasAlarms(type: string): Promise<boolean>;
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
  /** What a turn waited for is there: its handler goes on when the slice, or the callback, is over. */
  resumed(type: number, key: string, method: number): void;
}

/** Who is followed: what a tracer is told of a turn that begins. */
export interface TracedTurn {
  readonly cell: {
    readonly key: string;
    readonly host: { readonly type: { readonly name: string; readonly options: { readonly private?: boolean } } };
    readonly connection: ConnectionPort | undefined;
  };
  readonly method: { readonly name: string };
  /** From the mailbox to its beginning, in milliseconds. */
  readonly waitMs: number;
  /** Undefined of a session's message. */
  readonly envelope: { readonly asking: object | undefined } | undefined;
}

/** Where a message comes from that is followed: a turn, or somebody outside. Opaque to the core: it travels. */
export type TraceOrigin = object;

/** Follows messages from actor to actor. Where nobody wants to know there is none, and no turn has a span. */
export interface TurnTracer {
  /** A session's message has its turn; undefined where it is not followed, as most are. */
  message(turn: TracedTurn): TurnSpan | undefined;
  /** A call that comes from there has its turn. */
  call(turn: TracedTurn, from: TraceOrigin): TurnSpan;
  /** Of a call from outside, with what its `traceparent` header says; undefined where it is not followed. */
  outside(traceparent: string | undefined): TraceOrigin | undefined;
}

/** One turn that is followed; what it asks and tells comes from it. */
export interface TurnSpan extends TraceOrigin {
  /** Something goes to the turn's connection, and leaves with the step. */
  sends(): void;
  /** What the turn has changed waits for the store: to be held like an output of the turn, before the others. */
  commit(): { release(): void; discard(error: RuntimeError): void };
  ended(outcome: Outcome): void;
}
