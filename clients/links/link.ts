// A way to the server, or to another player, that carries whole lines or messages, whatever is below it.
import type { MessageGrammar } from "./message-gatherer.ts";

/**
 * `messages`: over TCP, without an end; every other one carries lines. `zeromq`: requests and publications, as
 * `./zeromq-link.ts` writes them as lines.
 */
export type Transport = "tcp" | "tls" | "udp" | "messages" | "zeromq";

export interface LinkTarget {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Of TLS: a certificate in PEM that is trusted besides those of the system. */
  readonly authority?: string;
  /** Of TLS: the name that the certificate must have; without it, the host's. */
  readonly serverName?: string;
  /** Of UDP: its loss is noticed within two seconds. */
  readonly isQuick?: boolean;
  /** Of ZeroMQ: where publications come from; `port` takes requests. */
  readonly publicationsPort?: number;
  /** Of messages: when one is whole. */
  readonly grammar?: MessageGrammar;
}

/** Called in this order: `opened` at most once, then lines, then `lost` once. After `close` nothing is called. */
export interface LinkEvents {
  opened(): void;
  /** Without its ending. */
  received(line: string): void;
  /** For people. Also when it could not be opened. */
  lost(reason: string): void;
}

export interface Link {
  /** Where it ends here; undefined until it is open, and of datagrams. */
  readonly localAddress?: string | undefined;
  /** One line without its ending, once it is open; kept until the network takes it. */
  send(line: string): void;
  close(): void;
}
