// Watches that a commit was to begin or end when it failed: whether they stand, nobody knows until the store is asked.
import type { Gone } from "./context.ts";
import { type Named, nameOf, WatchIndex } from "./watch-index.ts";
import type { WatchInquiries } from "./watch-inquiries.ts";

export interface Doubt {
  readonly watcher: Named;
  readonly watched: Named;
  /** By which it may stand; one that is stored by another is an earlier one, whose news are on their way. */
  readonly methods: ReadonlySet<string>;
  /** Who is watched has gone meanwhile. */
  gone: Gone | undefined;
  /** The watch was set again after that. */
  stays: boolean;
}

type IsHeld = (watcher: string, watched: string) => boolean;

export class WatchDoubts {
  readonly #inquiries: WatchInquiries;
  /** A commit is under way that will decide it. */
  readonly #isHeld: IsHeld;
  /** The watch stands in the store, by this method, and no longer here. */
  readonly #stands: (doubt: Doubt, method: string) => void;
  readonly #index = new WatchIndex<Doubt>();

  constructor(inquiries: WatchInquiries, isHeld: IsHeld, stands: (doubt: Doubt, method: string) => void) {
    this.#inquiries = inquiries;
    this.#isHeld = isHeld;
    this.#stands = stands;
  }

  get count(): number {
    return this.#index.count;
  }

  countOf(watcher: string): number {
    return this.#index.watchedBy(watcher).size;
  }

  get(watcher: string, watched: string): Doubt | undefined {
    return this.#index.get(watcher, watched);
  }

  /** In place of one that there is. False where the store cannot be asked any more. */
  add(doubt: Doubt): boolean {
    const [watcher, watched] = [nameOf(doubt.watcher), nameOf(doubt.watched)];
    const settle = (method: string | undefined): void => {
      if (this.#index.get(watcher, watched) !== doubt) return;
      if (this.#isHeld(watcher, watched) && this.#inquiries.ask(watcher, watched, settle)) return;
      this.#index.remove(watcher, watched);
      if (method !== undefined && doubt.methods.has(method)) this.#stands(doubt, method);
    };
    if (!this.#inquiries.ask(watcher, watched, settle)) return false;
    this.#index.set(watcher, watched, doubt);
    return true;
  }

  /** A commit has decided it. */
  drop(watcher: string, watched: string): void {
    this.#index.remove(watcher, watched);
  }

  /** Nobody watches any more. */
  leave(watcher: string): void {
    this.#index.leave(watcher);
  }

  gone(who: Gone): void {
    for (const doubt of this.#index.of(nameOf(who))) {
      doubt.gone ??= who;
      doubt.stays = false;
    }
  }
}
