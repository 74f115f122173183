// What handlers may say of timers and alarms, and the mistakes that are named where they are made.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import type { AlarmOptions, TimerOptions } from "./context.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { alarmRecord, checkedMethod, checkedName, nameProblem, timerTimes } from "./turn-options.ts";

const NOW_MS = 1_763_640_000_000;

const Clock = actor("clock", { state: () => ({}) })
  .on("ring", {}, () => undefined)
  .read("look", {}, () => undefined);

const alarm = (options: Partial<AlarmOptions>) =>
  alarmRecord(Clock, "wake", { send: "ring", ...options }, { unixMs: NOW_MS, fire: 4 });

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof RuntimeError ? error.code : String(error);
  }
  return "nothing thrown";
}

describe("a name", () => {
  test.each([["a"], [" "], ["a/b"], ["__proto__"], ["\u{1F4EE}"], ["n".repeat(limits.nameLengthMax)]])(
    "may be %p",
    (name) => {
      expect(nameProblem(name)).toBeUndefined();
    },
  );

  test.each([[""], ["a\0b"], ["\ud83d"], ["n".repeat(limits.nameLengthMax + 1)]])("may not be %j", (name) => {
    expect(nameProblem(name)).toContain("a name has 1 to 256 characters");
    expect(codeOf(() => checkedName("timer", name))).toBe("actor.bad_key");
  });

  test("is shown in part where it is long", () => {
    expect(nameProblem("n".repeat(10_000))?.length).toBeLessThan(200);
  });
});

describe("the method of a timer or an alarm", () => {
  test("is one that its type has", () => {
    expect(checkedMethod(Clock, "look").name).toBe("look");
  });

  test.each(["rung", "", "toString", "__proto__"])("is not %p, which it has not", (name) => {
    expect(codeOf(() => checkedMethod(Clock, name))).toBe("actor.unknown_method");
  });
});

const times = (options: Omit<TimerOptions, "send">) => timerTimes("tick", { ...options, send: "ring" });

describe("the times of a timer", () => {
  test("are once after a while", () => {
    expect(times({ afterMs: 0 })).toEqual({ afterMs: 0, everyMs: undefined });
  });

  test("are again and again, first after the same while", () => {
    expect(times({ everyMs: 1 })).toEqual({ afterMs: 1, everyMs: 1 });
  });

  test.each([
    ["none", {}],
    ["both", { afterMs: 5, everyMs: 5 }],
    ["less than none", { afterMs: -1 }],
    ["no number", { afterMs: Number.NaN }],
    ["endless", { afterMs: Number.POSITIVE_INFINITY }],
    ["longer than anyone waits", { everyMs: 2 ** 43 + 1 }],
    ["more often than each millisecond", { everyMs: 0.5 }],
    ["without a pause", { everyMs: 0 }],
  ])("are not %s", (_, options) => {
    expect(codeOf(() => times(options))).toBe("actor.bad_input");
  });
});

describe("an alarm", () => {
  test("is due at a time, after a while, or first after its period", () => {
    const due = [alarm({ at: 70 }), alarm({ afterMs: 500 }), alarm({ everyMs: 60_000 })].map(({ dueAt }) => dueAt);
    expect(due).toEqual([70, NOW_MS + 500, NOW_MS + 60_000]);
  });

  test("is due at a whole millisecond, never earlier than it was asked for", () => {
    expect([alarm({ afterMs: 0.25 }).dueAt, alarm({ at: 70.5 }).dueAt]).toEqual([NOW_MS + 1, 71]);
  });

  test("fires once unless it has a period, and catches up once unless it says otherwise", () => {
    expect(alarm({ afterMs: 1 })).toMatchObject({ name: "wake", method: "ring", everyMs: 0, missed: "once", fire: 4 });
    expect(alarm({ everyMs: 7, missed: "all" })).toMatchObject({ everyMs: 7, missed: "all" });
  });

  test("keeps its input as text, and none as none", () => {
    expect([alarm({ afterMs: 1, input: { a: 1 } }).input, alarm({ afterMs: 1 }).input]).toEqual(['{"a":1}', undefined]);
  });

  test.each([
    ["no time", {}],
    ["two times", { at: 1, afterMs: 1 }],
    ["a time before all", { at: -1 }],
    ["a time that is none", { at: Number.NaN }],
    ["a time after all", { at: 2 ** 43 + 1 }],
    ["a period of nothing", { everyMs: 0 }],
    ["a period below a millisecond", { everyMs: 0.5 }],
    ["an input that is no JSON", { afterMs: 1, input: new Map() }],
  ])("is refused with %s", (_, options: Partial<AlarmOptions>) => {
    expect(codeOf(() => alarm(options))).toBe("actor.bad_input");
  });

  test("is refused for a method that the type has not", () => {
    expect(codeOf(() => alarm({ afterMs: 1, send: "rung" }))).toBe("actor.unknown_method");
  });
});
