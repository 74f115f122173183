// The gate in front of the turns of a stepped system: all may pass, or one at a time, and who passed is written down.
import type { TurnProbe } from "../core/ports.ts";
import type { RunOrder } from "../core/scheduler.ts";
import type { ActorSystem } from "../core/system.ts";
import { limits } from "../limits.ts";

/** A turn that began. */
export interface RanTurn {
  readonly type: string;
  readonly key: string;
  readonly method: string;
}

/** Which of so many, counted from 0. */
export type Pick = (count: number) => number;

export class TurnGate implements RunOrder, TurnProbe {
  /** Whose turns they are. */
  system: ActorSystem | undefined;
  readonly #pick: Pick | undefined;
  /** Turns that may still pass. */
  #permits = Number.POSITIVE_INFINITY;
  #ran: RanTurn | undefined;
  #type = 0;
  #key = "";

  /** Without `pick` the actor runs that waits longest, as outside of tests. */
  constructor(pick: Pick | undefined) {
    this.#pick = pick;
  }

  /** The turn that `letOne` let pass, if one did. */
  get ran(): RanTurn | undefined {
    return this.#ran;
  }

  get turnsPerSlice(): number {
    return this.#pick === undefined && this.#permits > 1 ? limits.turnsPerSlice : 1;
  }

  readonly choose = (ready: number): number => {
    if (this.#permits === 0) return -1;
    return this.#pick === undefined ? 0 : this.#pick(ready);
  };

  letOne(): void {
    this.#permits = 1;
    this.#ran = undefined;
  }

  letAll(): void {
    this.#permits = Number.POSITIVE_INFINITY;
  }

  letNone(): void {
    this.#permits = 0;
  }

  entered(type: number, key: string): void {
    this.#type = type;
    this.#key = key;
  }

  turn(): void {
    if (this.#permits === Number.POSITIVE_INFINITY) return;
    this.#permits--;
    const host = this.system?.hosts[this.#type];
    const method = host?.cells.get(this.#key)?.turn?.methodName ?? "";
    this.#ran = { type: host?.type.name ?? "", key: this.#key, method };
  }

  left(): void {
    // Whoever ran stays written down.
  }
}
