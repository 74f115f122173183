// Refs as values: what they are, what they carry, and what the compiler lets through.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import type { Receipt } from "./errors.ts";
import type { Ref } from "./shape.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }) })
  .on("add", { in: t.Object({ amount: t.Integer() }), out: t.Integer() }, ({ state }, { amount }) => {
    state.count += amount;
    return state.count;
  })
  .on("clear", {}, ({ state }) => {
    state.count = 0;
  })
  .read("value", { out: t.Integer() }, ({ state }) => state.count);
type CounterRef = Ref<(typeof Counter)["shape"]["methods"]>;

const names = ["caller", "target", "method", "courier", "name", "valueOf", "hasOwnProperty", "toLocaleString"] as const;

describe("a ref", () => {
  test("starts nothing", async () => {
    const stepped = new SteppedSystem([Counter]);
    stepped.system.ref(Counter, "a");
    await stepped.clock.settle();
    expect(stepped.resident(Counter)).toEqual([]);
  });

  test("knows its type and key", () => {
    const { type, key } = new SteppedSystem([Counter]).system.ref(Counter, "page/home");
    expect([type, key]).toEqual(["counter", "page/home"]);
  });

  test("serialises to its type and key", () => {
    const ref = new SteppedSystem([Counter]).system.ref(Counter, "a");
    expect(JSON.parse(JSON.stringify({ ref }))).toEqual({ ref: { type: "counter", key: "a" } });
  });

  test("reads as its address", () => {
    expect(`${new SteppedSystem([Counter]).system.ref(Counter, "page/home")}`).toBe("counter/page/home");
  });

  test("is no promise, so that it can be returned from an async function", async () => {
    const ref = new SteppedSystem([Counter]).system.ref(Counter, "a");
    expect(await Promise.resolve(ref)).toBe(ref);
  });

  test("carries nothing of the actor that made it", async () => {
    const Maker = actor("maker", { state: () => ({ made: {} as CounterRef }) })
      .on("make", {}, (self) => {
        self.state.made = self.ref(Counter, "a");
      })
      .read("fields", { out: t.Array(t.String()) }, ({ state }) => Object.keys(state.made));
    const stepped = new SteppedSystem([Counter, Maker]);
    const maker = stepped.system.ref(Maker, "m");
    maker.tell.make();
    expect(await stepped.outcome(maker.fields())).toEqual({ kind: "answered", value: ["key"] });
  });

  test("goes to the same actor as every other ref of that type and key", async () => {
    const stepped = new SteppedSystem([Counter]);
    stepped.system.ref(Counter, "a").tell.add({ amount: 2 });
    const again = stepped.system.ref(Counter, "a").value();
    expect(await stepped.outcome(again)).toEqual({ kind: "answered", value: 2 });
  });

  test("goes to another actor when only the key differs", async () => {
    const stepped = new SteppedSystem([Counter]);
    stepped.system.ref(Counter, "a").tell.add({ amount: 2 });
    const other = stepped.system.ref(Counter, "b").value();
    expect(await stepped.outcome(other)).toEqual({ kind: "answered", value: 0 });
  });

  test("that an actor keeps is asked under the deadline of the turn that uses it", async () => {
    const signals: AbortSignal[] = [];
    const Slow = actor("slow", { state: () => ({}) }).on("wait", {}, async (self) => {
      signals.push(self.signal);
      await self.sleep(10_000);
    });
    type SlowRef = Ref<(typeof Slow)["shape"]["methods"]>;
    const Keeper = actor("keeper", { state: () => ({ slow: undefined as SlowRef | undefined }) })
      .on("keep", {}, (self) => {
        self.state.slow = self.ref(Slow, "s");
      })
      .on("use", {}, async ({ state }) => {
        await state.slow?.wait();
      });
    const { system, clock } = new SteppedSystem([Slow, Keeper]);
    const keeper = system.ref(Keeper, "k");
    keeper.tell.keep();
    await clock.settle();
    keeper.use(undefined, { timeoutMs: 100 }).catch(() => undefined);
    await clock.advance(99);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("goes on to its actor when that has left memory and come back", async () => {
    const stepped = new SteppedSystem([Counter]);
    const ref = stepped.system.ref(Counter, "a");
    ref.tell.add({ amount: 2 });
    await stepped.clock.settle();
    stepped.system.hosts[0]?.cells.get("a")?.hibernate();
    stepped.system.ref(Counter, "a").tell.add({ amount: 3 });
    expect(await stepped.outcome(ref.value())).toEqual({ kind: "answered", value: 3 });
  });

  test.each(names)("can ask a method called %p", async (name) => {
    const Named = actor("named", { state: () => ({}) }).on(name, { out: t.String() }, () => "answer");
    const stepped = new SteppedSystem([Named]);
    const ref = stepped.system.ref(Named, "a");
    expect(await stepped.outcome(ref[name]())).toEqual({ kind: "answered", value: "answer" });
  });

  test.each(names)("can tell a method called %p", (name) => {
    const Named = actor("named", { state: () => ({}) }).on(name, {}, () => undefined);
    const ref = new SteppedSystem([Named]).system.ref(Named, "a");
    expect(ref.tell[name]()).toEqual({ accepted: true });
  });
});

// Held by the compiler: each line marked here fails `bun check` when it is accepted.
export function typedByTheCompiler(hits: CounterRef): unknown[] {
  const total: Promise<number> = hits.add({ amount: 1 });
  const nothing: Promise<void> = hits.clear();
  const receipt: Receipt = hits.tell.add({ amount: 1 });
  const patient: Promise<number> = hits.value(undefined, { timeoutMs: 10 });
  // @ts-expect-error -- the amount is a number
  const wrongInput = hits.add({ amount: "1" });
  // @ts-expect-error -- the input is missing
  const noInput = hits.add();
  // @ts-expect-error -- the input has no such field
  const wrongField = hits.add({ amount: 1, unit: "hits" });
  // @ts-expect-error -- there is no such method
  const wrongMethod = hits.remove({ amount: 1 });
  // @ts-expect-error -- the answer is a number
  const wrongAnswer: Promise<string> = hits.add({ amount: 1 });
  // @ts-expect-error -- the method takes no input
  const unwantedInput = hits.clear({ amount: 1 });
  // @ts-expect-error -- there is no such method to tell either
  const wrongTell = hits.tell.remove({ amount: 1 });
  // @ts-expect-error -- a tell has a receipt, not an answer
  const answerOfTell: Promise<number> = hits.tell.add({ amount: 1 });
  // @ts-expect-error -- a tell waits for nothing, so it has no timeout
  const optionsOfTell = hits.tell.add({ amount: 1 }, { timeoutMs: 10 });
  // @ts-expect-error -- a ref does not change
  hits.key = "other";
  const accepted = [total, nothing, receipt, patient];
  const refused = [wrongInput, noInput, wrongField, wrongMethod, wrongAnswer, unwantedInput];
  return [...accepted, ...refused, wrongTell, answerOfTell, optionsOfTell];
}
