// Connections that this node makes, each for one actor: what answers there is a session that was opened for it.
import { isIP } from "node:net";

import { codeOf } from "../base/code-of.ts";
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Door, Pairing } from "./connection-host.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { DialledSocket } from "./dialled-socket.ts";

export interface DiallerOptions {
  /** What is spoken there; `openedFor` is added to it. */
  readonly pairing: Pairing;
  /** Whoever is dialled takes a place there as if he had come by himself. */
  readonly table: ConnectionTable;
}

/** As others name what the kernel says. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "refused"],
  ["ECONNRESET", "reset"],
  ["ETIMEDOUT", "timeout"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
]);

/**
 * Nobody is told of an attempt that fails: `NetStats.dialFailed` counts it by reason (`refused`, `reset`, `timeout`,
 * `unreachable`, `too_many`, `bad_address`, `failed`).
 */
export class Dialler {
  readonly #options: DiallerOptions;
  readonly #attempts = new Map<string, Attempt>();

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  /** Attempts on their way. */
  get count(): number {
    return this.#attempts.size;
  }

  /**
   * Makes a session whose `openedFor` is this owner as soon as the address (a number, not a name) answers, within
   * `dialMs`. Does nothing while an attempt of this owner is on its way, and while the node drains.
   */
  dial(owner: string, address: string, port: number): void {
    const { pairing, table } = this.#options;
    if (table.draining || this.#attempts.has(owner)) return;
    if (this.#attempts.size >= limits.diallingMax) return table.stats.countDialFailed("too_many");
    if (isIP(address) === 0) return table.stats.countDialFailed("bad_address");
    const owned: Pairing = { ...pairing, openedFor: owner };
    const door: Door = { transport: "tcp", choose: () => owned, speaksFirst: true };
    const over = (): boolean => this.#attempts.delete(owner);
    try {
      this.#attempts.set(owner, new Attempt({ address, port, door, table, over }));
    } catch {
      table.stats.countDialFailed("failed");
    }
  }
}

interface AttemptOptions {
  readonly address: string;
  readonly port: number;
  readonly door: Door;
  readonly table: ConnectionTable;
  /** It is on its way no more. */
  readonly over: () => void;
}

class Attempt implements TimerOwner {
  readonly #options: AttemptOptions;
  readonly #timer = new Timer(this);
  readonly #socket: DialledSocket;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#socket = new DialledSocket(options.address, options.port, this);
    options.table.wheel.arm(this.#timer, limits.dialMs);
  }

  opened(): void {
    const { table, door } = this.#options;
    this.#end();
    table.admit(this.#socket, door);
  }

  notOpened(error: Error | undefined): void {
    this.#end();
    this.#options.table.stats.countDialFailed(REASONS.get(codeOf(error)) ?? "failed");
  }

  timerFired(): void {
    this.#end();
    this.#socket.giveUp();
    this.#options.table.stats.countDialFailed("timeout");
  }

  #end(): void {
    this.#options.table.wheel.disarm(this.#timer);
    this.#options.over();
  }
}
