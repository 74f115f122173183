// The judgement over what holds the loop: what is said, when, and what is not.
import { describe, expect, test } from "bun:test";

import { TurnWatch, type Verdict } from "./turn-watch.ts";

const blockedMs = 1_000;
const everyMs = 250;

/** One look each 250 ms at these positions, beginning 250 ms after the start. */
function verdictsOf(positions: readonly string[]): readonly (Verdict | undefined)[] {
  const watch = new TurnWatch(blockedMs, 0);
  return positions.map((position, index) => watch.look((index + 1) * everyMs, position));
}

/** Of a loop that stands still. */
function looks(count: number, position: string): string[] {
  return Array.from({ length: count }, () => position);
}

/** Of one that has come by before each. */
function freeLooks(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `free ${index}`);
}

function silence(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}

describe("the watch over the loop", () => {
  test("looks four times in the time that it takes to block", () => {
    expect(new TurnWatch(blockedMs, 0).everyMs).toBe(everyMs);
  });

  test("says nothing of a loop that moves, whatever it does", () => {
    expect(verdictsOf(freeLooks(100))).toEqual(silence(100));
  });

  test("says nothing of what ends in time, nor of its end", () => {
    const positions = [...looks(4, "a"), ...freeLooks(1), ...looks(4, "b"), ...looks(4, "c"), ...freeLooks(1)];
    expect(verdictsOf(positions)).toEqual(silence(14));
  });

  test("says that the loop is blocked when that was seen for as long as the bound, and not one look earlier", () => {
    const verdicts = verdictsOf(looks(5, "a"));
    expect(verdicts).toEqual([...silence(4), { kind: "blocked", heldMs: 1_000 }]);
  });

  test("says it again after twice, four and eight times as long, and in between nothing", () => {
    const said = verdictsOf(looks(33, "a")).flatMap((verdict, index) =>
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
    const verdicts = verdictsOf([...freeLooks(1), ...looks(6, "a"), ...freeLooks(2)]);
    expect(verdicts.slice(7)).toEqual([{ kind: "over", heldMs: 1_250, heldMsMax: 1_750 }, undefined]);
  });

  test("begins anew with what follows", () => {
    const verdicts = verdictsOf([...looks(5, "a"), ...looks(5, "b")]);
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
    watch.look(250, "a");
    expect(watch.look(3_600_000, "a")).toBeUndefined();
    expect(watch.look(3_600_250, "b")).toBeUndefined();
  });
});
