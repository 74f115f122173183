// Who watches whom: whoever is gone for good is told of to those who asked, each once.
import { limits } from "../limits.ts";
import type { WatchingMember, WatchTable } from "./cell-host.ts";
import type { Gone } from "./context.ts";
import type { DurableState } from "./durable-state.ts";
import { RuntimeError } from "./errors.ts";
import type { HeldOutput, PendingChange, WatchChange } from "./group-commit.ts";
import { HeldWatches } from "./held-watches.ts";
import type { StoredWatch } from "./stored.ts";
import { type Doubt, WatchDoubts } from "./watch-doubts.ts";
import { type Named, namedBy, nameOf, type Watcher, WatchIndex } from "./watch-index.ts";
import type { WatchInquiries } from "./watch-inquiries.ts";

export interface WatchParts {
  /** Brings the news; the watcher is woken when it sleeps. */
  readonly tell: (watcher: Watcher, gone: Gone) => void;
  /** Why an actor of this name cannot be there: a session is gone with its connection. Undefined when it can. */
  readonly missing: (who: Named) => string | undefined;
  readonly inquiries: WatchInquiries;
}

/** In memory, and for durable watchers in the store too, so that they outlive the process. */
export class Watches implements WatchTable {
  readonly #parts: WatchParts;
  readonly #standing = new WatchIndex<Watcher>();
  readonly #held = new HeldWatches();
  readonly #doubts: WatchDoubts;
  readonly #watchesMax: number;

