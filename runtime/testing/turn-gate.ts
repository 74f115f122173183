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
  /** Undefined also for what came over a connection. */
  readonly input: unknown;
}

const CALL_LENGTH_MAX = 100;

/** Which of so many, counted from 0. */
export type Pick = (count: number) => number;

export class TurnGate implements RunOrder, TurnProbe {
  /** Whose turns they are. */
  system: ActorSystem | undefined;
  readonly #pick: Pick | undefined;
  readonly #heard: ((what: string) => void) | undefined;
  /** Turns that may still pass. */
  #permits = Number.POSITIVE_INFINITY;
  #ran: RanTurn | undefined;
  #type = 0;
  #key = "";

  /** Without `pick` the actor runs that waits longest, as outside of tests. `heard` is told of turns. */
  constructor(pick: Pick | undefined, heard: ((what: string) => void) | undefined) {
    this.#pick = pick;
    this.#heard = heard;
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
    const isFree = this.#permits === Number.POSITIVE_INFINITY;
    if (isFree && this.#heard === undefined) return;
    this.#permits--;
    const host = this.system?.hosts[this.#type];
    const turn = host?.cells.get(this.#key)?.turn;
    const { methodName = "", envelope } = turn ?? {};
    this.#ran = { type: host?.type.name ?? "", key: this.#key, method: methodName, input: envelope?.input };
    this.#heard?.(shownCall(this.#ran));
  }

  left(): void {
    // Whoever ran stays written down.
  }

  resumed(type: number, key: string): void {
    this.#heard?.(`${this.system?.hosts[type]?.type.name}/${key} goes on`);
  }
}

/** `room/lobby.post("hello")`, at most 100 characters of it. */
export function shownCall({ type, key, method, input }: RanTurn): string {
  const text = `${type}/${key}.${method}(${input === undefined ? "" : JSON.stringify(input)})`;
  return text.length > CALL_LENGTH_MAX ? `${text.slice(0, CALL_LENGTH_MAX - 1)}…` : text;
}
