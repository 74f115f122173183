// Chance, and what handlers do by it, in tests of all that there is at once: two things a turn, and turns apart.
import { createRandom, type Random } from "../base/random.ts";
import type { ActorContext, DurableContext, SessionContext } from "./context.ts";

export interface Counted {
  turns: number;
}

/** What actors of every kind have, and what some of them have besides. */
export type Self = ActorContext<Counted> & Partial<DurableContext<Counted>> & Partial<SessionContext<Counted, unknown>>;
export type Deed = (self: Self) => unknown;

/** How often, among all, it is chosen; and what is done. */
export type Act = readonly [weight: number, act: () => unknown];

export const KEYS = ["1", "2", "3"];
/** Types of the actors that are not sessions. */
export const KINDS = ["plain", "stored", "book"] as const;
export const METHODS = ["write", "look"] as const;
type Method = (typeof METHODS)[number];

interface Inside {
  write: number;
  look: number;
}

export class Chaos {
  /** What must not happen and did. */
  readonly wrong: string[] = [];
  /** From now on handlers do nothing. */
  calm = false;
  handled = 0;
  /** Of the definitions that the node runs: one more with each start. An owner with an earlier one was overtaken. */
  version = 1;
  readonly #random: Random;
  /** By actor: handlers that are between their beginning and their end. */
  readonly #inside = new Map<string, Inside>();

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  /** The same, until all is to come to its end. */
  trouble(share: number): boolean {
    return !this.calm && this.chance(share);
  }

  below(most: number): number {
    return Math.floor(this.#random.next() * most);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  get whom() {
    return { type: this.pick(KINDS), key: this.pick(KEYS) };
  }

  /** What ran before ends nowhere. */
  restarted(): void {
    this.version++;
    this.#inside.clear();
  }

  /** Does two of the deeds, unless this is an owner that was overtaken. */
  async handle(turn: { readonly type: string; readonly kind: Method; readonly version: number }, about: Handling) {
    const { version } = turn;
    if (this.calm || version !== this.version) return;
    this.handled++;
    const inside = this.#enter(`${turn.type}/${about.self.key}`, turn.kind);
    try {
      if (turn.kind === "write") about.self.state.turns++;
      for (let count = 0; count < 2; count++) {
        await this.pick(about.deeds)(about.self);
        if (version !== this.version) await new Promise(() => undefined);
      }
    } finally {
      inside[turn.kind]--;
    }
  }

  #enter(name: string, kind: Method): Inside {
    const inside = this.#inside.get(name) ?? { write: 0, look: 0 };
    this.#inside.set(name, inside);
    if (inside.write > 0 || (kind === "write" && inside.look > 0))
      this.wrong.push(`${name}: a ${kind} in another turn`);
    inside[kind]++;
    return inside;
  }
}

interface Handling {
  readonly self: Self;
  readonly deeds: readonly Deed[];
}
