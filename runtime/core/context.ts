// What a handler is given: its state, its name, time, other actors, and for a session its connection.
import type { Refusal } from "./errors.ts";
import type { ConnectionPort } from "./ports.ts";
import type { Addressable, Ref } from "./shape.ts";

/** Valid for the turn it is given to. Actors read time only from here. */
export interface ActorContext<State> {
  state: State;
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
  /** To be thrown: the asker gets this code as its answer, and the actor goes on. */
  refuse(code: string, message?: string): Refusal;
  /** Counts an answer that is a no, given in the protocol's own words, where `/metrics` shows refusals by reason. */
  countRefusal(reason: string): void;
  /** Another actor, asked under this turn's deadline. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods>;
  /** Waits without stopping any other actor; this one holds its turn. */
  sleep(delayMs: number): Promise<void>;
  /** Leaves memory after this turn; messages already waiting start it afresh. Of a session it ends the connection. */
  stop(): void;
}

export interface SessionContext<State, Out> extends ActorContext<State> {
  readonly connection: Pick<
    ConnectionPort,
    "id" | "transport" | "remoteAddress" | "remotePort" | "openedAt" | "bytesIn" | "bytesOut"
  >;
  /** Leaves the process in order, with everything else that this step of the loop produced. */
  send(value: Out): void;
  /** Flushes, closes, and brings the `closed` turn with this reason. */
  end(reason: string): void;
}
