// The first few of many, in order: kept so while they are looked through, for there may be very many.

/** At most `count` of them, those that come first, in order; of two that are alike the one found first is before. */
export function firstFew<Item>(
  items: Iterable<Item>,
  count: number,
  compare: (left: Item, right: Item) => number,
): Item[] {
  const few: Item[] = [];
  for (const item of items) {
    if (few.length === count && compare(few[count - 1] as Item, item) <= 0) continue;
    let low = 0;
    let high = few.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(few[middle] as Item, item) <= 0) low = middle + 1;
      else high = middle;
    }
    few.splice(low, 0, item);
    if (few.length > count) few.pop();
  }
  return few;
}
