// The messaging services on a simulated node: requests as clients send them, and all that was published.
import { SteppedSystem } from "#runtime/testing/mod.ts";

import type { ClockProblem, Desk, RequestClocks } from "./desk.ts";
import { LocalStore } from "./local-store.ts";
import { createMessagingTypes } from "./messaging-catalog.ts";
import type { MessagingStore } from "./messaging-store.ts";
import { type Reply, serve } from "./serve.ts";

/** Whatever is as large is too far ahead. */
export const FUTURE = 1_000_000;

/** Logical time as Lamport has it; hybrid time is `h` and a number. */
export class TestClocks implements RequestClocks {
  #lamport = 0;
  #hybrid = 0;
  readonly lamport = {
    receive: (received: unknown): ClockProblem | undefined => {
      const refused = problemOf(received);
      if (refused === undefined) this.#lamport = Math.max(this.#lamport, received as number) + 1;
      return refused;
    },
    tick: () => ++this.#lamport,
  };
  readonly hybrid = {
    receive: (received: unknown): ClockProblem | undefined => {
      const refused = problemOf(Number(/^h(\d+)$/.exec(String(received))?.[1] ?? -1));
      if (refused === undefined) this.#hybrid = Math.max(this.#hybrid, Number(String(received).slice(1))) + 1;
      return refused;
    },
    tick: () => `h${++this.#hybrid}`,
  };

  timeText(): string {
    return "09:11:00";
  }
}

export class TestDesk implements Desk {
  /** Reasons, in the order they were counted. */
  readonly counted: string[] = [];
  readonly counters = { countRefusal: (reason: string) => void this.counted.push(reason) };
  readonly store: MessagingStore;
  readonly clocks: TestClocks;

  constructor(store: MessagingStore, clocks = new TestClocks()) {
    this.store = store;
    this.clocks = clocks;
  }
}

export class MessagingNode {
  readonly published: string[] = [];
  readonly stepped: SteppedSystem;
  readonly desk: TestDesk;

  constructor() {
    const clocks = new TestClocks();
    const publications = { send: (text: string) => void this.published.push(text) };
    this.stepped = new SteppedSystem(Object.values(createMessagingTypes({ publications }, clocks.lamport)));
    this.desk = new TestDesk(new LocalStore(this.stepped), clocks);
  }

  /** The reply, once all has run that can without time passing; an error says why there is none. */
  async ask(service: string, data: Readonly<Record<string, unknown>> = {}): Promise<Reply["data"]> {
    return (await this.send({ service, data })).data;
  }

  async send(request: unknown): Promise<Reply> {
    const outcome = await this.stepped.outcome(serve(this.desk, request));
    if (outcome.kind === "answered") return outcome.value;
    throw new Error(outcome.kind === "failed" ? outcome.code : outcome.kind);
  }

  /** Users and channels that are there from the beginning. */
  async with({
    users = [],
    channels = [],
  }: {
    users?: readonly string[];
    channels?: readonly string[];
  }): Promise<this> {
    for (const user of users) await this.ask("login", { user });
    for (const channel of channels) await this.ask("channel", { channel });
    return this;
  }
}

function problemOf(received: unknown): ClockProblem | undefined {
  if (!Number.isSafeInteger(received) || (received as number) < 0) return "bad_clock";
  return (received as number) >= FUTURE ? "clock_from_future" : undefined;
}
