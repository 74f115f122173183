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

/** The system, as the sockets see it. */
export interface SessionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: {
    /** Called after the turns of each step, in the order given. */
    onStepEnd(hook: () => void): void;
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
}
