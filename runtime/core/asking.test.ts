// The life of one ask: it is answered once, or given up once, and says where it stood.
import { describe, expect, test } from "bun:test";

import { TimerWheel } from "../base/timer-wheel.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { Asking } from "./asking.ts";

const notes = { type: "notes", key: "1", cell: undefined, caller: undefined };

const turn = {
  cell: { address: "notes/1", blockers: () => [], sharesSoon: () => false },
  methodName: "note",
  asks: undefined,
};
const running = { ...turn, resumes: () => undefined, answers: () => true };

function asked(timeoutMs = 100) {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  const asking = new Asking(notes, "note", clock.monotonicMs() + timeoutMs, wheel);
  asking.arm();
  return { clock, wheel, asking, answer: watch(asking.promise) };
}

const startsNow = ({ clock, asking }: ReturnType<typeof asked>): boolean => asking.start(clock.monotonicMs(), running);

describe("an ask that is answered", () => {
  test("gives its answer", async () => {
    const { clock, asking, answer } = asked();
    asking.resolve(7);
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("gives what was rejected with", async () => {
    const { clock, asking, answer } = asked();
    const error = new Error("refused");
    asking.reject(error);
    await clock.settle();
    expect(answer.outcome).toMatchObject({ kind: "failed", error });
  });

  test("gives the first of two answers", async () => {
    const { clock, asking, answer } = asked();
    asking.resolve(7);
    asking.reject(new Error("second thoughts"));
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("gives an answer that came before its deadline though the deadline passes later", async () => {
    const { clock, asking, answer } = asked();
    asking.resolve(7);
    await clock.advance(1_000);
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("takes its timer off the wheel with the answer", () => {
    const { wheel, asking } = asked();
    asking.resolve(7);
    expect(wheel.count).toBe(0);
  });

  test("puts no timer on the wheel when it is answered before that", () => {
    const clock = new FakeClock();
    const wheel = new TimerWheel(clock);
    const asking = new Asking(notes, "note", clock.monotonicMs() + 100, wheel);
    asking.resolve(7);
    asking.arm();
    expect(wheel.count).toBe(0);
  });

  test("does not start any more", () => {
    const ask = asked();
    ask.asking.reject(new Error("refused"));
    expect(startsNow(ask)).toBe(false);
  });

  test("leaves the signal of its handler alone", async () => {
    const { clock, asking } = asked();
    const { signal } = asking;
    asking.resolve(7);
    await clock.advance(1_000);
    expect(signal.aborted).toBe(false);
  });
});

describe("an ask whose deadline comes", () => {
  test("starts before it", () => {
    const ask = asked(100);
    ask.clock.block(99);
    expect(startsNow(ask)).toBe(true);
  });

  test("fires at once when it is armed only afterwards", async () => {
    const clock = new FakeClock();
    const wheel = new TimerWheel(clock);
    const asking = new Asking(notes, "note", clock.monotonicMs() + 100, wheel);
    const answer = watch(asking.promise);
    clock.block(200);
    asking.arm();
    await clock.advance(1);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed" });
  });

  test("does not start at it, though the wheel has not noticed yet", async () => {
    const ask = asked(100);
    ask.clock.block(100);
    expect(startsNow(ask)).toBe(false);
    await ask.clock.settle();
    expect(ask.answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "queued" });
  });

  test("names the call that was given up, and why", async () => {
    const { clock, answer } = asked();
    await clock.advance(101);
    expect(answer.outcome).toMatchObject({
      error: { message: "Gave up notes/1.note: its deadline passed while queued" },
    });
  });

  test("says so when it was running", async () => {
    const ask = asked();
    startsNow(ask);
    await ask.clock.advance(101);
    expect(ask.answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("takes no answer after it", async () => {
    const { clock, asking, answer } = asked();
    await clock.advance(101);
    asking.resolve(7);
    await clock.settle();
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed" });
  });
});

describe("an ask that is dropped", () => {
  test("fails as one that was never run", async () => {
    const { clock, asking, answer } = asked();
    asking.abandon();
    await clock.settle();
    expect(answer.outcome).toMatchObject({
      code: "actor.stopped",
      stood: "queued",
      error: { message: "Cannot run notes/1.note: its actor is gone" },
    });
  });
});

describe("an ask that heeds its asker's signal", () => {
  test("is given up with the reason, and tells its handler", async () => {
    const ask = asked();
    const giveUp = new AbortController();
    ask.asking.heed(giveUp.signal);
    startsNow(ask);
    const { signal } = ask.asking;
    giveUp.abort("changed my mind");
    await ask.clock.settle();
    const cause = "changed my mind";
    expect(ask.answer.outcome).toMatchObject({ code: "actor.cancelled", stood: "running", error: { cause } });
    expect([signal.aborted, signal.reason as unknown]).toEqual([true, "changed my mind"]);
  });

  test("is settled at once when that is aborted already, and holds no timer", () => {
    const { wheel, asking } = asked();
    asking.heed(AbortSignal.abort());
    expect([asking.settled, wheel.count]).toEqual([true, 0]);
  });
});

describe("the signal of an ask", () => {
  test("is the same whenever it is looked at", () => {
    const { asking } = asked();
    expect(asking.signal).toBe(asking.signal);
  });

  test("is aborted already when it is first looked at after the ask was given up", async () => {
    const { clock, asking } = asked();
    await clock.advance(101);
    expect(asking.signal.aborted).toBe(true);
  });
});
