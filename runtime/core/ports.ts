// What the core needs from outside, declared by the core: connections, messages in batches, and ears.
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

/** What the core reports. Called seldom: nothing here is on the path of a message that goes well. */
export interface CoreEvents {
  crashed(event: { type: string; key: string; method: string; error: unknown }): void;
  refused(event: { type: string; key: string; reason: string }): void;
}
