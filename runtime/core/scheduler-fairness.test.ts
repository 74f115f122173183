// Turns of many steps, and things that throw: the loop gets its look at the sockets, and the next step comes.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Runnable, Scheduler } from "./scheduler.ts";

/** One turn each time it is run, and ready again right after the step, as actors are that answer each other. */
function pingPong(scheduler: Scheduler, clock: FakeClock, turnsWanted: number) {
  const played = { turns: 0 };
  const runnable: Runnable = {
    run() {
      played.turns++;
      if (played.turns < turnsWanted) clock.soon(() => scheduler.add(runnable));
      return 1;
    },
  };
  scheduler.add(runnable);
  return played;
}

function throwing(): never {
  throw new Error("a bug");
}

function settleDespite(clock: FakeClock): Promise<unknown> {
  return clock.settle().catch((error: unknown) => error);
}

describe("turns that begin each other, one a step", () => {
  test("wait for I/O when together they have spent the turns of one look", async () => {
    const clock = new FakeClock();
    const played = pingPong(new Scheduler(clock), clock, 20_000);
    await clock.runSoon();
    expect(played.turns).toBe(limits.turnsPerStep);
    await clock.settle();
    expect(played.turns).toBe(20_000);
  });

  test("may be spent anew when the loop has looked at its sockets", async () => {
    const clock = new FakeClock();
    const scheduler = new Scheduler(clock);
    pingPong(scheduler, clock, limits.turnsPerStep - 1);
    await clock.runSoon();
    scheduler.loopTurned();
    const played = pingPong(scheduler, clock, 100);
    await clock.runSoon();
    expect(played.turns).toBe(100);
  });
});

describe("what throws in a step", () => {
  test("does not keep the others from running", async () => {
    const clock = new FakeClock();
    const scheduler = new Scheduler(clock);
    const ran: string[] = [];
    scheduler.add({ run: throwing });
    scheduler.add({ run: () => ran.push("other") });
    await settleDespite(clock);
    await settleDespite(clock);
    expect(ran).toEqual(["other"]);
  });

  test("does not keep the hooks of the next step from being called, which comes unasked", async () => {
    const clock = new FakeClock();
    const scheduler = new Scheduler(clock);
    const ran: string[] = [];
    scheduler.onStepEnd("write", () => ran.push("hook"));
    scheduler.add({ run: throwing });
    await settleDespite(clock);
    await settleDespite(clock);
    expect(ran).toEqual(["hook"]);
  });

  test("does not end the steps when it is a hook", async () => {
    const clock = new FakeClock();
    const scheduler = new Scheduler(clock);
    const ran: string[] = [];
    const faulty = { once: true };
    scheduler.onStepEnd("write", () => {
      if (faulty.once) {
        faulty.once = false;
        throwing();
      }
      ran.push("hook");
    });
    scheduler.ensureStep();
    await settleDespite(clock);
    scheduler.ensureStep();
    await settleDespite(clock);
    expect(ran).toEqual(["hook"]);
  });
});
