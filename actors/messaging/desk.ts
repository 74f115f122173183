// What requests are served with: what is kept, the clocks of the server, and where each no is counted.
import type { ReadContext } from "#runtime/mod.ts";

import type { MessagingStore } from "./messaging-store.ts";

export type ClockProblem = "bad_clock" | "clock_from_future";

/** One for the whole server. */
export interface RequestClocks {
  /**
   * Logical time. Where `receive` has a problem with what came, nothing has changed; it takes its time where that has
   * to be stored, and rejects with a `RuntimeError` where it cannot be.
   */
  readonly lamport: {
    receive(received: unknown): ClockProblem | undefined | Promise<ClockProblem | undefined>;
    tick(): number;
  };
  /** Hybrid logical time, as text. */
  readonly hybrid: {
    receive(received: unknown): ClockProblem | undefined;
    tick(): string;
  };
  /** `HH:MM:SS`, three hours behind UTC. */
  timeText(): string;
}

export interface Desk {
  readonly store: MessagingStore;
  readonly clocks: RequestClocks;
  /** The context of the actor that serves will do. */
  readonly counters: Pick<ReadContext<unknown>, "countRefusal">;
}
