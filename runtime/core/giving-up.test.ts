// An asker that gives up by its own signal, early, late, or before it began.
import { describe, expect, test } from "bun:test";

import { watch } from "../testing/outcome.ts";
import { startSlowActors } from "../testing/slow-actors.ts";

describe("an asker's signal", () => {
  test("gives up a message that waits, which is never run", async () => {
    const { clock, ask, ran } = startSlowActors();
    const giveUp = new AbortController();
    ask.tell.wait(500);
    const note = watch(ask.note("late", { signal: giveUp.signal }));
    await clock.advance(10);
    giveUp.abort();
    await clock.advance(1_000);
    expect(note.outcome).toMatchObject({ code: "actor.cancelled", stood: "queued" });
    expect(ran).toEqual([]);
  });

  test("gives up a message that runs", async () => {
    const { clock, ask } = startSlowActors();
    const giveUp = new AbortController();
    const wait = watch(ask.wait(500, { signal: giveUp.signal }));
    await clock.advance(10);
    giveUp.abort("changed my mind");
    await clock.settle();
    expect(wait.outcome).toMatchObject({
      code: "actor.cancelled",
      stood: "running",
      error: { cause: "changed my mind" },
    });
  });

  test("reaches the handler with its reason", async () => {
    const { clock, ask, signals } = startSlowActors();
    const giveUp = new AbortController();
    watch(ask.wait(500, { signal: giveUp.signal }));
    await clock.settle();
    giveUp.abort("changed my mind");
    expect(signals.map(({ reason }) => reason as unknown)).toEqual(["changed my mind"]);
  });

  test("that is aborted already fails the ask at once", async () => {
    const { stepped, ask } = startSlowActors();
    const outcome = await stepped.outcome(ask.note("never", { signal: AbortSignal.abort("too late") }));
    expect(outcome).toMatchObject({ code: "actor.cancelled", stood: "queued", error: { cause: "too late" } });
  });

  test("that is aborted already starts no actor", async () => {
    const { stepped, clock, ask } = startSlowActors();
    watch(ask.note("never", { signal: AbortSignal.abort() }));
    await clock.settle();
    expect(stepped.resident({ name: "slow" })).toEqual([]);
  });

  test("that is aborted already leaves nothing on the wheel", async () => {
    const { stepped, ask } = startSlowActors();
    await stepped.outcome(ask.note("never", { signal: AbortSignal.abort() }));
    expect(stepped.system.wheel.count).toBe(0);
  });

  test("changes nothing once the answer has come", async () => {
    const { stepped, ask } = startSlowActors();
    const giveUp = new AbortController();
    const note = watch(ask.note("quick", { signal: giveUp.signal }));
    await stepped.clock.settle();
    giveUp.abort();
    await stepped.clock.settle();
    expect(note.outcome.kind).toBe("answered");
  });

  test("is let go of once the answer has come", async () => {
    const { stepped, ask } = startSlowActors();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...listening: Parameters<typeof addEventListener>): void => {
      listeners++;
      addEventListener.apply(signal, listening);
    };
    signal.removeEventListener = (...listening: Parameters<typeof removeEventListener>): void => {
      listeners--;
      removeEventListener.apply(signal, listening);
    };
    await stepped.outcome(ask.note("quick", { signal }));
    expect(listeners).toBe(0);
  });
});
