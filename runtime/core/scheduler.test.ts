// Who runs when: slices, steps, the hooks at the end of a step, and the time that all of a step share.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Runnable, type RunOrder, Scheduler } from "./scheduler.ts";

interface Bench {
  readonly clock: FakeClock;
  readonly scheduler: Scheduler;
  /** Slices, hooks and steps of the loop, in order. */
  readonly trace: string[];
  /** Something with so many turns to run. */
  worker(name: string, turns: number): Runnable;
}

function bench(order?: RunOrder): Bench {
  const clock = new FakeClock();
  const scheduler = new Scheduler(clock, order);
  const trace: string[] = [];
  return {
    clock,
    scheduler,
    trace,
    worker(name, turns) {
      let left = turns;
      const runnable: Runnable = {
        run(turnsMax) {
          const ran = Math.min(left, turnsMax);
          left -= ran;
          trace.push(`${name} ${ran}`);
          if (left > 0) scheduler.add(runnable);
          return ran;
        },
      };
      return runnable;
    },
  };
}

describe("a scheduler", () => {
  test("runs nothing before the current callback has returned", () => {
    const { scheduler, trace, worker } = bench();
    scheduler.add(worker("a", 1));
    expect(trace).toEqual([]);
  });

  test("runs actors in the order they became ready", async () => {
    const { clock, scheduler, trace, worker } = bench();
    for (const name of ["a", "b", "c"]) scheduler.add(worker(name, 1));
    await clock.runSoon();
    expect(trace).toEqual(["a 1", "b 1", "c 1"]);
  });

  test("gives a busy actor 256 turns, then every other its own, before it goes on", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.add(worker("busy", 600));
    scheduler.add(worker("quick", 1));
    await clock.runSoon();
    expect(trace).toEqual(["busy 256", "quick 1", "busy 256", "busy 88"]);
  });

  test("runs within the same step who became ready during it", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.add({
      run() {
        scheduler.add(worker("woken", 1));
        return 1;
      },
    });
    await clock.runSoon();
    expect(trace).toEqual(["woken 1", "hook"]);
  });

  test("lets the loop look at its sockets when a step has spent its turns", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.add(worker("busy", limits.turnsPerStep + 1));
    await clock.runSoon();
    expect(trace.length).toBe(limits.turnsPerStep / limits.turnsPerSlice);
  });

  test("spends the turns of a step exactly before it ends", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.add(worker("busy", limits.turnsPerStep));
    await clock.runSoon();
    expect(trace.indexOf("hook")).toBe(limits.turnsPerStep / limits.turnsPerSlice);
  });

  test("goes on after I/O with what a step left over", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.add(worker("busy", limits.turnsPerStep + 1));
    await clock.settle();
    expect(trace.at(-1)).toBe("busy 1");
  });

  test("goes on first with whoever waits longest when a step left some over", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.add(worker("busy", limits.turnsPerStep + 300));
    scheduler.add(worker("other", 2));
    await clock.settle();
    expect(trace.indexOf("other 2")).toBe(1);
  });

  test("calls the hooks after the turns, in the order they were given", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.onStepEnd("write", () => trace.push("first hook"));
    scheduler.onStepEnd("write", () => trace.push("second hook"));
    scheduler.add(worker("a", 1));
    await clock.settle();
    expect(trace).toEqual(["a 1", "first hook", "second hook"]);
  });

  test("calls the hooks of the core first, then those for files, then those for sockets", async () => {
    const { clock, scheduler, trace } = bench();
    for (const phase of ["flush", "write", "settle", "flush", "settle"] as const) {
      scheduler.onStepEnd(phase, () => trace.push(`${phase} ${trace.length}`));
    }
    scheduler.ensureStep();
    await clock.settle();
    expect(trace).toEqual(["settle 0", "settle 1", "write 2", "flush 3", "flush 4"]);
  });

  test("calls the hooks at the end of each step, also of one that leaves work over", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.add(worker("busy", limits.turnsPerStep + 1));
    await clock.settle();
    expect(trace.filter((line) => line === "hook").length).toBe(2);
  });

  test("calls the hooks when a step was asked for though no actor is ready", async () => {
    const { clock, scheduler, trace } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.ensureStep();
    await clock.settle();
    expect(trace).toEqual(["hook"]);
  });

  test("takes one step however often it is asked for one", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.ensureStep();
    scheduler.add(worker("a", 1));
    scheduler.ensureStep();
    await clock.settle();
    expect(trace).toEqual(["a 1", "hook"]);
  });

  test("takes a further step when one came to an end", async () => {
    const { clock, scheduler, trace, worker } = bench();
    scheduler.add(worker("a", 1));
    await clock.settle();
    scheduler.add(worker("b", 1));
    await clock.settle();
    expect(trace).toEqual(["a 1", "b 1"]);
  });

  test("runs who became ready in a hook", async () => {
    const { clock, scheduler, trace, worker } = bench();
    let added = false;
    scheduler.onStepEnd("write", () => {
      if (!added) scheduler.add(worker("woken", 1));
      added = true;
    });
    scheduler.ensureStep();
    await clock.settle();
    expect(trace).toEqual(["woken 1"]);
  });

  test("takes a further step when a hook asks for one", async () => {
    const { clock, scheduler, trace } = bench();
    scheduler.onStepEnd("write", () => trace.push("hook"));
    scheduler.onStepEnd("write", () => void (trace.length === 1 && scheduler.ensureStep()));
    scheduler.ensureStep();
    await clock.settle();
    expect(trace).toEqual(["hook", "hook"]);
  });
});

describe("the time of a scheduler", () => {
  test("is read anew while no step is on its way", () => {
    const { clock, scheduler } = bench();
    clock.block(70);
    expect(scheduler.timeMs()).toBe(clock.monotonicMs());
  });

  test("is not read again while one is", () => {
    const { clock, scheduler } = bench();
    const beganMs = scheduler.timeMs();
    scheduler.ensureStep();
    clock.block(70);
    expect(scheduler.timeMs()).toBe(beganMs);
  });

  test("is read anew when the step is over", async () => {
    const { clock, scheduler } = bench();
    scheduler.ensureStep();
    clock.block(70);
    await clock.settle();
    expect(scheduler.timeMs()).toBe(clock.monotonicMs());
  });
});

describe("an order that a test gives", () => {
  test("chooses who runs next, counted from the one that waits longest", async () => {
    const choices = [2, 1, 0];
    const { clock, scheduler, trace, worker } = bench({ turnsPerSlice: 1, choose: () => choices.shift() ?? 0 });
    for (const name of ["a", "b", "c"]) scheduler.add(worker(name, 1));
    await clock.settle();
    expect(trace).toEqual(["c 1", "b 1", "a 1"]);
  });

  test("is told how many are ready", async () => {
    const seen: number[] = [];
    const { clock, scheduler, worker } = bench({ turnsPerSlice: 1, choose: (ready) => (seen.push(ready), 0) });
    for (const name of ["a", "b"]) scheduler.add(worker(name, 1));
    await clock.settle();
    expect(seen).toEqual([2, 1]);
  });

  test("says how many turns each runs at once", async () => {
    const { clock, scheduler, trace, worker } = bench({ turnsPerSlice: 2, choose: () => 0 });
    scheduler.add(worker("a", 3));
    scheduler.add(worker("b", 1));
    await clock.settle();
    expect(trace).toEqual(["a 2", "b 1", "a 1"]);
  });
});
