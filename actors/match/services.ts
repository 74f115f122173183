// What the match actors need from outside: ports of their own for old clients, secrets, times, and where logs go.

import type { PasswordTransport } from "../accounts/password-transport.ts";
import type { MatchLogFile } from "./match-log.ts";

export interface MatchServices extends PasswordTransport {
  /** 32 characters that nobody can guess. */
  secret(): string;
  /** What of a secret is kept: it cannot be turned back. */
  digest(secret: string): string;
  /** A TLS port that serves the session with this key alone; undefined where there can be none now. */
  openSecurePort(owner: string): number | undefined;
  closeSecurePort(owner: string): void;
  /** Connects to this port of a client; where that succeeds, a heartbeat session begins that knows its owner. */
  dialHeartbeat(owner: string, address: string, port: number): void;
  /** Whether this server itself would answer who connects to this address and port. */
  listensAt(address: string, port: number): boolean;
  /** Between two pings, and how long an answer may take. */
  readonly heartbeatMs: number;
  readonly pongMs: number;
  /** Of one turn in a hosted match. */
  readonly turnMs: number;
  readonly log: MatchLogFile;
}

/**
 * Of a modern client, by its silence: when it is pinged, and when it is gone. The same time as an existing one has in
 * all, but pinged earlier, so that on a bad network the answer may take twice as long.
 */
export function signsOfLife({ heartbeatMs, pongMs }: Pick<MatchServices, "heartbeatMs" | "pongMs">) {
  return { pingMs: Math.max(heartbeatMs / 2, heartbeatMs - pongMs), goneMs: heartbeatMs + pongMs };
}
