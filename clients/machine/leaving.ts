// The end of the program: what is to be done first is waited for, goodbye is said, and neither for ever.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "./actions.ts";

/** A person wants to go; a pipe wants everything to be done first. */
export type Leaver = "person" | "pipe";

export interface LeavingParts {
  readonly actions: Actions;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** A pipe waits so long; a person for a second. */
  readonly finishWithinMs: number;
  /** Says goodbye to the server, which then lets go. */
  readonly goodbye: () => void;
  /** One line about what would be left undone by who leaves now; undefined where nothing would. */
  readonly undone: (who: Leaver) => string | undefined;
}

interface Leave {
  readonly who: Leaver;
  readonly exitCode: number;
  readonly untilMs: number;
}

const LEAVE_WITHIN_MS = 1_000;

export class Leaving {
  readonly #parts: LeavingParts;
  #leave: Leave | undefined;
  #hasSaidGoodbye = false;

  constructor(parts: LeavingParts) {
    this.#parts = parts;
  }

  get wakeAtMs(): number {
    return this.#leave?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** Undefined: nobody. */
  get who(): Leaver | undefined {
    return this.#leave?.who;
  }

  /** The server has our goodbye. */
  get hasSaidGoodbye(): boolean {
    return this.#hasSaidGoodbye;
  }

  /** A person who says it twice does not want to wait. */
  begin(who: Leaver, exitCode: number): void {
    const wasPerson = this.#leave?.who === "person";
    if (wasPerson && who === "pipe") return;
    const { clock, finishWithinMs } = this.#parts;
    const waitMs = who === "person" ? LEAVE_WITHIN_MS : finishWithinMs;
    this.#leave = { who, exitCode, untilMs: clock.monotonicMs() + waitMs };
    if (wasPerson) this.#finish(this.#leave);
  }

  /** Goodbye is said when nothing is left to be done. A person who has nobody to say it to just goes. */
  goOn(isConnected: boolean): void {
    if (this.#leave === undefined || this.#hasSaidGoodbye) return;
    const { who } = this.#leave;
    if (who === "person" && !isConnected) return this.#finish(this.#leave);
    if (this.#parts.undone(who) !== undefined) return;
    this.#hasSaidGoodbye = true;
    this.#parts.goodbye();
  }

  /** The server has said goodbye too, or is gone. True when that is the end. */
  left(): boolean {
    if (this.#hasSaidGoodbye && this.#leave !== undefined) this.#finish(this.#leave);
    return this.#hasSaidGoodbye;
  }

  woken(nowMs: number): void {
    if (this.#leave !== undefined && nowMs >= this.#leave.untilMs) this.#finish(this.#leave);
  }

  #finish({ who, exitCode }: Leave): void {
    const { actions, undone } = this.#parts;
    const left = this.#hasSaidGoodbye ? undefined : undone(who);
    if (left !== undefined) actions.print(left);
    actions.add({ kind: "finish", exitCode: left === undefined ? exitCode : exitCode || 1 });
  }
}
