// What a connection stands between: its socket on one side, what all connections of a node share on the other.
import type { Clock } from "../base/clock.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { ConnectionPort, SessionOf, SessionPort } from "../core/ports.ts";
import { FRAME_MAGIC_BYTES } from "../wire/frame-header.ts";
import type { Protocol } from "../wire/protocol.ts";
import type { DeadlineSettings } from "./connection-deadlines.ts";
import type { PausableSocket } from "./connection-reader.ts";
import type { ByteOutlet, MemoryBudget } from "./connection-writer.ts";
import type { NetStats } from "./net-stats.ts";
import type { OutboundArena } from "./outbound-arena.ts";
import type { ReadTurns } from "./read-turns.ts";

/** A connection never writes to its socket except through its writer. */
export interface ConnectionSocket extends ByteOutlet, PausableSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Who hears what happens on it. */
  data: SocketEvents | undefined;
  /** Sends FIN; the peer may go on sending. */
  shutdown(): void;
  /** Frees the socket; the kernel goes on delivering what it has taken. */
  close(): void;
  /** Resets the connection; what the kernel has taken and not delivered is lost. */
  terminate(): void;
}

/** Who hears what happens on a socket. */
export interface SocketEvents {
  /** TLS only, before anything else: the handshake is over, for better or worse. */
  handshaken?(success: boolean): void;
  received(chunk: Buffer): void;
  /** The socket takes bytes again. */
  drained(): void;
  /** The peer has sent FIN: it may still read. */
  peerFinished(): void;
  /** The socket is closed, by us or not. */
  socketClosed(): void;
  /** A handler of this socket threw: a bug of ours, which must not leave a session behind. */
  failed(error: Error): void;
}

export interface StepParticipant {
  /** The turns of this step are over. */
  stepEnded(): void;
  /** `stepEnded` threw: a bug of ours, which must not keep others from writing. */
  failed(error: Error): void;
}

/** A connection that octets go out on as they are. */
export interface StreamPort extends ConnectionPort {
  /** Bytes that the peer has not taken. */
  readonly outboundBytes: number;
  /** As `send`, of a message that is encoded already: its octets must stay as they are. */
  write(octets: Uint8Array, start: number, end: number): void;
  /** Offers the kernel now what would leave at the end of this step. */
  flush(): void;
}

/** What hears what comes over a connection: an actor of this type, or what `open` makes. */
export interface SessionMaker {
  readonly name: string;
  readonly open?: (connection: StreamPort) => SessionPort;
}

/** What a table keeps, whatever carries it. */
export interface OpenConnection extends ConnectionPort {
  readonly sessionAddress: string;
  /** Bytes that wait for the peer. */
  readonly outboundBytes: number;
  /** Not read from at the moment. */
  readonly paused: boolean;
  /** As its pairing says. */
  readonly drainsLast?: boolean;
  /** Reads nothing more; ends when everything read is answered. */
  shutDown(): void;
  /** Deadlines were changed: ends where it is late by the new ones. */
  lookAgain(): void;
  /** Ends at once. Returns whether anything was lost by that. */
  abort(reason: string): boolean;
}

export interface ConnectionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly stats: NetStats;
  readonly arena: OutboundArena;
  readonly budget: MemoryBudget;
  readonly readTurns: ReadTurns;
  readonly deadlines: DeadlineSettings & { readonly lingerMs: number };
  openSession(type: SessionMaker, connection: ConnectionPort): SessionPort;
  /** A socket has something: the loop has looked. */
  loopTurned(): void;
  /** `stepEnded` is to be called once, when the turns of this step are over. */
  touched(connection: StepParticipant): void;
  failed(connection: ConnectionPort, error: Error): void;
  /** The socket is closed. `admittedFrom`: where it was let in, if that may not be where it is now. */
  closed(connection: ConnectionPort, reason: string, admittedFrom?: string): void;
}

/** A protocol, and the session type that speaks it. */
export interface Pairing {
  readonly protocol: Protocol<never, never>;
  readonly session: SessionMaker;
  /** Called with each socket that it serves, before anything is read. */
  readonly chosenBy?: (socket: object) => void;
  /**
   * Silence after which its connections end, in place of that of all others; infinite = they are never idle. Where the
   * protocol has a ping: after which the peer is pinged.
   */
  readonly idleMs?: number;
  /** The key of the actor that its connections are opened for; their `openedFor`. */
  readonly openedFor?: string;
  /** In a drain its connections are read from until all others are closed: those need what they bring. */
  readonly drainsLast?: boolean;
}

/** The one that a peer has chosen, who that is, and what carries it. */
export interface Spoken extends Pairing {
  readonly transport: "tcp" | "tls";
  /** As they were when the socket was let in: to ask the socket again costs two system calls. */
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * What a peer is served with that sends this octet first. Undefined = it has sent none: then only the protocol's
 * refusals and farewells are used, unless the server speaks first.
 */
export type PairingChoice = (firstOctet: number | undefined) => Pairing;

/** What the sockets of one listener stand before. */
export interface Door {
  readonly transport: "tcp" | "tls";
  readonly choose: PairingChoice;
  /** The session begins as soon as there is a connection (over TLS: has shaken hands), not with the first octet. */
  readonly speaksFirst?: boolean;
}

export function createPairing<In, Out>(protocol: Protocol<In, Out>, session: SessionOf<In, Out>): Pairing {
  return { protocol: protocol as Protocol<never, never>, session };
}

/** Frames begin with an octet that no text does. */
export function framesOrText(frames: Pairing, text: Pairing): PairingChoice {
  return (firstOctet) => (firstOctet === FRAME_MAGIC_BYTES[0] ? frames : text);
}
