// Hot. Where a ref points, and in which turn it was made: what is delivered finds its actor here.
import type { Cell } from "./cell.ts";
import type { DurableState } from "./durable-state.ts";
import type { Turn } from "./turn.ts";
import type { TypeHost } from "./type-host.ts";

export class Address {
  readonly host: TypeHost;
  readonly key: string;
  readonly #madeIn: Turn | undefined;
  #cell: Cell | undefined = undefined;

  constructor(host: TypeHost, key: string, madeIn: Turn | undefined) {
    this.host = host;
    this.key = key;
    this.#madeIn = madeIn;
  }

  get type(): string {
    return this.host.type.name;
  }

  get name(): string {
    return `${this.host.type.name}/${this.key}`;
  }

  /** The turn that calls: the one it was made in, or, for a ref that was kept, the one its actor runs now. */
  get caller(): Turn | undefined {
    const turn = this.#madeIn;
    return turn === undefined || turn.live ? turn : callerOfKept(turn);
  }

  /** Where the turn it was made in is over and no other runs: its actor, as long as that has changes to be stored. */
  get uncommitted(): DurableState | undefined {
    const durable = this.#madeIn?.cell.durable;
    return durable?.clean === false ? durable : undefined;
  }

  /** The actor, when it is in memory. */
  get cell(): Cell | undefined {
    if (this.#cell === undefined || this.#cell.gone) this.#cell = this.host.cells.get(this.key);
    return this.#cell;
  }

  /** The actor, brought into memory as an empty mailbox when it is not there. */
  start(): Cell {
    return (this.#cell = this.host.start(this.key));
  }
}

/** Of reads that wait side by side nobody knows which one it is. */
function callerOfKept(madeIn: Turn): Turn | undefined {
  if (madeIn.abandoned) madeIn.throwOver();
  const { turn, reads } = madeIn.cell as Cell;
  return turn ?? (reads?.next === undefined ? reads : undefined);
}
