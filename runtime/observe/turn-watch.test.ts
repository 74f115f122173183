// The judgement over turns that hold the loop: what is said, when, and what is not.
import { describe, expect, test } from "bun:test";

import { TurnWatch, type Verdict } from "./turn-watch.ts";

const blockedMs = 1_000;
const everyMs = 250;

/** One look each 250 ms at these sequences, beginning 250 ms after the start. */
function verdictsOf(sequences: readonly (number | undefined)[]): readonly (Verdict | undefined)[] {
  const watch = new TurnWatch(blockedMs, 0);
  return sequences.map((sequence, index) => watch.look((index + 1) * everyMs, sequence));
}

function looks(count: number, sequence?: number): (number | undefined)[] {
  return Array.from({ length: count }, () => sequence);
}

function silence(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}

describe("the watch over turns", () => {
  test("looks four times in the time that it takes to block", () => {
    expect(new TurnWatch(blockedMs, 0).everyMs).toBe(everyMs);
  });

  test("says nothing of an idle loop", () => {
    expect(verdictsOf(looks(100))).toEqual(silence(100));
  });

  test("says nothing of a turn that ends in time, nor of its end", () => {
    expect(verdictsOf([...looks(4, 1), undefined, ...looks(4, 2), ...looks(4, 3), undefined])).toEqual(silence(14));
  });

  test("says nothing of turns that follow each other for ever", () => {
    expect(verdictsOf(Array.from({ length: 100 }, (_, index) => index))).toEqual(silence(100));
  });

  test("says that a turn blocks when it was seen for as long as the bound, and not one look earlier", () => {
    const verdicts = verdictsOf(looks(5, 1));
    expect(verdicts).toEqual([...silence(4), { kind: "blocked", heldMs: 1_000 }]);
  });

  test("says it again after twice, four and eight times as long, and in between nothing", () => {
    const said = verdictsOf(looks(33, 1)).flatMap((verdict, index) =>
      verdict === undefined ? [] : [[(index + 1) * everyMs, verdict.heldMs]],
    );
    expect(said).toEqual([
      [1_250, 1_000],
      [2_250, 2_000],
      [4_250, 4_000],
      [8_250, 8_000],
    ]);
  });

  test("says when it is over: what was seen of it, and the longest that it can have been", () => {
    const verdicts = verdictsOf([undefined, ...looks(6, 1), undefined, undefined]);
    expect(verdicts.slice(7)).toEqual([{ kind: "over", heldMs: 1_250, heldMsMax: 1_750 }, undefined]);
  });

  test("begins anew with the turn that follows", () => {
    const verdicts = verdictsOf([...looks(5, 1), ...looks(5, 2)]);
    expect(verdicts.slice(4)).toEqual([
      { kind: "blocked", heldMs: 1_000 },
      { kind: "over", heldMs: 1_000, heldMsMax: 1_500 },
      undefined,
      undefined,
      undefined,
      { kind: "blocked", heldMs: 1_000 },
    ]);
  });

  test("does not take a halted process for a blocked one", () => {
    const watch = new TurnWatch(blockedMs, 0);
    watch.look(250, 1);
    expect(watch.look(3_600_000, 1)).toBeUndefined();
    expect(watch.look(3_600_250, 2)).toBeUndefined();
  });
});
