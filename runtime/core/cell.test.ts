// Turns: one at a time, in order, fair to the neighbours; idle actors leave memory, and an actor may leave by itself.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";
import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";

const Step = t.Object({ sender: t.Integer(), number: t.Integer(), sleepsMs: t.Array(t.Number()) });

/** Writes down where each of its turns begins and ends. */
function diary() {
  const lines: string[] = [];
  const type = actor("diary", { state: () => ({}) }).on("turn", { in: Step }, async (self, step) => {
    const name = `${step.sender}.${step.number}`;
    lines.push(`begin ${name}`);
    for (const sleepMs of step.sleepsMs) await self.sleep(sleepMs);
    lines.push(`end ${name}`);
  });
  return { lines, type };
}

const Counter = actor("counter", { state: () => ({ count: 0 }), hibernateAfterMs: 1_000 })
  .on("add", { out: t.Integer() }, ({ state }) => ++state.count)
  .on("addAndStop", { out: t.Integer() }, (self) => {
    self.stop();
    return ++self.state.count;
  })
  .on("addSlowly", { in: t.Number(), out: t.Integer() }, async (self, delayMs) => {
    await self.sleep(delayMs);
    return ++self.state.count;
  });

function counting() {
  const stepped = new SteppedSystem([Counter]);
  return { stepped, clock: stepped.clock, counter: stepped.system.ref(Counter, "a") };
}

const step = fc.record({
  sender: fc.nat(3),
  gapMs: fc.constantFrom(0, 0, 0, 1, 5, 30),
  sleepsMs: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 3 }),
});

describe("turns of one actor", () => {
  test("never interleave, and keep the order of every sender, however long the handlers wait", async () => {
    const run = fc.asyncProperty(fc.array(step, { maxLength: 25, size: "max" }), async (steps) => {
      const { lines, type } = diary();
      const { system, clock } = new SteppedSystem([type]);
      const refs = Array.from({ length: 4 }, () => system.ref(type, "a"));
      const expected: string[] = [];
      for (const [number, { sender, gapMs, sleepsMs }] of steps.entries()) {
        refs[sender]?.tell.turn({ sender, number, sleepsMs });
        expected.push(`begin ${sender}.${number}`, `end ${sender}.${number}`);
        if (gapMs > 0) await clock.advance(gapMs);
      }
      await clock.advance(10_000);
      expect(lines).toEqual(expected);
    });
    await fc.assert(run, { seed: 5, numRuns: 60 });
  });

  test("do not hold up another actor", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addSlowly(500);
    await clock.settle();
    const other = stepped.system.ref(Counter, "b").add();
    expect(await stepped.outcome(other)).toEqual({ kind: "answered", value: 1 });
  });

  test("let the neighbours run after 256 of a busy actor", async () => {
    const order: string[] = [];
    const Busy = actor("busy", { state: () => ({}) }).on("turn", {}, (self) => void order.push(self.key));
    const { system, clock } = new SteppedSystem([Busy]);
    for (let turn = 0; turn < 300; turn++) system.ref(Busy, "busy").tell.turn();
    system.ref(Busy, "quick").tell.turn();
    await clock.settle();
    expect(order.indexOf("quick")).toBe(limits.turnsPerSlice);
  });

  test("give an answer that is no promise as it is", async () => {
    const { stepped, counter } = counting();
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("give an answer that nobody waits for to nobody", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    counter.tell.addSlowly(1);
    await clock.advance(2);
    expect([stepped.crashes, stepped.refusals]).toEqual([[], []]);
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 3 });
  });

  test("hold the actor until the promise of an async handler settles", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addSlowly(100);
    await clock.advance(99);
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "pending" });
  });

  test("give what a handler's promise ends in", async () => {
    const { stepped, clock, counter } = counting();
    const answer = counter.addSlowly(100);
    await clock.advance(101);
    expect(await stepped.outcome(answer)).toEqual({ kind: "answered", value: 1 });
  });

  test("see the same Unix time from beginning to end", async () => {
    const Timed = actor("timed", { state: () => ({}) }).on("turn", { out: t.Integer() }, async (self) => {
      const startedAt = self.turnStartedAt;
      await self.sleep(50);
      return self.turnStartedAt - startedAt;
    });
    const stepped = new SteppedSystem([Timed]);
    const answer = stepped.system.ref(Timed, "a").turn();
    await stepped.clock.advance(51);
    expect(await stepped.outcome(answer)).toEqual({ kind: "answered", value: 0 });
  });

  test("are counted once each, however they were handled", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    counter.tell.addSlowly(10);
    counter.tell.add();
    await clock.advance(11);
    const stats = stepped.system.hosts[0]?.stats;
    expect([stats?.turns, stats?.durations.count]).toEqual([3, 3]);
  });

  test("are measured from their beginning to the end of their promise", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addSlowly(10);
    await clock.advance(11);
    expect(stepped.system.hosts[0]?.stats.durations.sumMs).toBe(10);
  });
});

