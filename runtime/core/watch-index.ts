// Watches, to be found from both ends.
import { FewMap } from "../base/few-map.ts";

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

const NOBODY = new FewMap<string, true>();

/** What is known of a pair, by the names of who watches and of who is watched: nearly always one and one. */
export class WatchIndex<Entry> {
  /** By who is watched, then by who watches. */
  readonly #entries = new Map<string, FewMap<string, Entry>>();
  readonly #watchedBy = new Map<string, FewMap<string, true>>();
  count = 0;

  get(watcher: string, watched: string): Entry | undefined {
    return this.#entries.get(watched)?.get(watcher);
  }

  of(watched: string): readonly Entry[] {
    return Array.from(this.#entries.get(watched)?.values() ?? []);
  }

  watchedBy(watcher: string): Pick<FewMap<string, true>, "has" | "keys" | "size"> {
    return this.#watchedBy.get(watcher) ?? NOBODY;
  }

  /** In place of what there is. */
  set(watcher: string, watched: string, entry: Entry): void {
    const entries = this.#entries.get(watched) ?? new FewMap<string, Entry>();
    if (!entries.has(watcher)) this.count++;
    this.#entries.set(watched, entries.set(watcher, entry));
    const names = this.#watchedBy.get(watcher) ?? new FewMap<string, true>();
    this.#watchedBy.set(watcher, names.set(watched, true));
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
    for (const watched of Array.from(this.watchedBy(watcher).keys())) this.remove(watcher, watched);
  }
}
