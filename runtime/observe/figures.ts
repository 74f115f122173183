// What observe reads of the sockets, declared here by the reader: `net` fits it, and neither imports the other.
import type { SessionView } from "./view.ts";

/** What an operator is shown of a session, and the address of its actor. */
export interface ConnectionFigures extends Omit<SessionView, "actor"> {
  readonly sessionAddress: string;
  end(reason: string): void;
}

export interface UdpFigures {
  readonly datagramsIn: number;
  readonly datagramsOut: number;
  /** Answers of closed ports. */
  readonly refused: number;
  /** The kernel took no more, and too many waited already. */
  readonly dropped: number;
  /** Datagrams of text that were not answered: too long, of too many strangers, or for a session without room. */
  readonly ignored: number;
}

/** What the proxy of publications has done since the node was started. */
export interface PublicationFigures {
  readonly published: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly subscribers: number;
}

export interface ServerFigures {
  /** Of this node as one of the servers. */
  readonly server: {
    readonly role: string;
    readonly rank?: number;
    readonly epoch?: number;
    readonly boundMs?: number;
    readonly steps: number;
  };
  /** Of a node that is the home. */
  readonly broker: { readonly workers: number; readonly waiting: number; readonly running: number } | undefined;
  readonly publications: PublicationFigures | undefined;
}

export interface NetFigures {
  readonly stats: {
    readonly accepted: number;
    readonly bytesIn: number;
    readonly messagesIn: number;
    readonly messagesOut: number;
    readonly pauses: number;
    readonly refused: ReadonlyMap<string, number>;
    readonly ended: ReadonlyMap<string, number>;
    readonly dialFailed: ReadonlyMap<string, number>;
  };
  readonly connections: ReadonlyMap<string, ConnectionFigures>;
  connectionCount(): number;
  /** Bytes the kernel has taken, of closed connections too. */
  bytesOut(): number;
  /** Bytes waiting for peers. */
  outboundBytes(): number;
}
