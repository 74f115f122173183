// The Lamport clock of a node: below a ceiling that is stored, from which it goes on after whatever ended the process.
import { limits, RuntimeError } from "#runtime/mod.ts";

import { LamportClock, type LamportProblem } from "./lamport.ts";

/** Undefined once it is received. Rejects with a `RuntimeError` where a leap cannot be stored: then nothing changed. */
export type Received = LamportProblem | undefined | Promise<undefined>;

/** Resolves when it is stored that the clock may come so far; rejects with a `RuntimeError`. */
type StoreCeiling = (ceiling: number) => Promise<unknown>;

/**
 * Never passes the ceiling that is stored, and begins at it after a start: what it has told is never told again. The
 * ceiling is `limits.lamportReserve` ahead, and the next is stored when half of that is left, so that no event waits.
 * Only a message whose clock is beyond the ceiling does: it is received when the new ceiling is stored, not before. If
 * it were answered first, a kill in between would forget a number that somebody has been told.
 */
export class KeptLamportClock {
  #clock = new LamportClock();
  /** All numbers, until it begins: a clock that is kept nowhere. */
  #ceiling = Number.MAX_SAFE_INTEGER;
  #wanted = 0;
  #storing: Promise<void> | undefined;
  #store: StoreCeiling = () => Promise.resolve();

  /** Before any event. `ceiling` was stored last: 0 where none was. Resolves when the next one is. */
  begin(ceiling: number, store: StoreCeiling): Promise<void> {
    this.#clock = new LamportClock(ceiling);
    this.#ceiling = ceiling;
    this.#store = store;
    return this.#raise(ceiling + limits.lamportReserve);
  }

  get now(): number {
    return this.#clock.now;
  }

  /** Throws a `RuntimeError` where no ceiling could be stored for a whole reserve of events. */
  tick(): number {
    if (this.now >= this.#ceiling) {
      throw new RuntimeError(
        "store.failed",
        `Cannot number an event: the logical clock is kept up to ${this.now} only`,
      );
    }
    const now = this.#clock.tick();
    this.#lookAhead();
    return now;
  }

  /** For the number that came with a message of a server. */
  receive(received: unknown): Received {
    return this.#clock.problemOfServer(received) ?? this.#follow(received as number);
  }

  /** For the number that came with a message of a client. */
  receiveOfClient(received: unknown): Received {
    return this.#clock.problemOfClient(received) ?? this.#follow(received as number);
  }

  #follow(received: number): Promise<undefined> | undefined {
    if (Math.max(this.now, received) >= this.#ceiling) return this.#followLeap(received);
    this.#clock.receive(received);
    this.#lookAhead();
    return undefined;
  }

  async #followLeap(received: number): Promise<undefined> {
    await this.#raise(Math.max(this.now, received) + limits.lamportReserve);
    return this.#follow(received);
  }

  #lookAhead(): void {
    if (this.#ceiling - this.now >= limits.lamportReserve / 2 || this.#storing !== undefined) return;
    // Where it fails, the next event tries again.
    this.#raise(this.now + limits.lamportReserve).catch(() => undefined);
  }

  async #raise(ceiling: number): Promise<void> {
    const wanted = Math.min(ceiling, Number.MAX_SAFE_INTEGER);
    this.#wanted = Math.max(this.#wanted, wanted);
    while (this.#ceiling < wanted) {
      this.#storing ??= this.#storeWanted().finally(() => (this.#storing = undefined));
      await this.#storing;
    }
  }

  async #storeWanted(): Promise<void> {
    const ceiling = this.#wanted;
    await this.#store(ceiling);
    this.#ceiling = ceiling;
  }
}
