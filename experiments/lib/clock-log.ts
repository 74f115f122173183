// What one server of the clock experiment says in its log, as far as it matters: where it listens, and who coordinates.

import pino from "pino";

import type { Log } from "#runtime/observe/log.ts";

interface Line {
  readonly level: number;
  /** Of the line that says where it listens. */
  readonly rank?: number;
  readonly port?: number;
  /** Of the one that says what it has become. */
  readonly role?: string;
}

/** By `performance.now()`. */
export interface RoleChange {
  readonly atMs: number;
  readonly isCoordinator: boolean;
}

const ERROR = pino.levels.values["error"] ?? 0;

export class HeardLog implements Log {
  readonly logger = pino({ level: "info", base: null }, { write: (line) => this.#heard(line) });
  readonly roles: RoleChange[] = [];
  readonly errors: string[] = [];
  /** Of its admin endpoint, as it is now; 0 before there is one. */
  readonly endpoint = { port: 0 };
  readonly #listening = Promise.withResolvers<void>();

  /** Resolves when it has an admin endpoint. */
  get listening(): Promise<void> {
    return this.#listening.promise;
  }

  limited(level: "info" | "warn" | "error", reason: string, fields: object): void {
    this.logger[level]({ reason, ...fields });
  }

  #heard(text: string): void {
    const { level, rank, port, role } = JSON.parse(text) as Line;
    if (level >= ERROR) this.errors.push(text.trim());
    if (role !== undefined) this.roles.push({ atMs: performance.now(), isCoordinator: role === "coordinator" });
    if (rank === undefined || port === undefined) return;
    this.endpoint.port = port;
    this.#listening.resolve();
  }
}
