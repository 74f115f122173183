// What is written down of players and matches: events, and their lines: `[2021-06-20 15:50:03] Client connected …`.
import { asField, type ClientEvents } from "../commands/client-events.ts";
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

/** `append` takes a line with its newline. */
export interface MatchLogFile extends ClientEvents {
  append(line: string): void;
}

type Fields = Readonly<Record<string, string | number>>;

/** Times are Unix milliseconds. */
export class MatchLog {
  readonly #file: MatchLogFile;

  constructor(file: MatchLogFile) {
    this.#file = file;
  }

  listening(port: number, unixMs: number): void {
    this.#write(unixMs, `Server started listening in port ${port}`, "match.listening", { port });
  }

  shuttingDown(unixMs: number): void {
    this.#write(unixMs, "Server shutting down", "match.shutting_down", {});
  }

  connected(client: Client, unixMs: number): void {
    const { remoteAddress, remotePort } = client;
    const line = `Client connected from ip ${remoteAddress} and port ${remotePort}`;
    this.#write(unixMs, line, "match.connected", addressOf(client));
  }

  disconnected(client: Client, why: string, unixMs: number): void {
    const { remoteAddress, remotePort } = client;
    const line = `Client disconnected from ip ${remoteAddress} and port ${remotePort} (${why})`;
    this.#write(unixMs, line, "match.disconnected", { ...addressOf(client), why });
  }

  loggedIn(user: string, client: Client, unixMs: number): void {
    const line = `User '${user}' successfully logged in from ip ${client.remoteAddress}`;
    this.#write(unixMs, line, "match.logged_in", { user, ...addressOf(client) });
  }

  resumed(user: string, client: Client, unixMs: number): void {
    const line = `User '${user}' successfully resumed from ip ${client.remoteAddress}`;
    this.#write(unixMs, line, "match.resumed", { user, ...addressOf(client) });
  }

  loginFailed(user: string, why: string, client: Client, unixMs: number): void {
    const line = `User '${user}' failed to log in from ip ${client.remoteAddress} (${why})`;
    this.#write(unixMs, line, "match.login_failed", { user, ...addressOf(client), why });
  }

  loggedOut(user: string, unixMs: number): void {
    this.#write(unixMs, `User '${user}' logged out`, "match.logged_out", { user });
  }

  /** `user` is empty where nobody is logged in. */
  heartbeatMissed(user: string, client: Client, unixMs: number): void {
    const who = user === "" ? "Client" : `User '${user}'`;
    const line = `${who} disconnected from ip ${client.remoteAddress}: heartbeat missed`;
    this.#write(unixMs, line, "match.heartbeat_missed", { user, ...addressOf(client) });
  }

  matchStarted({ id, host, guest }: LoggedMatch, kind: Kind, unixMs: number): void {
    const line = `Match ${id} started between '${host}' and '${guest}' (${kind})`;
    this.#write(unixMs, line, "match.started", { id, host, guest, kind });
  }

  /** `winner` is empty where there is none. */
  matchEnded(
    { id, host, guest, winner, reason }: LoggedMatch & { readonly winner: string; readonly reason: EndReason },
    unixMs: number,
  ): void {
    const result = winner === "" ? "no winner" : `winner '${winner}'`;
    const line = `Match ${id} ended between '${host}' and '${guest}': ${result} (${reason})`;
    this.#write(unixMs, line, "match.ended", { id, host, guest, winner, why: reason });
  }

  #write(unixMs: number, line: string, reason: string, fields: Fields): void {
    this.#file.append(`[${localSeconds(unixMs)}] ${line}\n`);
    this.#file.event?.(reason, () => shown(fields));
  }
}

function addressOf({ remoteAddress, remotePort }: Client): Fields {
  return { address: `${remoteAddress}:${remotePort}` };
}

/** Names come from clients. */
function shown(fields: Fields): Fields {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? asField(value) : value]));
}
