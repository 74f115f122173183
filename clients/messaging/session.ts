// A user's dealings with the messaging server: the connection and its losses, the login, requests and subscriptions.
import { LamportClock } from "#actors/clocks/lamport.ts";
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { createTags } from "../chat/tags.ts";
import type { Actions, Happening } from "../machine/actions.ts";
import { Lifeline } from "../machine/lifeline.ts";
import { Requests } from "./requests.ts";
import type { Reply } from "./server-line.ts";
import { type SubscriptionEvents, Subscriptions } from "./subscriptions.ts";

export interface SessionEvents extends SubscriptionEvents {
  /** `isAgain`: after a loss. */
  connected(isAgain: boolean): void;
  /** Said once, however often it fails; it is tried until somebody answers. `wasConnected`: ever. */
  lost(wasConnected: boolean, reason: string, waitMs: number): void;
  loggedIn(reply: Reply): void;
  notLoggedIn(why: string): void;
}

export interface SessionParts {
  readonly actions: Actions;
  readonly clock: Pick<Clock, "monotonicMs" | "unixMs">;
  readonly random: Random;
  readonly events: SessionEvents;
}

export class Session {
  readonly requests: Requests;
  readonly subscriptions: Subscriptions;
  readonly #parts: SessionParts;
  readonly #lifeline: Lifeline;
  #user: string | undefined;
  #wasConnected = false;
  #isAway = false;

  constructor(parts: SessionParts) {
    const { actions, clock, random, events } = parts;
    const lamport = new LamportClock();
    this.#parts = parts;
    this.#lifeline = new Lifeline({ actions, clock, random });
    this.requests = new Requests({ actions, clock, lamport, nextId: createTags(clock, random) });
    this.subscriptions = new Subscriptions({ actions, requests: this.requests, clock, lamport, events });
  }

  /** Who has logged in. */
  get user(): string | undefined {
    return this.#user;
  }

  get isConnected(): boolean {
    return this.#lifeline.isOpen;
  }

  /** All that was asked is answered, and all that was published is shown. */
  get isSettled(): boolean {
    return this.isConnected && this.requests.count === 0 && this.subscriptions.isCaughtUp;
  }

  get wakeAtMs(): number {
    return Math.min(this.#lifeline.wakeAtMs, this.subscriptions.wakeAtMs);
  }

  /** The inbox of whoever logs in is followed; that of whoever was here before is not any more. */
  logIn(user: string): void {
    const { events } = this.#parts;
    this.requests.ask(
      "login",
      { user },
      {
        done: ({ reply }) => {
          const isOther = user !== this.#user;
          if (this.#user !== undefined && isOther) this.subscriptions.unfollow({ kind: "user", name: this.#user });
          this.#user = user;
          events.loggedIn(reply);
          if (isOther) this.subscriptions.follow({ kind: "user", name: user });
        },
        refused: (why) => events.notLoggedIn(why),
      },
    );
  }

  take(happening: Happening): void {
    if (happening.kind === "opened") this.#opened();
    else if (happening.kind === "received") this.#received(happening.line);
    else if (happening.kind === "lost") this.#lost(happening.reason);
    else if (happening.kind === "woken") this.#woken();
  }

  #opened(): void {
    const isAgain = this.#wasConnected;
    this.#lifeline.opened();
    this.#wasConnected = true;
    this.#isAway = false;
    this.#parts.events.connected(isAgain);
    this.requests.opened();
    this.subscriptions.opened();
    if (this.#user !== undefined) this.#logInAgain(this.#user);
  }

  /** Where the server has forgotten its users, it is told. */
  #logInAgain(user: string): void {
    const refused = (why: string): void => this.#parts.events.notLoggedIn(why);
    this.requests.ask("login", { user }, { done: () => undefined, refused });
  }

  #received(line: string): void {
    if (line.startsWith("{")) this.requests.received(line);
    else this.subscriptions.received(line);
  }

  #lost(reason: string): void {
    this.requests.lost();
    this.subscriptions.lost();
    const waitMs = this.#lifeline.lost();
    if (!this.#isAway) this.#parts.events.lost(this.#wasConnected, reason, waitMs);
    this.#isAway = true;
  }

  #woken(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#lifeline.woken(nowMs)) this.#lost("ninguém atende");
    if (this.isConnected) this.subscriptions.woken(nowMs);
  }
}
