// Messages of one place: each once and in order, whatever way they come.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { createRandom } from "#runtime/base/random.ts";

import { Feed, type Shown } from "./feed.ts";
import { FIRST_HISTORY, HELD_MAX, HISTORY_PAGE } from "./limits.ts";

interface Numbered {
  readonly number: number;
}

const numbers = (shown: readonly Shown<Numbered>[]): readonly (number | string)[] =>
  shown.map((each) => (each.kind === "message" ? each.message.number : `gap of ${each.count}`));

/** Of a place that has been shown up to `seen`. */
function feedAt(seen: number): Feed<Numbered> {
  const feed = new Feed<Numbered>();
  feed.opened(0, "main", undefined, false);
  for (let number = 1; number <= seen; number++) feed.take({ number }, "main");
  return feed;
}

function takes(feed: Feed<Numbered>, ...list: readonly number[]): readonly (number | string)[] {
  return list.flatMap((number) => numbers(feed.take({ number }, "main")));
}

describe("a place", () => {
  test("that is new to us begins with its latest messages", () => {
    const feed = new Feed<Numbered>();
    expect(takes(feed, 101)).toEqual([]);
    feed.opened(100, "main", undefined, false);
    expect(feed.wants).toBe(100 - FIRST_HISTORY);
  });

  test("shows what comes live as it comes", () => {
    expect(takes(feedAt(2), 3, 4)).toEqual([3, 4]);
  });

  test("shows nothing twice", () => {
    expect(takes(feedAt(3), 2, 3, 4, 4, 1)).toEqual([4]);
  });

  test("holds what comes too early, asks for what is before it, and shows all in order", () => {
    const feed = feedAt(3);
    expect(takes(feed, 6, 5)).toEqual([]);
    expect(feed.wants).toBe(3);
    feed.asked();
    expect(feed.wants).toBeUndefined();
    expect(feed.page(3, 6, "main", false)).toEqual([]);
    expect(takes(feed, 4, 5, 6)).toEqual([4, 5, 6]);
    expect(feed.isCaughtUp).toBe(true);
  });

  test("takes the page behind a join, and a live line that came before it", () => {
    const feed = feedAt(3);
    expect(takes(feed, 7)).toEqual([]);
    feed.opened(6, "main", 3, true);
    expect(takes(feed, 4, 5, 6)).toEqual([4, 5, 6, 7]);
    expect(feed.isCaughtUp).toBe(true);
  });

  test("is not taken for another when a live line came before the reply to the join", () => {
    const feed = feedAt(3);
    expect(takes(feed, 4)).toEqual([4]);
    expect(feed.opened(3, "main", 3, true)).toBe(false);
    expect(feed.isCaughtUp).toBe(true);
  });

  test("asks for the next page when a join's is not enough", () => {
    const feed = feedAt(1);
    feed.opened(HISTORY_PAGE + 5, "main", 1, true);
    for (let number = 2; number <= HISTORY_PAGE; number++) takes(feed, number);
    expect(feed.wants).toBeUndefined();
    expect(takes(feed, HISTORY_PAGE + 1)).toEqual([HISTORY_PAGE + 1]);
    expect(feed.wants).toBe(HISTORY_PAGE + 1);
  });

  test("says how many are kept no more", () => {
    const feed = feedAt(3);
    feed.opened(12, "main", 3, true);
    expect(takes(feed, 10, 11, 12)).toEqual(["gap of 6", 10, 11, 12]);
  });

  test("goes on behind what is kept no more, when nothing else is there", () => {
    const feed = feedAt(3);
    takes(feed, 7);
    feed.asked();
    expect(numbers(feed.page(0, 3, "main", false))).toEqual(["gap of 3", 7]);
  });

  test("loses nothing that came only after the question to which the answer was nothing", () => {
    const feed = feedAt(3);
    feed.asked();
    takes(feed, 5);
    expect(feed.page(0, 3, "main", false)).toEqual([]);
    expect(feed.wants).toBe(3);
  });

  test("whose numbers begin anew is shown from its beginning", () => {
    const feed = feedAt(40);
    expect(feed.opened(2, "main", 40, true)).toBe(true);
    expect(feed.wants).toBe(0);
    feed.asked();
    feed.page(2, 2, "main", false);
    expect(takes(feed, 1, 2, 3)).toEqual([1, 2, 3]);
  });

  test("shows again what a person wants to see again, and new ones once", () => {
    const feed = feedAt(5);
    feed.page(2, 5, "main", true);
    expect(takes(feed, 4, 5, 5, 6)).toEqual([4, 5, 6]);
  });

  test("holds so many and no more, and asks for the rest", () => {
    const feed = feedAt(0);
    const last = HELD_MAX + 2;
    for (let number = 2; number <= last; number++) takes(feed, number);
    expect(takes(feed, 1)).toHaveLength(HELD_MAX + 1);
    expect(feed.wants).toBe(HELD_MAX + 1);
  });

  test("forgets a page that its link was lost in", () => {
    const feed = feedAt(1);
    feed.opened(5, "main", 1, true);
    expect(takes(feed, 2)).toEqual([2]);
    feed.lost("main");
    expect(feed.wants).toBe(2);
  });
});

test("whatever is lost, doubled or early on the live link, all is shown once and in order", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 300 }), (seed, count) => {
      const random = createRandom(seed);
      const feed = feedAt(0);
      const shown: number[] = [];
      const take = (number: number, link: "main" | "data"): void => {
        for (const each of feed.take({ number }, link)) if (each.kind === "message") shown.push(each.message.number);
      };
      const catchUp = (upTo: number): void => {
        for (let after = feed.wants; after !== undefined; after = feed.wants) {
          feed.asked();
          const last = Math.min(upTo, after + HISTORY_PAGE);
          expect(feed.page(last - after, last, "main", false)).toEqual([]);
          for (let number = after + 1; number <= last; number++) {
            if (random.next() < 0.1) take(Math.min(upTo, number + 3), "data");
            take(number, "main");
          }
        }
      };
      for (let number = 1; number <= count; number++) {
        if (random.next() < 0.7) take(number, "data");
        if (random.next() < 0.1) take(number, "data");
        if (random.next() < 0.1) catchUp(number);
      }
      feed.opened(count, "main", feed.seen, false);
      catchUp(count);
      expect(shown).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }),
  );
});
