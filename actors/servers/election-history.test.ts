// The history of elections: newest first, page after page, within its bound.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { ElectionHistory } from "./election-history.ts";

function after(count: number): ElectionHistory {
  const history = new ElectionHistory();
  for (let epoch = 1; epoch <= count; epoch++) {
    history.add({ kind: "became", role: "coordinator", coordinator: "alfa", epoch, reason: "elected" }, epoch + 0.5);
  }
  return history;
}

const epochs = (history: ElectionHistory, query: { before?: number; count: number }): readonly unknown[] =>
  history.page(query).map(({ seen }) => seen.epoch);

describe("the history of elections", () => {
  test("says what became when, whom by, and why", () => {
    const history = after(1);
    history.add({ kind: "became", role: "unsure", coordinator: undefined, epoch: undefined, reason: "silent" }, 7.9);
    expect(history.page({ count: 9 })).toEqual([
      { number: 2, seen: { at: 7, role: "unsure", why: "silent" } },
      { number: 1, seen: { at: 1, epoch: 1, coordinator: "alfa", role: "coordinator", why: "elected" } },
    ]);
  });

  test("comes newest first, page after page, also while more is seen", () => {
    const history = after(5);
    expect(epochs(history, { count: 2 })).toEqual([5, 4]);
    history.add({ kind: "became", role: "coordinator", coordinator: "alfa", epoch: 6, reason: "elected" }, 6);
    expect(epochs(history, { count: 2, before: 4 })).toEqual([3, 2]);
    expect(epochs(history, { count: 2, before: 2 })).toEqual([1]);
    expect(epochs(history, { count: 2, before: 1 })).toEqual([]);
  });

  test("has so many at most: the oldest go", () => {
    expect(epochs(after(limits.electionsKept), { count: 1_000 }).at(-1)).toBe(1);
    const history = after(limits.electionsKept + 1);
    expect(epochs(history, { count: 1_000 })).toHaveLength(limits.electionsKept);
    expect(epochs(history, { count: 1_000 }).at(-1)).toBe(2);
  });
});
