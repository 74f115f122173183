// Watches of durable actors that wait for their commits: they count from the start, and begin when they are stored.
import type { Gone } from "./context.ts";
import { nameOf } from "./watch-index.ts";

export interface HeldWatch {
  readonly watcher: string;
  /** Who is watched has gone meanwhile. */
  gone: Gone | undefined;
  /** The watcher is told of that by an earlier watch. */
  told: boolean;
}

export class HeldWatches {
  /** By the name of who is watched. */
  readonly #held = new Map<string, Set<HeldWatch>>();
  /** How many of them an actor has. */
  readonly #heldBy = new Map<string, number>();
  count = 0;

  countOf(watcher: string): number {
    return this.#heldBy.get(watcher) ?? 0;
  }

  /** Whose watcher has no news of an earlier watch on their way. */
  untold(watcher: string, watched: string): readonly HeldWatch[] {
    return Array.from(this.#held.get(watched) ?? []).filter((held) => held.watcher === watcher && !held.told);
  }

  add(watcher: string, watched: string): HeldWatch {
    const held: HeldWatch = { watcher, gone: undefined, told: false };
    this.count++;
    this.#heldBy.set(watcher, this.countOf(watcher) + 1);
    this.#held.set(watched, (this.#held.get(watched) ?? new Set()).add(held));
    return held;
  }

  remove(held: HeldWatch, watched: string): void {
    this.count--;
    const left = this.countOf(held.watcher) - 1;
    if (left > 0) this.#heldBy.set(held.watcher, left);
    else this.#heldBy.delete(held.watcher);
    const others = this.#held.get(watched);
    others?.delete(held);
    if (others?.size === 0) this.#held.delete(watched);
  }

  /** Each watcher is told once, at the latest when its watch is stored; those `told` are now. */
  gone(who: Gone, told: Set<string>): void {
    for (const held of this.#held.get(nameOf(who)) ?? []) {
      if (held.gone !== undefined) continue;
      held.gone = who;
      held.told = told.has(held.watcher);
      told.add(held.watcher);
    }
  }
}
