// The Lamport clock of a node: below a ceiling that is stored, from which it goes on after whatever ended the process.
import { limits, RuntimeError } from "#runtime/mod.ts";

import { LamportClock, type LamportProblem } from "./lamport.ts";

/** Undefined once it is received. Rejects with a `RuntimeError` where a leap cannot be stored: then nothing changed. */
export type Received = LamportProblem | undefined | Promise<LamportProblem | undefined>;

/** Resolves when it is stored that the clock may come so far; rejects with a `RuntimeError`. */
type StoreCeiling = (ceiling: number) => Promise<unknown>;

/** Of a server that has joined: a message to its home and the reply to it. Rejects with a `RuntimeError`. */
type Exchange = () => Promise<unknown>;

/**
 * Never passes the ceiling that is stored, and begins at it after a start: what it has told is never told again. The
 * ceiling is `limits.lamportReserve` ahead, and the next is stored when half of that is left, so that no event waits.
 * Only a message whose clock is beyond the ceiling does: it is received when the new ceiling is stored, not before. If
 * it were answered first, a kill in between would forget a number that somebody has been told.
 *
 * A server that has joined refuses nobody before it has heard its home, and tells it of a leap before that is answered:
 * so all servers are near enough to their home's clock, and to each other, whatever one of them was told.
 */
export class KeptLamportClock {
  #clock = new LamportClock();
  /** All numbers, until it begins: a clock that is kept nowhere. */
  #ceiling = Number.MAX_SAFE_INTEGER;
  #wanted = 0;
  #storing: Promise<void> | undefined;
  #store: StoreCeiling = () => Promise.resolve();
  readonly #exchange: Exchange | undefined;
  /** Of strangers, without asking the home. */
  #agreedMax = 0;

  constructor(exchange?: Exchange) {
    this.#exchange = exchange;
  }

  /**
   * Before any event. `ceiling` was stored last: 0 where none was. Resolves when the next one is; rejects where that
   * fails, and has begun all the same: it numbers nothing until one can be stored.
   */
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
      this.#lookAhead();
      throw new RuntimeError(
        "store.failed",
        `Cannot number an event: the logical clock is kept up to ${this.now} only`,
      );
    }
    const now = this.#clock.tick();
    this.#lookAhead();
    return now;
  }

  /** For the number that came with a message of its home, or of a server that has joined. */
  receive(received: unknown): Received {
    return this.#clock.problemOf(received) ?? this.#follow(received as number);
  }

  /** For the number that came with a message of a client. */
  receiveOfClient(received: unknown): Received {
    return this.#receiveOfStranger(received, limits.lamportClientStepMax);
  }

  /** For the number that came with a message of somebody who may be a server. */
  receiveOfPeer(received: unknown): Received {
    return this.#receiveOfStranger(received, limits.lamportPeerStepMax);
  }

  /** Where it has joined: its home has received this clock, and this one the home's; or it cannot be reached now. */
  async agree(): Promise<void> {
    try {
      await this.#exchange?.();
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
    }
    this.#agreedMax = this.now + limits.lamportAgreeAfter;
  }

  #receiveOfStranger(received: unknown, stepMax: number): Received {
    const problem = this.#clock.problemOfStranger(received, stepMax);
    if (problem === "bad_clock") return problem;
    const time = received as number;
    if (this.#exchange !== undefined && time > this.#agreedMax) return this.#receiveAgreed(time, stepMax);
    return problem ?? this.#follow(time);
  }

  async #receiveAgreed(received: number, stepMax: number): Promise<LamportProblem | undefined> {
    await this.agree();
    const problem = this.#clock.problemOfStranger(received, stepMax);
    if (problem !== undefined) return problem;
    await this.#follow(received);
    await this.agree();
    return undefined;
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
