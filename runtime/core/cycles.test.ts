// Asks that would wait for whoever waits for them: they fail at once with the way round, and nothing else does.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { SteppedSystem, watch } from "../testing/stepped-system.ts";
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

/** Actors that ask each other by plan, `key.method`. `look` and `glance` are reads; the others have their actor alone. */
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
      return self.ref(Target, key)[asked as MethodName]().catch((error: RuntimeError) => caught.push(problemOf(error)));
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

describe("a circle of asks", () => {
  test("of two fails at once, with the whole way, and whoever closes it goes on", async () => {
    const { clock, caught, call } = planned({ "a.go": { ask: ["b.go"] }, "b.go": { ask: ["a.rest"] } });
    const answer = call("a.go");
    await clock.settle();
    expect(caught).toEqual(["node/a.go → node/b.go → node/a.rest"]);
    expect(answer.outcome.kind).toBe("answered");
  });

  test("is an error of its own, which says that the message was never run, and is counted", async () => {
    const Target = actor("self", { state: () => ({}) }).on("go", {}, () => undefined);
    const Self = actor("self", { state: () => ({}) }).on("go", {}, (self) => self.ref(Target, self.key).go());
    const stepped = new SteppedSystem([Self]);
    const message = 'Cannot ask "self/s": it waits for the asker: self/s.go → self/s.go';
    expect(await stepped.outcome(stepped.system.ref(Self, "s").go())).toMatchObject({
      code: "actor.crashed",
      error: { cause: { code: "actor.cycle", stood: "queued", message } },
    });
    expect(stepped.system.hosts[0]?.stats.rejected.get("actor.cycle")).toBe(1);
  });

  test("of many has all of them on its way", async () => {
    const { clock, caught, call } = planned({
      "a.go": { ask: ["b.go"] },
      "b.go": { ask: ["c.go"] },
      "c.go": { ask: ["d.go"] },
      "d.go": { ask: ["a.rest"] },
    });
    call("a.go");
    await clock.settle();
    expect(caught).toEqual(["node/a.go → node/b.go → node/c.go → node/d.go → node/a.rest"]);
  });

  test("is found when it is closed later, by whoever closes it", async () => {
    const { clock, caught, call } = planned({
      "a.go": { ask: ["b.go"] },
      "b.go": { waitMs: 50, ask: ["c.go"] },
      "c.go": { ask: ["a.rest"] },
    });
    call("a.go");
    await clock.advance(51);
    expect(caught).toEqual(["node/a.go → node/b.go → node/c.go → node/a.rest"]);
  });

  test("is found in asks made side by side, and takes none of the others with it", async () => {
    const { clock, caught, call } = planned({
      "a.go": { ask: ["b.rest", "c.go"], together: true },
      "b.rest": { waitMs: 10 },
      "c.go": { ask: ["a.rest"] },
    });
    const answer = call("a.go");
    await clock.advance(11);
    expect([caught, answer.outcome.kind]).toEqual([["node/a.go → node/c.go → node/a.rest"], "answered"]);
  });

  test("is found where one of its asks waits in a mailbox, behind other messages", async () => {
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

  test("that two close at the same time fails one of their asks, and both go on", async () => {
    const { clock, caught, call } = planned({
      "a.go": { waitMs: 10, ask: ["b.rest"] },
      "b.go": { waitMs: 10, ask: ["a.rest"] },
    });
    const answers = [call("a.go"), call("b.go")];
    await clock.advance(11);
    expect([caught.length, answers.map(({ outcome }) => outcome.kind)]).toEqual([1, ["answered", "answered"]]);
  });

  test("is found where a read waits for a turn that would have its actor to itself", async () => {
    const { clock, caught, call } = planned({ "a.look": { ask: ["b.go"] }, "b.go": { ask: ["a.rest"] } });
    call("a.look");
    await clock.settle();
    expect(caught).toEqual(["node/a.look → node/b.go → node/a.rest"]);
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

describe("no circle of asks is", () => {
  test("an ask of an actor that has its answer already", async () => {
    const { clock, caught, call } = planned({ "a.go": { ask: ["b.rest", "c.go"] }, "c.go": { ask: ["b.rest"] } });
    const answer = call("a.go");
    await clock.settle();
    expect([caught, answer.outcome.kind]).toEqual([[], "answered"]);
  });

  test("a read of an actor that reads: they share it", async () => {
    const { clock, caught, call } = planned({ "a.look": { ask: ["b.go"] }, "b.go": { ask: ["a.glance"] } });
    const answer = call("a.look");
    await clock.settle();
    expect([caught, answer.outcome.kind]).toEqual([[], "answered"]);
  });

  test("a read that goes before the turn that waits for the reads: it would wait for itself else", async () => {
    const { clock, caught, call } = planned({ "a.look": { waitMs: 10, ask: ["b.go"] }, "b.go": { ask: ["a.glance"] } });
    const answers = [call("a.look"), call("a.go")];
    await clock.advance(11);
    expect([caught, answers.map(({ outcome }) => outcome.kind)]).toEqual([[], ["answered", "answered"]]);
  });

  test("a tell, which waits for nothing", async () => {
    const heard: string[] = [];
    const Target = actor("echo", { state: () => ({}) }).on("hear", {}, () => undefined);
    const Echo = actor("echo", { state: () => ({}) })
      .on("hear", {}, (self) => void heard.push(self.key))
      .on("speak", {}, async (self) => {
        self.ref(Target, self.key === "a" ? "b" : "a").tell.hear();
        await self.sleep(1);
      });
    const { system, clock } = new SteppedSystem([Echo]);
    for (const key of ["a", "b"]) system.ref(Echo, key).tell.speak();
    await clock.advance(2);
    expect(heard.toSorted()).toEqual(["a", "b"]);
  });
});

describe("any asks among a few actors", () => {
  const targets = ["a.go", "b.go", "c.go", "a.rest", "b.rest", "a.look", "b.look"];
  const planTo = (...allowed: readonly string[]) =>
    fc.record({
      ask: fc.array(fc.constantFrom(...allowed), { maxLength: 2 }),
      together: fc.boolean(),
      waitMs: fc.constantFrom(0, 0, 1, 5),
    });
  const going = planTo(...targets);
  // Reads that ask reads could go on without end.
  const looking = planTo(...targets.filter((target) => !target.endsWith(".look")));

  test("end without a deadline: nobody waits in a circle", async () => {
    const names = ["a.go", "b.go", "c.go", "a.look", "b.look"];
    const run = fc.asyncProperty(fc.tuple(going, going, going, looking, looking), async (all) => {
      const { clock, caught, call } = planned(Object.fromEntries(names.map((name, index) => [name, all[index] ?? {}])));
      const answers = names.map(call);
      await clock.advance(4_000);
      expect(answers.map(({ outcome }) => outcome.kind)).toEqual(names.map(() => "answered"));
      expect(caught.filter((line) => !line.includes("→"))).toEqual([]);
    });
    await fc.assert(run, { seed: 26, numRuns: 80 });
  });
});
