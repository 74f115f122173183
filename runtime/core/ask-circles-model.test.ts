// Any asks among a few actors, in sequence, side by side and through reads: whatever they do, nobody waits in a circle.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { ReadContext } from "./context.ts";
import { actor } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";

/** What a turn does: it asks these, one after the other or together, after a wait. */
interface Plan {
  readonly waitMs?: number;
  readonly ask?: readonly string[];
  readonly together?: boolean;
}

type MethodName = "go" | "rest" | "look" | "glance";

/** Actors that ask each other by plan, `key.method`. `look` and `glance` are reads, `go` and `rest` are alone. */
function planned(plans: Readonly<Record<string, Plan>>) {
  const caught: string[] = [];
  const Target = actor("node", { state: () => ({}) })
    .on("go", {}, () => undefined)
    .on("rest", {}, () => undefined)
    .read("look", {}, () => undefined)
    .read("glance", {}, () => undefined);
  const turn = (method: MethodName) => async (self: ReadContext<object>) => {
    const { ask = [], together = false, waitMs = 0 } = plans[`${self.key}.${method}`] ?? {};
    if (waitMs > 0) await self.sleep(waitMs);
    const call = (target: string): Promise<unknown> => {
      const [key = "", asked] = target.split(".");
      const node = self.ref(Target, key);
      return node[asked as MethodName]().catch((error: RuntimeError) => caught.push(problemOf(error)));
    };
    if (together) await Promise.all(ask.map(call));
    else for (const target of ask) await call(target);
  };
  const Node = actor("node", { state: () => ({}) })
    .on("go", {}, turn("go"))
    .on("rest", {}, turn("rest"))
    .read("look", {}, turn("look"))
    .read("glance", {}, turn("glance"));
  const stepped = new SteppedSystem([Node]);
  const call = (target: string) => {
    const [key = "", method] = target.split(".");
    return watch(stepped.system.ref(Node, key)[method as MethodName]());
  };
  return { stepped, clock: stepped.clock, caught, call };
}

/** Of a circle the way round, of anything else its code. */
function problemOf({ code, message }: RuntimeError): string {
  return code === "actor.cycle" ? (message.split("it waits for the asker: ")[1] ?? message) : code;
}

const planTo = (targets: readonly string[]) =>
  fc.record({
    ask: fc.array(fc.constantFrom(...targets), { maxLength: 2 }),
    together: fc.boolean(),
    waitMs: fc.constantFrom(0, 0, 1, 5),
  });

describe("any asks among a few actors", () => {
  const targets = ["a.go", "b.go", "c.go", "a.rest", "b.rest", "a.look", "b.look"];
  const going = planTo(targets);
  // Reads that ask reads could go on without end.
  const looking = planTo(targets.filter((target) => !target.endsWith(".look")));

  test("end without a deadline: nobody waits in a circle", async () => {
    const names = ["a.go", "b.go", "c.go", "a.look", "b.look"];
    const run = fc.asyncProperty(fc.tuple(going, going, going, looking, looking), async (all) => {
      const { clock, caught, call } = planned(Object.fromEntries(names.map((name, index) => [name, all[index] ?? {}])));
      const answers = names.map(call);
      await clock.advance(4_000);
      expect(answers.map(({ outcome }) => outcome.kind)).toEqual(names.map(() => "answered"));
      expect(caught.filter((line) => !line.includes("→"))).toEqual([]);
    });
    await fc.assert(run, { seed: 26, numRuns: timesRuns(50) });
  });
});

describe("reads that ask themselves without end", () => {
  test("are stopped where the actor has as many as it may", async () => {
    const { clock, caught, call } = planned({ "a.look": { ask: ["a.look"] } });
    const answer = call("a.look");
    await clock.settle();
    expect([caught.length, answer.outcome.kind]).toEqual([1, "answered"]);
    expect(caught[0]).toEndWith("node/a.look → node/a.look");
  });
});

describe("an ask that waits in a mailbox", () => {
  test("closes a circle like one that is being run", async () => {
    const { clock, caught, call } = planned({
      "a.go": { ask: ["b.rest"] },
      "b.go": { waitMs: 10, ask: ["a.rest"] },
    });
    call("b.go");
    call("b.rest");
    const answer = call("a.go");
    await clock.advance(11);
    expect([caught, answer.outcome.kind]).toEqual([["node/a.go → node/b.go → node/a.rest"], "answered"]);
  });
});