  constructor(parts: WatchParts, watchesMax: number = limits.watchesMax) {
    this.#parts = parts;
    this.#watchesMax = watchesMax;
    const isHeld = (by: string, watched: string): boolean => this.#held.untold(by, watched).length > 0;
    this.#doubts = new WatchDoubts(parts.inquiries, isHeld, ({ watcher, watched, gone, stays }, method) => {
      const who = { ...watcher, method };
      if (gone !== undefined) parts.tell(who, gone);
      if (gone === undefined || stays) this.#begin(who, watched);
    });
  }

  watch(watcher: WatchingMember, watched: Named, method: string): void {
    const who = { type: watcher.host.type.name, key: watcher.key, method };
    const why = this.#fullFor(nameOf(who), nameOf(watched));
    if (why !== undefined) {
      watcher.host.stats.countRejected("actor.limit_reached");
      throw new RuntimeError("actor.limit_reached", `Cannot watch "${nameOf(watched)}": ${why}, the limit`);
    }
    const durable = durableOf(watcher);
    if (durable === undefined) return this.#begin(who, named(watched));
    if (durable.full !== undefined) throw durable.full;
    durable.hold(this.#whenStored(who, named(watched)));
    durable.watches.set(watched, method);
  }

  unwatch(watcher: WatchingMember, watched: Named): void {
    const name = nameOf({ type: watcher.host.type.name, key: watcher.key });
    const durable = durableOf(watcher);
    if (durable === undefined) return this.#remove(name, nameOf(watched));
    durable.holdMore({ release: () => this.#remove(name, nameOf(watched)), discard: () => undefined });
    durable.watches.set(watched, undefined);
  }

  leave(who: Named): void {
    this.#standing.leave(nameOf(who));
    this.#doubts.leave(nameOf(who));
  }

  gone(who: Gone): void {
    const watchers = this.#standing.of(nameOf(who));
    this.#held.gone(who, new Set(watchers.map(nameOf)));
    this.#doubts.gone(who);
    for (const watcher of watchers) {
      this.#standing.remove(nameOf(watcher), nameOf(who));
      this.#parts.tell(watcher, who);
    }
  }

  bringAgain(watcher: Watcher, gone: Gone): boolean {
    return this.#parts.inquiries.ask(nameOf(watcher), nameOf(gone), (method) => {
      if (method === watcher.method) this.#parts.tell(watcher, gone);
    });
  }

  isWatching(watcher: Named, watched: Named): boolean {
    const names = [nameOf(watcher), nameOf(watched)] as const;
    const isDecided = this.#standing.get(...names) !== undefined || this.#doubts.get(...names) !== undefined;
    return isDecided || this.#held.untold(...names).length > 0;
  }

  /** What an earlier process left. `reason`: why the watched actor is gone since, if it is. */
  restore({ watcherType, watcherKey, watchedType, watchedKey, method }: StoredWatch, reason: string | undefined): void {
    const watcher = { type: watcherType, key: watcherKey, method };
    const watched = { type: watchedType, key: watchedKey };
    if (reason === undefined) this.#standing.set(nameOf(watcher), nameOf(watched), watcher);
    else this.#parts.tell(watcher, { ...watched, reason });
  }

  /** Of a commit that failed, and may be stored all the same; before what waited for it is discarded. */
  doubt({ type, key, state, watches }: Pick<PendingChange, "type" | "key" | "state" | "watches">): void {
    const watcher = { type, key };
    const isDestroyed = state === undefined;
    const left = isDestroyed ? Array.from(this.#standing.watchedBy(nameOf(watcher)).keys()) : [];
    for (const watched of left) this.#doubtPair(watcher, namedBy(watched));
    for (const { watchedType, watchedKey, method, on } of lastOfEach(watches)) {
      const watched = { type: watchedType, key: watchedKey };
      if (on) this.#doubtBegun({ type, key, method }, watched);
      else if (this.#standing.get(nameOf(watcher), nameOf(watched)) !== undefined) this.#doubtPair(watcher, watched);
    }
  }

  /** Where one stood before, one stands either way; and who is told already need not be told again. */
  #doubtBegun(who: Watcher, watched: Named): void {
    const names = [nameOf(who), nameOf(watched)] as const;
    const untold = this.#held.untold(...names);
    if (untold.length === 0 || this.#standing.get(...names) !== undefined) return;
    const gone = untold.find((held) => held.gone !== undefined)?.gone;
    const stays = untold.some((held) => held.gone === undefined);
    this.#doubtPair(who, watched, { method: who.method, gone, stays });
  }

  #doubtPair({ type, key }: Named, watched: Named, begun?: Pick<Doubt, "gone" | "stays"> & { method: string }): void {
    const watcher = { type, key };
    const names = [nameOf(watcher), nameOf(watched)] as const;
    const before = this.#doubts.get(...names);
    const methods = new Set(before?.methods);
    for (const method of [this.#standing.get(...names)?.method, begun?.method]) {
      if (method !== undefined) methods.add(method);
    }
    const gone = before?.gone ?? begun?.gone;
    const stays = begun?.stays ?? before?.stays ?? false;
    if (this.#doubts.add({ watcher, watched, methods, gone, stays })) this.#standing.remove(...names);
  }

  /** What a durable actor watches begins with its commit. */
  #whenStored(who: Watcher, watched: Named): HeldOutput {
    const held = this.#held.add(nameOf(who), nameOf(watched));
    return {
      release: () => {
        this.#held.remove(held, nameOf(watched));
        this.#doubts.drop(nameOf(who), nameOf(watched));
        if (held.gone === undefined) this.#begin(who, watched);
        else if (!held.told) this.#parts.tell(who, held.gone);
      },
      discard: () => this.#held.remove(held, nameOf(watched)),
    };
  }

  #begin(who: Watcher, watched: Named): void {
    const reason = this.#parts.missing(watched);
    if (reason === undefined) this.#standing.set(nameOf(who), nameOf(watched), who);
    else this.#parts.tell(who, { ...watched, reason });
  }

  #remove(watcher: string, watched: string): void {
    this.#standing.remove(watcher, watched);
    this.#doubts.drop(watcher, watched);
  }

  /** What stands against one more; nothing does where it replaces one. */
  #fullFor(watcher: string, watched: string): string | undefined {
    const names = this.#standing.watchedBy(watcher);
    if (names.has(watched) || this.#doubts.get(watcher, watched) !== undefined) return undefined;
    const count = names.size + this.#held.countOf(watcher) + this.#doubts.countOf(watcher);
    if (count >= limits.watchesPerActorMax) return `"${watcher}" watches ${count} actors`;
    const all = this.#standing.count + this.#held.count + this.#doubts.count;
    return all >= this.#watchesMax ? `the actors of this node watch ${all} others` : undefined;
  }
}

function lastOfEach(changes: readonly WatchChange[]): Iterable<WatchChange> {
  const last = new Map(changes.map((change) => [nameOf({ type: change.watchedType, key: change.watchedKey }), change]));
  return last.values();
}

function named({ type, key }: Named): Named {
  return { type, key };
}

function durableOf(member: WatchingMember): DurableState | undefined {
  return (member as { readonly durable?: DurableState }).durable;
}
