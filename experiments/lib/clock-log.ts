// What one server of the clock experiment says in its log, as far as it matters: where it listens, and who coordinates.

import { systemClock } from "#runtime/base/clock.ts";
import type { LogEntry } from "#runtime/observe/log-view.ts";
import { createLog } from "#runtime/observe/log.ts";

/** By `performance.now()`. */
export interface RoleChange {
  readonly atMs: number;
  readonly isCoordinator: boolean;
}

export class HeardLog {
  readonly log = createLog("info", systemClock, { stderr: false });
  readonly roles: RoleChange[] = [];
  readonly errors: string[] = [];
  /** Of its admin endpoint, as it is now; 0 before there is one. */
  readonly endpoint = { port: 0 };
  readonly #listening = Promise.withResolvers<void>();

  constructor() {
    this.log.view.subscribe((entry) => this.#heard(entry));
  }

  /** Resolves when it has an admin endpoint. */
  get listening(): Promise<void> {
    return this.#listening.promise;
  }

  /** The line that says where it listens has its rank and port; the one that says what it has become, its role. */
  #heard({ level, text, fields }: LogEntry): void {
    const { rank, port, role } = fields;
    if (level === "error" || level === "fatal") this.errors.push(`${text} ${JSON.stringify(fields)}`);
    if (role !== undefined) this.roles.push({ atMs: performance.now(), isCoordinator: role === "coordinator" });
    if (rank === undefined || typeof port !== "number") return;
    this.endpoint.port = port;
    this.#listening.resolve();
  }
}
