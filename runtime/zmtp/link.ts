// One address that a socket dials: again whenever it is lost, each time after a longer wait, until it is told to stop.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Door, Pairing } from "../net/connection-host.ts";
import { type DialEvents, DialledSocket } from "../net/dialled-socket.ts";
import type { ZmtpContext } from "./context.ts";

interface LinkOptions {
  readonly host: string;
  readonly port: number;
  readonly pairing: Pairing;
  readonly context: ZmtpContext;
}

/** Waits are drawn from the upper half, so that those who lost the same server do not all come back at once. */
export class Link implements TimerOwner, DialEvents {
  readonly #options: LinkOptions;
  readonly #door: Door;
  readonly #timer = new Timer(this);
  /** On its way. */
  #attempt: DialledSocket | undefined;
  #openedMs = 0;
  #failures = 0;
  #isStopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#door = { transport: "tcp", choose: () => options.pairing, speaksFirst: true };
    this.#dial();
  }

  /** A connection that is open stays so. */
  stop(): void {
    this.#isStopped = true;
    this.#table.wheel.disarm(this.#timer);
    this.#attempt?.giveUp();
  }

  /** An attempt takes too long, or it is time for one. */
  timerFired(): void {
    if (this.#attempt === undefined) return this.#dial();
    this.#attempt.giveUp();
    this.notOpened();
  }

  opened(): void {
    const socket = this.#attempt as DialledSocket;
    this.#attempt = undefined;
    this.#table.wheel.disarm(this.#timer);
    this.#openedMs = this.#table.clock.monotonicMs();
    this.#table.admit(socket, this.#door);
  }

  notOpened(): void {
    this.#attempt = undefined;
    this.#dialLater();
  }

  /** One that did not last counts as a failure: whoever is turned away at once does not come back at once. */
  closed(): void {
    const livedMs = this.#table.clock.monotonicMs() - this.#openedMs;
    if (livedMs >= limits.zmtpRedialMaxMs) this.#failures = 0;
    this.#dialLater();
  }

  #dial(): void {
    const { host, port } = this.#options;
    this.#attempt = new DialledSocket(host, port, this);
    this.#table.wheel.arm(this.#timer, limits.dialMs);
  }

  #dialLater(): void {
    if (this.#isStopped) return;
    const waitMs = Math.min(limits.zmtpRedialMs * 2 ** this.#failures++, limits.zmtpRedialMaxMs);
    this.#table.wheel.arm(this.#timer, waitMs * (1 - this.#options.context.random.next() / 2));
  }

  get #table(): ZmtpContext["table"] {
    return this.#options.context.table;
  }
}
