// The times at which blocks of requests were handed over, found again by message id.

import { expect, test } from "bun:test";

import { SendTimes } from "./send-times.ts";

test("every id of a block has the time of its block", () => {
  const times = new SendTimes();
  times.note(3, 10);
  times.note(4, 20);
  times.note(9, 30);
  expect([1, 3, 4, 5, 9].map((id) => times.of(id))).toEqual([10, 10, 20, 30, 30]);
});

test("a long run of single requests keeps its times while old ones are forgotten", () => {
  const times = new SendTimes();
  for (let id = 1; id <= 5_000; id += 1) {
    times.note(id, id * 2);
    expect(times.of(id)).toBe(id * 2);
  }
});
