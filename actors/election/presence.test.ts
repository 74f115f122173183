// Who is there, and who has come and gone too often to be elected.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { Presence } from "./presence.ts";
import { electionTimes } from "./times.ts";

const TIMES = electionTimes();
const { timeoutMs, steadyMs, steadyMaxMs, fallWindowMs } = TIMES;
const FALLS_MAX = limits.electionFallsMax;

/** It has fallen so often, each time a second after the one before; the last at 0. */
function fallen(count: number): Presence {
  const presence = new Presence(TIMES);
  for (let index = count - 1; index >= 0; index--) presence.fell("x", index * -1_000);
  return presence;
}

const isKnown = (): boolean => false;

/** Seen each second in that time. */
function seeFrom(presence: Presence, fromMs: number, untilMs: number): void {
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 1_000) presence.seen("x", nowMs);
}

describe("a server", () => {
  test("lives for the timeout after it was seen", () => {
    const presence = new Presence(TIMES);
    presence.seen("x", 0);
    expect([timeoutMs - 1, timeoutMs].map((nowMs) => presence.isLiving("x", nowMs))).toEqual([true, false]);
  });

  test("that was never seen does not live", () => {
    expect(new Presence(TIMES).isLiving("x", 0)).toBe(false);
  });

  test("that was missed does not live until it is seen again", () => {
    const presence = new Presence(TIMES);
    presence.seen("x", 0);
    presence.missed("x");
    expect(presence.isLiving("x", 1)).toBe(false);
    presence.seen("x", 2);
    expect(presence.isLiving("x", 2)).toBe(true);
  });
});

describe("a server that falls from office", () => {
  test("as often as it may is not damped, and once more it is", () => {
    expect(fallen(FALLS_MAX).isDamped("x", 1)).toBe(false);
    expect(fallen(FALLS_MAX + 1).isDamped("x", 1)).toBe(true);
  });

  test.each([
    [1, steadyMs],
    [2, 2 * steadyMs],
    [3, 4 * steadyMs],
    [40, steadyMaxMs],
  ])("%i times more than it may is damped until it has been there for %i ms", (more, dampedMs) => {
    const presence = fallen(FALLS_MAX + more);
    seeFrom(presence, 0, dampedMs);
    expect([dampedMs - 1, dampedMs].map((nowMs) => presence.isDamped("x", nowMs))).toEqual([true, false]);
  });

  test("has to begin anew where it was silent for longer than the timeout", () => {
    const presence = fallen(FALLS_MAX + 1);
    seeFrom(presence, 0, 10_000);
    seeFrom(presence, 10_000 + timeoutMs + 1, 200_000);
    expect(presence.isDamped("x", steadyMs)).toBe(true);
    expect(presence.isDamped("x", 10_000 + timeoutMs + steadyMs)).toBe(true);
    expect(presence.isDamped("x", 10_001 + timeoutMs + steadyMs)).toBe(false);
  });

  test("does not have to where it was silent for just the timeout", () => {
    const presence = fallen(FALLS_MAX + 1);
    seeFrom(presence, 0, 10_000);
    seeFrom(presence, 10_000 + timeoutMs, 200_000);
    expect(presence.isDamped("x", steadyMs)).toBe(false);
  });

  test("seldom is not damped", () => {
    const presence = new Presence(TIMES);
    for (let count = 0; count < 100; count++) presence.fell("x", count * (fallWindowMs + 1));
    expect(presence.isDamped("x", 99 * (fallWindowMs + 1))).toBe(false);
  });

  test("is damped by itself, and no other is", () => {
    expect(fallen(FALLS_MAX + 1).isDamped("y", 1)).toBe(false);
  });
});

describe("one that is not listed any more", () => {
  test("is forgotten where it has not fallen lately", () => {
    const presence = new Presence(TIMES);
    presence.seen("x", 0);
    presence.keep(isKnown, 1);
    expect(presence.isLiving("x", 1)).toBe(false);
  });

  test("is damped all the same when it comes back, however it went", () => {
    const presence = fallen(FALLS_MAX + 1);
    presence.keep(isKnown, fallWindowMs + steadyMs);
    presence.seen("x", fallWindowMs + steadyMs);
    expect(presence.isDamped("x", fallWindowMs + steadyMs)).toBe(true);
    presence.keep(isKnown, fallWindowMs + steadyMs + 1);
    expect(presence.isDamped("x", fallWindowMs + steadyMs + 1)).toBe(false);
  });

  test("is forgotten though it has, where they are more than twice as many as may be known", () => {
    const presence = fallen(FALLS_MAX + 1);
    for (let index = 1; index < 2 * limits.electionMembersMax; index++) presence.fell(`y${index}`, 0);
    presence.keep(isKnown, 1);
    expect(presence.isDamped("x", 1)).toBe(true);
    presence.fell("z", 1);
    presence.keep(isKnown, 1);
    expect(presence.isDamped("x", 1)).toBe(false);
  });
});
