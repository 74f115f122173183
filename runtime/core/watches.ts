// Who watches whom: whoever is gone for good is told of to those who asked, each once.
import { limits } from "../limits.ts";
import type { WatchingMember, WatchTable } from "./cell-host.ts";
import type { Gone } from "./context.ts";
import type { DurableState } from "./durable-state.ts";
import { RuntimeError } from "./errors.ts";
import type { HeldOutput, PendingChange } from "./group-commit.ts";
import type { StoredWatch } from "./stored.ts";

interface Watcher {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  /** Of a watch whose commit failed: by any of these methods it may be stored, or not at all. */
  readonly doubts?: ReadonlySet<string>;
}

type Named = { readonly type: string; readonly key: string };

/** Of a durable actor: it waits for the commit. */
interface HeldWatch {
  readonly watcher: string;
  /** Who is watched has gone meanwhile. */
  gone: Gone | undefined;
  /** The watcher is told of that by an earlier watch. */
  told: boolean;
}

/** Brings the news; the watcher is woken when it sleeps. */
export type TellGone = (watcher: Watcher, gone: Gone) => void;

export interface WatchHooks {
  readonly tell: TellGone;
  /** Looks first whether the watch stands in the store. */
  readonly tellIfStored: TellGone;
  /** Why an actor of this name cannot be there: a session is gone with its connection. Undefined when it can. */
  missing(who: Named): string | undefined;
}

const nameOf = ({ type, key }: Named): string => `${type}/${key}`;

/** In memory, and for durable watchers in the store too, so that they outlive the process. */
export class Watches implements WatchTable {
  readonly #hooks: WatchHooks;
  /** By the name of who is watched, then of who watches. */
  readonly #watchers = new Map<string, Map<string, Watcher>>();
  readonly #watchedBy = new Map<string, Set<string>>();
  /** Those that wait for the commits of their actors, by the name of who is watched. */
  readonly #held = new Map<string, Set<HeldWatch>>();
  /** How many of them an actor has. */
  readonly #heldBy = new Map<string, number>();
  readonly #watchesMax: number;
  /** Of all actors together, with those that wait for a commit. */
  #count = 0;

  constructor(hooks: WatchHooks, watchesMax: number = limits.watchesMax) {
    this.#hooks = hooks;
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
    for (const watched of Array.from(this.#watchedBy.get(nameOf(who)) ?? [])) this.#remove(nameOf(who), watched);
  }

  gone(who: Gone): void {
    const name = nameOf(who);
    const watchers = this.#watchers.get(name);
    this.#goneMeanwhile(who, new Set(watchers?.keys()));
    for (const watcher of Array.from(watchers?.values() ?? [])) {
      this.#remove(nameOf(watcher), name);
      if (watcher.doubts === undefined) this.#hooks.tell(watcher, who);
      else this.#tellInDoubt(watcher, who);
    }
  }

  /** Of a commit that failed, before what waited for it is discarded. */
  doubt({ type, key, state, watches }: Pick<PendingChange, "type" | "key" | "state" | "watches">): void {
    const name = nameOf({ type, key });
    const isDestroyed = state === undefined;
    if (isDestroyed) for (const watched of this.#watchedBy.get(name) ?? []) this.#doubtKnown(name, watched);
    for (const { watchedType, watchedKey, method, on } of watches) {
      const watched = { type: watchedType, key: watchedKey };
      if (on) this.#beginInDoubt({ type, key, method }, watched);
      else this.#doubtKnown(name, nameOf(watched));
    }
  }

  #doubtKnown(name: string, watched: string): void {
    const watchers = this.#watchers.get(watched);
    const known = watchers?.get(name);
    if (known !== undefined) watchers?.set(name, { ...known, doubts: methodsOf(known) });
  }

  #beginInDoubt(who: Watcher, watched: Named): void {
    const known = this.#watchers.get(nameOf(watched))?.get(nameOf(who));
    const doubted = { ...who, doubts: methodsOf(known).add(who.method) };
    const waiting = Array.from(this.#held.get(nameOf(watched)) ?? []);
    const held = waiting.find(({ watcher, gone }) => watcher === nameOf(who) && gone !== undefined);
    const reason = this.#hooks.missing(watched);
    if (held?.gone !== undefined) this.#tellInDoubt(doubted, held.gone);
    else if (reason !== undefined) this.#tellInDoubt(doubted, { ...watched, reason });
    else this.#add(doubted, watched);
  }

  #tellInDoubt({ type, key, method, doubts }: Watcher, gone: Gone): void {
    for (const each of doubts ?? [method]) this.#hooks.tellIfStored({ type, key, method: each }, gone);
  }

  /** Watches that wait for their commits: each watcher is told once, at the latest when it is stored. */
  #goneMeanwhile(who: Gone, told: Set<string>): void {
    for (const held of this.#held.get(nameOf(who)) ?? []) {
      if (held.gone !== undefined) continue;
      held.gone = who;
      held.told = told.has(held.watcher);
      told.add(held.watcher);
    }
  }

