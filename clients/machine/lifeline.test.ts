// When a client connects, asks for a sign of life, and gives a connection up; on a clock that stands still.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "#runtime/testing/fake-clock.ts";

import { Actions } from "./actions.ts";
import {
  GOOD_AFTER_MS,
  Lifeline,
  OPEN_WITHIN_MS,
  PING_EVERY_MS,
  PING_EVERY_MS_MIN,
  PONG_WITHIN_MS,
} from "./lifeline.ts";

const ALMOST_ONE = { next: () => 1 - Number.EPSILON };

function begin(options: { readonly pings?: boolean } = {}) {
  const clock = new FakeClock();
  const actions = new Actions();
  const asked = { pings: 0 };
  const ping = options.pings === false ? {} : { ping: () => void asked.pings++ };
  const lifeline = new Lifeline({ actions, clock, random: ALMOST_ONE, ...ping });
  /** Lets so much time pass, and wakes it when it wants to be. True when it has given the connection up. */
  const pass = (ms: number): boolean => {
    const untilMs = clock.monotonicMs() + ms;
    let isLost = false;
    while (lifeline.wakeAtMs <= untilMs) {
      clock.block(Math.max(0, lifeline.wakeAtMs - clock.monotonicMs()));
      isLost = lifeline.woken(clock.monotonicMs());
      if (isLost) break;
    }
    clock.block(untilMs - clock.monotonicMs());
    return isLost;
  };
  const done = (): readonly string[] => actions.drain().map(({ kind }) => kind);
  return { lifeline, asked, pass, done };
}

describe("a connection", () => {
  test("is opened at once", () => {
    const { pass, done } = begin();
    pass(0);
    expect(done()).toEqual(["open"]);
  });

  test("that does not open in time is closed and given up", () => {
    const { pass, done } = begin();
    pass(0);
    expect(pass(OPEN_WITHIN_MS - 1)).toBe(false);
    expect(pass(1)).toBe(true);
    expect(done()).toEqual(["open", "close"]);
  });

  test("is asked for a sign of life again and again, and lives while there is one", () => {
    const { lifeline, asked, pass, done } = begin();
    pass(0);
    lifeline.opened();
    for (let count = 1; count <= 3; count++) {
      expect(pass(PING_EVERY_MS)).toBe(false);
      expect(asked.pings).toBe(count);
      lifeline.heard();
    }
    expect(done()).toEqual(["open"]);
  });

  test("that stays silent after a PING is lost", () => {
    const { lifeline, pass, done } = begin();
    pass(0);
    lifeline.opened();
    expect(pass(PING_EVERY_MS + PONG_WITHIN_MS - 1)).toBe(false);
    expect(pass(1)).toBe(true);
    expect(done()).toEqual(["open", "close"]);
  });

  test("is asked more often when the server closes for silence, and still found out when it is dead", () => {
    const { lifeline, asked, pass } = begin();
    pass(0);
    for (let count = 0; count < 10; count++) lifeline.closedAsIdle();
    lifeline.opened();
    pass(PING_EVERY_MS_MIN);
    expect(asked.pings).toBe(1);
    expect(pass(PONG_WITHIN_MS)).toBe(true);
  });

  test("is asked nothing where nobody wants to know", () => {
    const { lifeline, pass } = begin({ pings: false });
    pass(0);
    lifeline.opened();
    expect(pass(3_600_000)).toBe(false);
  });
});

describe("after a loss", () => {
  test("each wait is longer, and one that held begins anew", () => {
    const { lifeline, pass } = begin();
    const fail = (heldMs: number): number => {
      pass(lifeline.wakeAtMs);
      lifeline.opened();
      pass(heldMs);
      return Math.round(lifeline.lost());
    };
    expect([fail(0), fail(GOOD_AFTER_MS - 1), fail(0), fail(GOOD_AFTER_MS)]).toEqual([250, 500, 1_000, 250]);
  });

  test("nothing is tried while nobody wants it, and then at once", () => {
    const { lifeline, pass, done } = begin();
    pass(0);
    lifeline.opened();
    lifeline.lost();
    lifeline.rest();
    pass(3_600_000);
    lifeline.wanted();
    pass(0);
    expect(done()).toEqual(["open", "open"]);
  });
});
