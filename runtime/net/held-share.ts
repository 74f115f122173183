// What one connection holds of bytes that were read and not handled, as its share in the budget of all.
import type { SessionPort } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { ConnectionReader } from "./connection-reader.ts";
import type { MemoryBudget } from "./connection-writer.ts";

export class HeldShare {
  readonly #reader: ConnectionReader;
  readonly #session: SessionPort;
  readonly #budget: MemoryBudget;
  #bytes = 0;

  constructor(reader: ConnectionReader, session: SessionPort, budget: MemoryBudget) {
    this.#reader = reader;
    this.#session = session;
    this.#budget = budget;
  }

  /**
   * Counts anew. True when all connections together hold too much, and this one is among those whose peers do not read:
   * of these some must go before memory does.
   */
  tooMuch(stuck: boolean): boolean {
    this.#set(this.#reader.heldBytes + this.#session.mailbox.bytes);
    return stuck && this.#bytes > 0 && this.#budget.heldBytes > limits.inboundTotalBytes;
  }

  /** The connection is gone. */
  giveBack(): void {
    this.#set(0);
  }

  #set(bytes: number): void {
    this.#budget.heldBytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }
}
