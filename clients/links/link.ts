// A way to the server that carries whole lines, whatever is below it.

export type Transport = "tcp" | "tls" | "udp";

export interface LinkTarget {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** Of TLS: a certificate in PEM that is trusted besides those of the system. */
  readonly authority?: string;
  /** Of UDP: its loss is noticed within two seconds. */
  readonly isQuick?: boolean;
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
  /** One line without its ending, once it is open; kept until the network takes it. */
  send(line: string): void;
  close(): void;
}