describe("an idle actor", () => {
  test("is still there just before its time", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.advance(999);
    expect(stepped.resident(Counter)).toEqual(["a"]);
  });

  test("leaves memory when its time is over", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.advance(1_001);
    expect(stepped.resident(Counter)).toEqual([]);
  });

  test("starts afresh with its next message", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.advance(1_001);
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("stays while messages keep coming", async () => {
    const { stepped, clock, counter } = counting();
    for (let time = 0; time < 10; time++) {
      counter.tell.add();
      await clock.advance(900);
    }
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 11 });
  });

  test("is counted idle from the end of its last turn", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addSlowly(3_000);
    await clock.advance(3_990);
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 2 });
  });

  test("does not leave in the middle of a turn that takes longer than its idle time", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.settle();
    const answer = counter.addSlowly(2_500);
    await clock.advance(2_501);
    expect(await stepped.outcome(answer)).toEqual({ kind: "answered", value: 2 });
  });

  test("is counted when it comes into memory, and when it leaves it", async () => {
    const { stepped, clock, counter } = counting();
    for (let time = 0; time < 3; time++) {
      counter.tell.add();
      counter.tell.add();
      await clock.advance(1_001);
    }
    const stats = stepped.system.hosts[0]?.stats;
    expect([stats?.activations, stats?.hibernations]).toEqual([3, 3]);
  });

  test("leaves in its own time where others of its type were used later", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.advance(600);
    stepped.system.ref(Counter, "b").tell.add();
    await clock.advance(401);
    expect(stepped.resident(Counter)).toEqual(["b"]);
    await clock.advance(600);
    expect(stepped.resident(Counter)).toEqual([]);
  });

  test("leaves at once where its type says so, and still does all that waits", async () => {
    const sums: number[] = [];
    const Brief = actor("brief", { state: () => ({ count: 0 }), hibernateAfterMs: 0 }).on(
      "add",
      {},
      ({ state }) => void sums.push(++state.count),
    );
    const stepped = new SteppedSystem([Brief]);
    for (let time = 0; time < 2; time++) stepped.system.ref(Brief, "a").tell.add();
    await stepped.clock.advance(2);
    expect([sums, stepped.resident(Brief)]).toEqual([[1, 2], []]);
  });

  test("leaves after the default time when its type names none", async () => {
    const Plain = actor("plain", { state: () => ({}) }).on("touch", {}, () => undefined);
    const stepped = new SteppedSystem([Plain]);
    stepped.system.ref(Plain, "a").tell.touch();
    await stepped.clock.advance(limits.idleStopMs - 1);
    expect(stepped.resident(Plain)).toEqual(["a"]);
    await stepped.clock.advance(2);
    expect(stepped.resident(Plain)).toEqual([]);
  });
});

describe("an actor that stops itself", () => {
  test("answers first", async () => {
    const { stepped, counter } = counting();
    expect(await stepped.outcome(counter.addAndStop())).toEqual({ kind: "answered", value: 1 });
  });

  test("leaves memory after the turn", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addAndStop();
    await clock.settle();
    expect(stepped.resident(Counter)).toEqual([]);
  });

  test("leaves nothing of its state to messages that were waiting already", async () => {
    const { stepped, counter } = counting();
    counter.tell.add();
    counter.tell.addAndStop();
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("stays for the messages that were waiting already", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.addAndStop();
    counter.tell.add();
    await clock.settle();
    expect(stepped.resident(Counter)).toEqual(["a"]);
  });

  test("leaves no idle timer behind that stops its successor early", async () => {
    const { stepped, clock, counter } = counting();
    counter.tell.add();
    await clock.advance(900);
    counter.tell.addAndStop();
    await clock.advance(10);
    counter.tell.add();
    await clock.advance(950);
    expect(await stepped.outcome(counter.add())).toEqual({ kind: "answered", value: 2 });
  });
});
