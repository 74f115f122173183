// Listeners that throw: the actor goes on, and the error is seen.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";

const Fragile = actor("fragile", { state: () => ({ count: 0 }) })
  .on("crash", {}, () => {
    throw new Error("out of ink");
  })
  .on("wait", {}, (self) => self.sleep(limits.turnOpenMs + 10))
  .on("touch", { out: t.Number() }, ({ state }) => ++state.count);

function fail(): never {
  throw new Error("the log is full");
}

/** What the loop had to bear. */
async function thrownBy(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a listener that throws", () => {
  test("is heard of as an uncaught error, and the actor that crashed goes on", async () => {
    const clock = new FakeClock();
    const system = new ActorSystem({ clock, types: [Fragile], events: { crashed: fail } });
    const ref = system.ref(Fragile, "a");
    const crashed = watch(ref.crash());
    expect(await thrownBy(() => clock.settle())).toMatchObject({ message: "the log is full" });
    await clock.advance(limits.backoffMs + 1);
    const touched = watch(ref.touch());
    await clock.settle();
    expect([crashed.outcome, touched.outcome]).toMatchObject([{ kind: "failed" }, { kind: "answered", value: 1 }]);
  });

  test("does not stop the time of others", async () => {
    const clock = new FakeClock();
    const system = new ActorSystem({ clock, types: [Fragile], events: { stillOpen: fail } });
    const waited = watch(system.ref(Fragile, "a").wait(undefined, { timeoutMs: 2 * limits.turnOpenMs }));
    expect(await thrownBy(() => clock.advance(limits.turnOpenMs + 5))).toMatchObject({ message: "the log is full" });
    await clock.advance(10);
    expect(waited.outcome.kind).toBe("answered");
  });
});
