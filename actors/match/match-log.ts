// What is written down of players and matches: `[2021-06-20 15:50:03] Client connected from ip …`.
import { localSeconds } from "../commands/local-time.ts";
import type { EndReason } from "./lines.ts";
import type { Kind } from "./match-schemas.ts";

interface Client {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

interface LoggedMatch {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
}

/** `append` takes a line with its newline. Times are Unix milliseconds. */
export class MatchLog {
  readonly #file: { append(line: string): void };

  constructor(file: { append(line: string): void }) {
    this.#file = file;
  }

  listening(port: number, unixMs: number): void {
    this.#write(unixMs, `Server started listening in port ${port}`);
  }

  shuttingDown(unixMs: number): void {
    this.#write(unixMs, "Server shutting down");
  }

  connected({ remoteAddress, remotePort }: Client, unixMs: number): void {
    this.#write(unixMs, `Client connected from ip ${remoteAddress} and port ${remotePort}`);
  }

  disconnected({ remoteAddress, remotePort }: Client, reason: string, unixMs: number): void {
    this.#write(unixMs, `Client disconnected from ip ${remoteAddress} and port ${remotePort} (${reason})`);
  }

  loggedIn(name: string, { remoteAddress }: Client, unixMs: number): void {
    this.#write(unixMs, `User '${name}' successfully logged in from ip ${remoteAddress}`);
  }

  resumed(name: string, { remoteAddress }: Client, unixMs: number): void {
    this.#write(unixMs, `User '${name}' successfully resumed from ip ${remoteAddress}`);
  }

  loginFailed(name: string, why: string, { remoteAddress }: Client, unixMs: number): void {
    this.#write(unixMs, `User '${name}' failed to log in from ip ${remoteAddress} (${why})`);
  }

  loggedOut(name: string, unixMs: number): void {
    this.#write(unixMs, `User '${name}' logged out`);
  }

  /** `name` is empty where nobody is logged in. */
  heartbeatMissed(name: string, { remoteAddress }: Client, unixMs: number): void {
    const who = name === "" ? "Client" : `User '${name}'`;
    this.#write(unixMs, `${who} disconnected from ip ${remoteAddress}: heartbeat missed`);
  }

  matchStarted({ id, host, guest }: LoggedMatch, kind: Kind, unixMs: number): void {
    this.#write(unixMs, `Match ${id} started between '${host}' and '${guest}' (${kind})`);
  }

  /** `winner` is empty where there is none. */
  matchEnded(
    { id, host, guest, winner, reason }: LoggedMatch & { readonly winner: string; readonly reason: EndReason },
    unixMs: number,
  ): void {
    const result = winner === "" ? "no winner" : `winner '${winner}'`;
    this.#write(unixMs, `Match ${id} ended between '${host}' and '${guest}': ${result} (${reason})`);
  }

  #write(unixMs: number, text: string): void {
    this.#file.append(`[${localSeconds(unixMs)}] ${text}\n`);
  }
}
