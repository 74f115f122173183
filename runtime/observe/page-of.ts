// A page cut from the items that are left: whoever has one more than the limit knows that another page follows.
import type { Page } from "./view.ts";

export function pageOf<Item>(rest: readonly Item[], limit: number, cursorOf: (item: Item) => string): Page<Item> {
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const more = last !== undefined && items.length < rest.length;
  return { items, ...(more ? { next: cursorOf(last) } : {}) };
}
