// Watches, to be found from both ends.

export type Named = { readonly type: string; readonly key: string };

export interface Watcher extends Named {
  /** Takes the news. */
  readonly method: string;
}

export const nameOf = ({ type, key }: Named): string => `${type}/${key}`;

/** No name of a type has a slash. */
export function namedBy(name: string): Named {
  const end = name.indexOf("/");
  return { type: name.slice(0, end), key: name.slice(end + 1) };
}

const NOBODY: ReadonlySet<string> = new Set();

/** What is known of a pair, by the names of who watches and of who is watched. */
export class WatchIndex<Entry> {
  /** By who is watched, then by who watches. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #watchedBy = new Map<string, Set<string>>();
  count = 0;

  get(watcher: string, watched: string): Entry | undefined {
    return this.#entries.get(watched)?.get(watcher);
  }

  of(watched: string): readonly Entry[] {
    return Array.from(this.#entries.get(watched)?.values() ?? []);
  }

  watchedBy(watcher: string): ReadonlySet<string> {
    return this.#watchedBy.get(watcher) ?? NOBODY;
  }

  /** In place of what there is. */
  set(watcher: string, watched: string, entry: Entry): void {
    const entries = this.#entries.get(watched) ?? new Map<string, Entry>();
    if (!entries.has(watcher)) this.count++;
    this.#entries.set(watched, entries.set(watcher, entry));
    const names = this.#watchedBy.get(watcher) ?? new Set<string>();
    this.#watchedBy.set(watcher, names.add(watched));
  }

  remove(watcher: string, watched: string): void {
    const entries = this.#entries.get(watched);
    if (entries?.delete(watcher) === true) this.count--;
    if (entries?.size === 0) this.#entries.delete(watched);
    const names = this.#watchedBy.get(watcher);
    names?.delete(watched);
    if (names?.size === 0) this.#watchedBy.delete(watcher);
  }

  leave(watcher: string): void {
    for (const watched of Array.from(this.watchedBy(watcher))) this.remove(watcher, watched);
  }
}