  isWatching(watcher: Named, watched: Named): boolean {
    const name = nameOf(watcher);
    const held = Array.from(this.#held.get(nameOf(watched)) ?? []);
    return (
      this.#watchedBy.get(name)?.has(nameOf(watched)) === true ||
      held.some((each) => each.watcher === name && !each.told)
    );
  }

  /** What an earlier process left. `reason`: why the watched actor is gone since, if it is. */
  restore({ watcherType, watcherKey, watchedType, watchedKey, method }: StoredWatch, reason: string | undefined): void {
    const watcher = { type: watcherType, key: watcherKey, method };
    const watched = { type: watchedType, key: watchedKey };
    if (reason === undefined) this.#add(watcher, watched);
    else this.#hooks.tell(watcher, { ...watched, reason });
  }

  /** What a durable actor watches counts from the start, and begins with its commit. */
  #whenStored(who: Watcher, watched: Named): HeldOutput {
    const held: HeldWatch = { watcher: nameOf(who), gone: undefined, told: false };
    this.#hold(held, nameOf(watched));
    return {
      release: () => {
        this.#letGo(held, nameOf(watched));
        if (held.gone === undefined) this.#begin(who, watched);
        else if (!held.told) this.#hooks.tell(who, held.gone);
      },
      discard: () => this.#letGo(held, nameOf(watched)),
    };
  }

  #hold(held: HeldWatch, watched: string): void {
    this.#count++;
    this.#heldBy.set(held.watcher, (this.#heldBy.get(held.watcher) ?? 0) + 1);
    this.#held.set(watched, (this.#held.get(watched) ?? new Set()).add(held));
  }

  #letGo(held: HeldWatch, watched: string): void {
    this.#count--;
    const left = (this.#heldBy.get(held.watcher) ?? 1) - 1;
    if (left > 0) this.#heldBy.set(held.watcher, left);
    else this.#heldBy.delete(held.watcher);
    const others = this.#held.get(watched);
    others?.delete(held);
    if (others?.size === 0) this.#held.delete(watched);
  }

  #begin(who: Watcher, watched: Named): void {
    const reason = this.#hooks.missing(watched);
    if (reason === undefined) this.#add(who, watched);
    else this.#hooks.tell(who, { ...watched, reason });
  }

  /** What stands against one more; nothing does where it replaces one. */
  #fullFor(watcher: string, watched: string): string | undefined {
    const names = this.#watchedBy.get(watcher);
    if (names?.has(watched) === true) return undefined;
    const count = (names?.size ?? 0) + (this.#heldBy.get(watcher) ?? 0);
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

function methodsOf(known: Watcher | undefined): Set<string> {
  return new Set(known?.doubts ?? (known === undefined ? [] : [known.method]));
}

function named({ type, key }: Named): Named {
  return { type, key };
}

function durableOf(member: WatchingMember): DurableState | undefined {
  return (member as { readonly durable?: DurableState }).durable;
}
