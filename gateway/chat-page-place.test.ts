// The window of messages that the chat page shows of a room: without gaps and doubles, however messages come.
import { describe, expect, test } from "bun:test";

import {
  asked,
  entersAfter,
  fromEnd,
  lost,
  newPlace,
  olderAsked,
  olderComes,
  olderPage,
  opened,
  PAGE,
  pageComes,
  type Place,
  stored as storedAt,
  take,
  unreadOf,
  wants,
  WINDOW_MAX,
} from "./pages/chat/place.ts";
import type { Message } from "./pages/chat/server-line.ts";

const message = (number: number): Message => ({
  number,
  at: "2026-11-22T12:00:00.000Z",
  from: "ana",
  text: `n${number}`,
});

/** Both ends included. */
const from = (first: number, last: number): readonly Message[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => message(first + index));

const takeAll = (place: Place, messages: readonly Message[]): Place => messages.reduce(take, place);
const numbers = ({ messages }: Place): readonly number[] => messages.map(({ number }) => number);

/** As the server does it: its pages have what is there, in order. */
function answer(place: Place, stored: readonly Message[]): Place {
  const after = wants(place);
  if (after === undefined) return place;
  const page = stored.filter(({ number }) => number > after).slice(0, 100);
  return takeAll(pageComes(asked(place), page.length, page.at(-1)?.number ?? after), page);
}

function caughtUp(place: Place, stored: readonly Message[]): Place {
  let current = place;
  while (wants(current) !== undefined) current = answer(current, stored);
  return current;
}

const inRoom = (last: number): Place => caughtUp(opened(newPlace("lobby"), last, false), from(1, last));

describe("a room that is entered", () => {
  test("begins with its last messages, and none of them is unread", () => {
    const place = inRoom(80);
    expect(numbers(place)).toEqual(from(80 - PAGE + 1, 80).map(({ number }) => number));
    expect(unreadOf(place)).toBe(0);
  });

  test("in which nothing was said asks for nothing", () => {
    const place = opened(newPlace("lobby"), 0, false);
    expect([wants(place), olderPage(place)]).toEqual([undefined, undefined]);
    expect(numbers(take(place, message(1)))).toEqual([1]);
  });

  test("shows what is said meanwhile behind what was said before", () => {
    const place = take(opened(newPlace("lobby"), 3, false), message(4));
    expect(numbers(place)).toEqual([]);
    expect(numbers(caughtUp(place, from(1, 4)))).toEqual([1, 2, 3, 4]);
  });

  test("holds a bounded number of messages, the newest", () => {
    const place = takeAll(inRoom(10), from(11, 10 + WINDOW_MAX));
    expect(place.messages.length).toBe(WINDOW_MAX);
    expect([place.first, place.newest]).toEqual([11, 10 + WINDOW_MAX]);
  });
});

describe("a room that is entered again", () => {
  test("reads on from the last number", () => {
    const place = lost(inRoom(10));
    expect(entersAfter(place)).toBe(10);
    const again = takeAll(opened(place, 12, true), from(11, 12));
    expect(numbers(again)).toEqual(from(1, 12).map(({ number }) => number));
    expect(wants(again)).toBeUndefined();
  });

  test("reads on by pages where more was missed than comes by itself", () => {
    const again = takeAll(opened(lost(inRoom(10)), 160, true), from(11, 110));
    expect(wants(again)).toBe(110);
    expect(numbers(caughtUp(again, from(1, 160)))).toEqual(from(1, 160).map(({ number }) => number));
  });

  test("where very much was missed begins with its last messages, and the rest lies above", () => {
    const again = caughtUp(takeAll(opened(lost(inRoom(10)), 1_000, true), from(11, 110)), from(1, 1_000));
    expect(numbers(again)).toEqual(from(951, 1_000).map(({ number }) => number));
    expect(olderPage(again)).toEqual({ after: 900, count: 50 });
  });

  test("that begins anew is shown anew", () => {
    const again = caughtUp(opened(lost(inRoom(10)), 2, true), from(1, 2));
    expect(numbers(again)).toEqual([1, 2]);
  });
});

describe("older messages", () => {
  test("come page by page, up to the first", () => {
    let place = inRoom(120);
    for (const [after, count] of [
      [20, 50],
      [0, 20],
    ] as const) {
      expect(olderPage(place)).toEqual({ after, count });
      place = takeAll(olderComes(olderAsked(place), count, after + count), from(after + 1, after + count));
    }
    expect(numbers(place)).toEqual(from(1, 120).map(({ number }) => number));
    expect(olderPage(place)).toBeUndefined();
  });

  test("are asked for once at a time", () => {
    expect(olderPage(olderAsked(inRoom(120)))).toBeUndefined();
  });

  test("that the server does not keep any more are not asked for again", () => {
    const trimmed = takeAll(olderComes(olderAsked(inRoom(120)), 50, 109), from(60, 109));
    expect(trimmed.first).toBe(60);
    expect(olderPage(trimmed)).toBeUndefined();
    const nothing = olderComes(olderAsked(inRoom(120)), 0, 20);
    expect([olderPage(nothing), nothing.older]).toEqual([undefined, undefined]);
  });

  test("push the newest out where there are too many, until the person goes back to them", () => {
    let place = inRoom(1_000);
    while (!place.isBack) {
      const { after, count } = olderPage(place) as { after: number; count: number };
      place = takeAll(olderComes(olderAsked(place), count, after + count), from(after + 1, after + count));
    }
    expect(place.messages.length).toBe(WINDOW_MAX);
    expect(numbers(take(place, message(1_001)))).toEqual(numbers(place));
    const back = caughtUp(fromEnd(take(place, message(1_001))), from(1, 1_001));
    expect([back.newest, back.isBack]).toEqual([1_001, false]);
  });
});

describe("the count of what was not read", () => {
  test("grows with what is said, and with what is known to be said", () => {
    expect(unreadOf(take(inRoom(10), message(11)))).toBe(1);
    expect(unreadOf(storedAt(inRoom(10), 13))).toBe(3);
  });

  test("of a place that was read before begins there", () => {
    expect(unreadOf(opened(newPlace("lobby", 7), 10, false))).toBe(3);
  });
});

test("in any order, with doubles and with losses of the connection, all are shown once", () => {
  const draws = { count: 0 };
  const random = (): number => (Bun.hash.crc32(`draw ${draws.count++}`) % 10_007) / 10_007;
  for (let run = 0; run < 200; run++) {
    const stored = from(1, 30 + Math.floor(random() * 100));
    let place = inRoom(10);
    for (const next of stored
      .slice(10)
      .filter(() => random() < 0.8)
      .sort(() => random() - 0.5)) {
      place = take(random() < 0.1 ? take(place, next) : place, next);
      if (random() < 0.1) place = answer(place, stored);
      if (random() < 0.05) place = opened(lost(place), next.number, false);
    }
    place = caughtUp(opened(lost(place), stored.length, false), stored);
    expect(numbers(place)).toEqual(from(place.first, stored.length).map(({ number }) => number));
    expect(place.early).toEqual([]);
  }
});
