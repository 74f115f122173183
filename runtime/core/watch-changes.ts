// The watches of one durable actor as its turns change them: what becomes part of the next commit.
import type { WatchChange } from "./group-commit.ts";

interface Named {
  readonly type: string;
  readonly key: string;
}

export class WatchChanges {
  /** Changed in the turn that is running, since its last checkpoint. */
  #turn: WatchChange[] = [];

  /** The running turn has changed watches. */
  get any(): boolean {
    return this.#turn.length > 0;
  }

  /** An undefined method ends the watch. */
  set({ type, key }: Named, method: string | undefined): void {
    this.#turn.push({ watchedType: type, watchedKey: key, method: method ?? "", on: method !== undefined });
  }

  /** The running turn's changes become part of this commit. */
  moveTo(commit: { readonly watches: WatchChange[] }): void {
    commit.watches.push(...this.#turn);
    this.#turn = [];
  }

  /** The running turn crashed. */
  dropTurn(): void {
    this.#turn = [];
  }
}
