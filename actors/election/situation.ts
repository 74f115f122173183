// What the parts of one server's election share: the time, the known servers, the memory, and what is to be done.
import { NO_EPOCH } from "./epoch.ts";
import { Members } from "./members.ts";
import type { Answer, Effect, ElectionMemory, Reason, Refusal, Request } from "./messages.ts";
import { Presence } from "./presence.ts";
import type { ElectionTimes } from "./times.ts";

export interface ElectionOptions {
  /** This server's, unique among the known. */
  readonly name: string;
  readonly times: ElectionTimes;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** As it was last to be remembered; undefined: it is lost, or there never was one. */
  readonly memory: ElectionMemory | undefined;
  /** By the monotonic clock that all later times are by. */
  readonly nowMs: number;
}

const NO_MEMORY: ElectionMemory = { promised: NO_EPOCH, ownCounter: undefined, accepted: undefined };

export class Situation {
  readonly name: string;
  readonly times: ElectionTimes;
  readonly random: () => number;
  readonly presence: Presence;
  members: Members;
  nowMs: number;
  /** Of the last change of role. */
  reason: Reason = "silent";
  #memory: ElectionMemory;
  #isRemembered = true;
  #effects: Effect[] = [];

  constructor({ name, times, random, memory = NO_MEMORY, nowMs }: ElectionOptions) {
    this.name = name;
    this.times = times;
    this.random = random;
    this.presence = new Presence(times);
    this.members = new Members(name, []);
    this.nowMs = nowMs;
    this.#memory = memory;
  }

  get memory(): ElectionMemory {
    return this.#memory;
  }

  remember(change: Partial<ElectionMemory>): void {
    this.#memory = { ...this.#memory, ...change };
    this.#isRemembered = false;
  }

  ask(to: string, message: Request): void {
    this.emit({ kind: "ask", to, message, sentAtMs: this.nowMs });
  }

  reply(message: Answer): void {
    this.emit({ kind: "reply", message });
  }

  refuse(reason: Refusal, from: string): void {
    this.emit({ kind: "refused", reason, from });
  }

  /** Nothing is said that rests on what is not remembered. */
  emit(effect: Effect): void {
    this.#rememberNow();
    this.#effects.push(effect);
  }

  takeEffects(): readonly Effect[] {
    this.#rememberNow();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #rememberNow(): void {
    if (this.#isRemembered) return;
    this.#isRemembered = true;
    this.#effects.push({ kind: "remember", memory: this.#memory });
  }
}
