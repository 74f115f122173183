// Deadlines: what is not run, what is told to stop, and where an answer that comes too late goes.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { startSlowActors } from "../testing/slow-actors.ts";

describe("a deadline that passes while the message waits", () => {
  test("fails the ask with where it stood", async () => {
    const { clock, ask } = startSlowActors();
    ask.tell.wait(500);
    const note = watch(ask.note("late", { timeoutMs: 100 }));
    await clock.advance(101);
    expect(note.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "queued" });
  });

  test("keeps the message from ever being run", async () => {
    const { clock, ask, ran } = startSlowActors();
    ask.tell.wait(500);
    watch(ask.note("late", { timeoutMs: 100 }));
    await clock.advance(2_000);
    expect(ran).toEqual([]);
  });

  test("keeps the message from being run when the loop was too busy to notice", async () => {
    const { clock, ask, ran } = startSlowActors();
    ask.tell.block(200);
    const note = watch(ask.note("late", { timeoutMs: 100 }));
    await clock.settle();
    expect(ran).toEqual([]);
    expect(note.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "queued" });
  });

  test("holds up none of the messages behind it", async () => {
    const { clock, ask, ran } = startSlowActors();
    ask.tell.wait(500);
    watch(ask.note("late", { timeoutMs: 100 }));
    ask.tell.note("behind");
    await clock.advance(501);
    expect(ran).toEqual(["behind"]);
  });

  test("has passed at once when it is zero", async () => {
    const { clock, ask, ran } = startSlowActors();
    const note = watch(ask.note("never", { timeoutMs: 0 }));
    await clock.advance(1);
    expect([note.outcome.kind, ran]).toEqual(["failed", []]);
  });
});

describe("a deadline that passes while the handler runs", () => {
  test("is what its asker hears, though the handler has failed over another ask for it", async () => {
    const { clock, middle } = startSlowActors();
    const blocked = watch(middle.blockAndRelay(200, { timeoutMs: 100 }));
    await clock.settle();
    expect(blocked.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("fails the ask with where it stood", async () => {
    const { clock, ask } = startSlowActors();
    const wait = watch(ask.wait(500, { timeoutMs: 100 }));
    await clock.advance(101);
    expect(wait.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("is not passed one millisecond before", async () => {
    const { clock, ask } = startSlowActors();
    const wait = watch(ask.wait(500, { timeoutMs: 100 }));
    await clock.advance(99);
    expect(wait.outcome).toEqual({ kind: "pending" });
  });

  test("sends the late answer nowhere", async () => {
    const { clock, ask } = startSlowActors();
    const wait = watch(ask.wait(500, { timeoutMs: 100 }));
    await clock.advance(1_000);
    expect(wait.outcome).toMatchObject({ code: "actor.deadline_passed" });
  });

  test("aborts the signal that the handler holds", async () => {
    const { clock, ask, signals } = startSlowActors();
    watch(ask.wait(500, { timeoutMs: 100 }));
    await clock.advance(99);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("gives a handler that looks only afterwards an aborted signal", async () => {
    const { clock, ask, signals } = startSlowActors();
    watch(ask.lookLate(500, { timeoutMs: 100 }));
    await clock.advance(501);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("lets the handler hold its turn until it is done", async () => {
    const { clock, ask, ran } = startSlowActors();
    watch(ask.wait(500, { timeoutMs: 100 }));
    ask.tell.note("next");
    await clock.advance(499);
    expect(ran).toEqual([]);
    await clock.advance(2);
    expect(ran).toEqual(["next"]);
  });

  test("is the default one when the asker names none", async () => {
    const { clock, ask } = startSlowActors();
    const wait = watch(ask.wait(1_000_000));
    await clock.advance(limits.askTimeoutMs - 1);
    expect(wait.outcome).toEqual({ kind: "pending" });
    await clock.advance(2);
    expect(wait.outcome).toMatchObject({ code: "actor.deadline_passed" });
  });

  test("is none for a tell that waits, however long", async () => {
    const { clock, ask, ran } = startSlowActors();
    ask.tell.wait(1_000_000);
    ask.tell.note("told");
    await clock.advance(1_000_001);
    expect(ran).toEqual(["told"]);
  });

  test("is none for a tell", async () => {
    const { clock, ask, signals } = startSlowActors();
    ask.tell.wait(1_000_000);
    await clock.advance(999_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test("leaves nothing on the wheel once the answer has come", async () => {
    const { stepped, ask } = startSlowActors();
    await stepped.outcome(ask.note("quick"));
    const idleTimers = 1;
    expect(stepped.system.wheel.count).toBe(idleTimers);
  });
});

describe("a nested ask", () => {
  test("has no longer than what is left of its asker's deadline", async () => {
    const { clock, middle, signals } = startSlowActors();
    watch(middle.relay(4_000, { timeoutMs: 100 }));
    await clock.advance(101);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("may have a shorter deadline of its own", async () => {
    const { clock, middle } = startSlowActors();
    const relay = watch(middle.relay(50, { timeoutMs: 3_000 }));
    await clock.advance(51);
    expect(relay.outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.deadline_passed" } } });
  });

  test("is never run when nothing is left", async () => {
    const { clock, middle, ran } = startSlowActors();
    watch(middle.relayLate(200, { timeoutMs: 100 }));
    await clock.advance(1_000);
    expect(ran).toEqual([]);
  });

  test("of a told actor has its own deadline only", async () => {
    const { clock, middle, ran } = startSlowActors();
    middle.tell.hear();
    await clock.advance(41);
    expect(ran).toEqual(["inner answered"]);
  });

  test("is part of its actor's turn: messages wait until it is answered", async () => {
    const { clock, middle, ran } = startSlowActors();
    middle.tell.hear();
    watch(middle.relayLate(0));
    await clock.advance(39);
    expect(ran).toEqual([]);
    await clock.advance(10);
    expect(ran).toEqual(["inner answered", "late"]);
  });
});
