// Pings, which measure how far somebody is: those to the server notice that it is dead as well; others go to a peer.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "../machine/actions.ts";
import { DelayMeter } from "./delay-meter.ts";
import { PEER_PING_EVERY_MS } from "./limits.ts";

const NEVER = Number.POSITIVE_INFINITY;

export class ServerPing {
  readonly meter = new DelayMeter();
  readonly #actions: Actions;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #count = 0;
  #sentAtMs = 0;

  constructor(actions: Actions, clock: Pick<Clock, "monotonicMs">) {
    this.#actions = actions;
    this.#clock = clock;
  }

  /** Of a new connection, what was measured of the one before says nothing. */
  opened(): void {
    this.meter.clear();
    this.send();
  }

  send(): void {
    this.#count++;
    this.#sentAtMs = this.#clock.monotonicMs();
    this.#actions.add({ kind: "send", link: "main", line: `ping;${this.#count}` });
  }

  /** Answers to earlier ones are not measured: only the latest one's time is known. */
  answered(text: string): void {
    if (text === String(this.#count)) this.meter.add(this.#clock.monotonicMs() - this.#sentAtMs);
  }
}

/** One is under way at a time, since they have no names; a late pong is a long delay. */
export class PeerPing {
  readonly meter = new DelayMeter();
  readonly #actions: Actions;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #sentAtMs: number | undefined;
  #nextAtMs = NEVER;

  constructor(actions: Actions, clock: Pick<Clock, "monotonicMs">) {
    this.#actions = actions;
    this.#clock = clock;
  }

  get wakeAtMs(): number {
    return this.#nextAtMs;
  }

  /** Where both began at once, each would find the other busy: one is first. */
  opened(isFirst: boolean): void {
    this.meter.clear();
    if (isFirst) this.#send();
    else this.#nextAtMs = this.#clock.monotonicMs() + PEER_PING_EVERY_MS / 2;
  }

  received(message: string): void {
    if (message === "ping") this.#actions.add({ kind: "send", link: "ping", line: "pong" });
    if (message !== "pong" || this.#sentAtMs === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    this.meter.add(nowMs - this.#sentAtMs);
    this.#sentAtMs = undefined;
    this.#nextAtMs = nowMs + PEER_PING_EVERY_MS;
  }

  /** What was measured stays. */
  lost(): void {
    this.#sentAtMs = undefined;
    this.#nextAtMs = NEVER;
  }

  woken(nowMs: number): void {
    if (nowMs >= this.#nextAtMs) this.#send();
  }

  #send(): void {
    this.#sentAtMs = this.#clock.monotonicMs();
    this.#nextAtMs = NEVER;
    this.#actions.add({ kind: "send", link: "ping", line: "ping" });
  }
}
