// What is known of durable watchers: each is told once of whoever goes after it was told that it watches.

interface Named {
  readonly type: string;
  readonly key: string;
}

/** Watches of one watcher on one actor between two times that this goes: one of them brings the news. */
interface Group {
  readonly watcher: string;
  readonly watched: string;
  ids: number[];
  /** No news came of itself: who is watched was open all the time, and the process the same. */
  isClean: boolean;
  /** By which of them it was told. */
  told: number | undefined;
}

/** News of a watch come by a method of its own, as long as there are not more than so many between. */
export const NEWS_SLOTS = 32;

const nameOf = ({ type, key }: Named): string => `${type}/${key}`;

export class NewsBook {
  /** By watcher and watched, those that stand or wait for their commit. */
  readonly #open = new Map<string, Group>();
  /** Of whom they watched is gone. */
  #closed: Group[] = [];
  readonly #promised = new Set<number>();

  begin(watcher: string, watched: Named, id: number, isShut: boolean): void {
    const name = `${watcher} ${nameOf(watched)}`;
    const known = this.#open.get(name);
    if (known === undefined) {
      const group = { watcher, watched: nameOf(watched), ids: [id], isClean: !isShut, told: undefined };
      this.#open.set(name, group);
    } else {
      known.ids.push(id);
      known.isClean &&= !isShut;
    }
  }

  promised(id: number): void {
    this.#promised.add(id);
  }

  gone(who: Named): void {
    const name = nameOf(who);
    for (const [pair, group] of this.#open) {
      if (group.watched !== name) continue;
      this.#open.delete(pair);
      this.#closed.push(group);
    }
  }

  /** What is wrong with that, if something is. */
  told(watcher: string, watched: Named, id: number): string | undefined {
    const name = `${watcher} ${nameOf(watched)}`;
    const open = this.#open.get(name);
    if (open?.ids.includes(id) === true) {
      open.ids = open.ids.slice(open.ids.indexOf(id) + 1);
      // Of one that is shut it is told at once.
      return open.isClean ? `${name}: told before the end` : undefined;
    }
    const groups = this.#closed.filter((each) => each.watcher === watcher && each.watched === nameOf(watched));
    // A watch that nobody heard was stored stands from the next start on, and may bring it.
    const group = groups.find(({ ids }) => ids.includes(id)) ?? groups.find(({ told }) => told === undefined);
    if (group === undefined) return undefined;
    if (group.isClean && group.told !== undefined && group.told !== id) return `${name}: told twice of one end`;
    group.told = id;
    return undefined;
  }

  /** Nothing waits for that watcher, or at it. `hasLetter`: the news of a watch was put aside. */
  quiet(watcher: string, hasLetter: (slot: number) => boolean): readonly string[] {
    const groups = this.#closed.filter((group) => group.watcher === watcher);
    this.#closed = this.#closed.filter((group) => group.watcher !== watcher);
    const untold = groups.filter(
      ({ told, ids }) => told === undefined && !ids.some((id) => hasLetter(id % NEWS_SLOTS)),
    );
    return untold
      .filter(({ ids }) => ids.some((id) => this.#promised.has(id)))
      .map(({ watched, ids }) => `${watcher} was never told that ${watched} went: ${ids}`);
  }

  /** News that waited are gone, and the watches stand. */
  restarted(hasLetter: (watcher: string, slot: number) => boolean): void {
    const untold = this.#closed.filter(
      ({ told, ids, watcher }) => told === undefined && !ids.some((id) => hasLetter(watcher, id % NEWS_SLOTS)),
    );
    this.#closed = [];
    for (const group of untold) {
      const name = `${group.watcher} ${group.watched}`;
      group.ids.push(...(this.#open.get(name)?.ids ?? []));
      this.#open.set(name, group);
    }
    for (const group of this.#open.values()) group.isClean = false;
  }
}
