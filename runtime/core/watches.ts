// Who watches whom: whoever is gone for good is told of to those who asked, each once.
import { limits } from "../limits.ts";
import type { WatchingMember, WatchTable } from "./cell-host.ts";
import type { Gone } from "./context.ts";
import type { DurableState } from "./durable-state.ts";
import { RuntimeError } from "./errors.ts";
import type { HeldOutput } from "./group-commit.ts";
import type { StoredWatch } from "./stored.ts";

interface Watcher {
  readonly type: string;
  readonly key: string;
  readonly method: string;
}

type Named = { readonly type: string; readonly key: string };

/** Brings the news; the watcher is woken when it sleeps. */
export type TellGone = (watcher: Watcher, gone: Gone) => void;

const nameOf = ({ type, key }: Named): string => `${type}/${key}`;

/** In memory, and for durable watchers in the store too, so that they outlive the process. */
export class Watches implements WatchTable {
  readonly #tell: TellGone;
  /** Why an actor of this name cannot be there: a session is gone with its connection. Undefined when it can. */
  readonly #missing: (who: Named) => string | undefined;
  /** By the name of who is watched, then of who watches. */
  readonly #watchers = new Map<string, Map<string, Watcher>>();
  readonly #watchedBy = new Map<string, Set<string>>();
  /** How many watches of an actor wait for its commit. */
  readonly #held = new Map<string, number>();
  readonly #watchesMax: number;
  /** Of all actors together, with those that wait for a commit. */
  #count = 0;

  constructor(tell: TellGone, missing: (who: Named) => string | undefined, watchesMax: number = limits.watchesMax) {
    this.#tell = tell;
    this.#missing = missing;
    this.#watchesMax = watchesMax;
  }

  watch(watcher: WatchingMember, watched: Named, method: string): void {
    const who = { type: watcher.host.type.name, key: watcher.key, method };
    const why = this.#fullFor(nameOf(who), nameOf(watched));
    if (why !== undefined) {
      watcher.host.stats.countRejected("actor.limit_reached");
      throw new RuntimeError("actor.limit_reached", `Cannot watch "${nameOf(watched)}": ${why}, the limit`);
    }
    const durable = durableOf(watcher);
    if (durable === undefined) return this.#begin(who, watched);
    if (durable.full !== undefined) throw durable.full;
    durable.hold(this.#whenStored(who, () => this.#begin(who, watched)));
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
    for (const watched of Array.from(this.#watchedBy.get(nameOf(who)) ?? [])) this.#remove(nameOf(who), watched);
  }

  gone(who: Gone): void {
    const name = nameOf(who);
    const watchers = this.#watchers.get(name);
    for (const watcher of Array.from(watchers?.values() ?? [])) {
      this.#remove(nameOf(watcher), name);
      this.#tell(watcher, who);
    }
  }

  /** What an earlier process left. `reason`: why the watched actor is gone since, if it is. */
  restore({ watcherType, watcherKey, watchedType, watchedKey, method }: StoredWatch, reason: string | undefined): void {
    const watcher = { type: watcherType, key: watcherKey, method };
    const watched = { type: watchedType, key: watchedKey };
    if (reason === undefined) this.#add(watcher, watched);
    else this.#tell(watcher, { ...watched, reason });
  }

  /** What a durable actor watches counts from the start, and begins with its commit. */
  #whenStored(who: Named, begin: () => void): HeldOutput {
    const name = nameOf(who);
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    this.#count++;
    const count = (): void => {
      this.#count--;
      const left = (this.#held.get(name) ?? 1) - 1;
      if (left > 0) this.#held.set(name, left);
      else this.#held.delete(name);
    };
    return { release: () => (count(), begin()), discard: count };
  }

  #begin(who: Watcher, watched: Named): void {
    const reason = this.#missing(watched);
    if (reason === undefined) this.#add(who, watched);
    else this.#tell(who, { ...named(watched), reason });
  }

  /** What stands against one more; nothing does where it replaces one. */
  #fullFor(watcher: string, watched: string): string | undefined {
    const names = this.#watchedBy.get(watcher);
    if (names?.has(watched) === true) return undefined;
    const count = (names?.size ?? 0) + (this.#held.get(watcher) ?? 0);
    if (count >= limits.watchesPerActorMax) return `"${watcher}" watches ${count} actors`;
    return this.#count >= this.#watchesMax ? `the actors of this node watch ${this.#count} others` : undefined;
  }

  #add(watcher: Watcher, watched: Named): void {
    const watchers = this.#watchers.get(nameOf(watched)) ?? new Map<string, Watcher>();
    if (!watchers.has(nameOf(watcher))) this.#count++;
    this.#watchers.set(nameOf(watched), watchers.set(nameOf(watcher), watcher));
    const names = this.#watchedBy.get(nameOf(watcher)) ?? new Set<string>();
    this.#watchedBy.set(nameOf(watcher), names.add(nameOf(watched)));
  }

  #remove(watcher: string, watched: string): void {
    const watchers = this.#watchers.get(watched);
    if (watchers?.delete(watcher) === true) this.#count--;
    if (watchers?.size === 0) this.#watchers.delete(watched);
    const names = this.#watchedBy.get(watcher);
    names?.delete(watched);
    if (names?.size === 0) this.#watchedBy.delete(watcher);
  }
}

function named({ type, key }: Named): Named {
  return { type, key };
}

function durableOf(member: WatchingMember): DurableState | undefined {
  return (member as { readonly durable?: DurableState }).durable;
}
