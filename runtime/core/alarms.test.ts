// Alarms: set, replaced and cancelled by name, sent as messages when they are due, and kept over sleep and restart.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import { startAlarms } from "./test-alarms.ts";

describe("an alarm", () => {
  test("after some time comes then, not before, and once", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 100, input: { cups: 2 } });
    await clock.advance(99);
    expect(rings).toEqual([]);
    await clock.advance(10_000);
    expect(rings).toEqual(['tea {"cups":2} at +100']);
  });

  test("at a time comes then", async () => {
    const { clock, rings, start, set } = await startAlarms();
    await set("tea", { at: start.unixMs + 250 });
    await clock.advance(10_000);
    expect(rings).toEqual(["tea undefined at +250"]);
  });

  test("at a time that is over comes at once", async () => {
    const { clock, rings, start, set } = await startAlarms();
    await set("tea", { at: start.unixMs - 1_000 });
    await clock.advance(1);
    expect(rings.length).toBe(1);
  });

  test("that comes again and again comes when it should, however late the one before was", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { everyMs: 100 });
    await clock.advance(250);
    clock.block(170);
    await clock.advance(100);
    expect(rings.map((line) => line.split("+")[1])).toEqual(["100", "200", "420", "500"]);
  });

  test("replaces the one of the same name", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 100, input: 1 });
    await set("tea", { afterMs: 300, input: 2 });
    await clock.advance(10_000);
    expect(rings).toEqual(["tea 2 at +300"]);
  });

  test("stands beside those of other names", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 200 });
    await set("egg", { afterMs: 100 });
    await clock.advance(10_000);
    expect(rings.map((line) => line.split(" ")[0])).toEqual(["egg", "tea"]);
  });

  test("that is cancelled does not come", async () => {
    const { node, clock, rings, set, act } = await startAlarms();
    await set("tea", { everyMs: 100 });
    await clock.advance(150);
    await act(node)((self) => self.cancelAlarm("tea"));
    await clock.advance(10_000);
    expect(rings.length).toBe(1);
  });

  test("can be cancelled by hand, while its actor sleeps", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 30_000 });
    await clock.advance(20_000);
    expect(await node.answer(node.operations.cancelAlarm("alarmed", "a", "tea"))).toBe(true);
    expect(await node.answer(node.operations.cancelAlarm("alarmed", "a", "tea"))).toBe(false);
    await clock.advance(20_000);
    expect(rings).toEqual([]);
  });

  test("may be cancelled though there is none", async () => {
    const { node, act } = await startAlarms();
    await act(node)((self) => self.cancelAlarm("tea"));
    expect(node.crashes).toEqual([]);
  });

  test("may set itself anew in its own turn", async () => {
    const { clock, rings, deeds, set } = await startAlarms();
    deeds.ring = (self) => self.alarm("tea", { afterMs: 50, send: "ring" });
    await set("tea", { afterMs: 100 });
    await clock.advance(210);
    expect(rings.map((line) => line.split("+")[1])).toEqual(["100", "150", "200"]);
  });

  test("may end itself in its own turn", async () => {
    const { clock, rings, deeds, set } = await startAlarms();
    deeds.ring = (self) => self.cancelAlarm("tea");
    await set("tea", { everyMs: 100 });
    await clock.advance(10_000);
    expect(rings.length).toBe(1);
  });

  test.each([
    ["replaced", 2],
    ["cancelled", 0],
  ])("that is %s while its message waits does not come as it was", async (what, expected) => {
    const { node, clock, rings, ref, set, act } = await startAlarms();
    await set("tea", { afterMs: 100, input: "old" });
    ref.tell.wait(200);
    await clock.advance(50);
    const acted = act(node)((self) => {
      if (what === "cancelled") self.cancelAlarm("tea");
      else self.alarm("tea", { everyMs: 100, input: "new", send: "ring" });
    }).catch(() => undefined);
    await clock.advance(100);
    await acted;
    await clock.advance(260);
    expect(rings.length).toBe(expected);
    expect(rings.filter((line) => line.includes("old"))).toEqual([]);
  });

  test("waits for the turn that is running", async () => {
    const { clock, rings, ref, set } = await startAlarms();
    await set("tea", { afterMs: 100 });
    ref.tell.wait(500);
    await clock.advance(499);
    expect(rings).toEqual([]);
    await clock.advance(2);
    expect(rings).toEqual(["tea undefined at +500"]);
  });

  test("wakes an actor that sleeps", async () => {
    const { node, clock, rings, Alarmed, set } = await startAlarms();
    await set("tea", { afterMs: 30_000 });
    await clock.advance(20_000);
    expect(node.resident(Alarmed)).toEqual([]);
    await clock.advance(10_001);
    expect(rings.length).toBe(1);
  });

  test("comes after a restart, also where it is due much later", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 3_600_000 });
    await clock.advance(1_000);
    const again = await node.restart();
    await again.clock.advance(3_598_999);
    expect(rings).toEqual([]);
    await again.clock.advance(1);
    expect(rings).toEqual(["tea undefined at +3600000"]);
  });

  test("that was handled does not come again after a restart", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 100 });
    await clock.advance(200);
    const again = await node.restart();
    await again.clock.advance(100_000);
    expect(rings.length).toBe(1);
  });

  test("goes with its actor when that is destroyed", async () => {
    const { node, clock, rings, set, act } = await startAlarms();
    await set("tea", { afterMs: 100 });
    await act(node)((self) => self.destroy());
    await clock.advance(10_000);
    expect(rings).toEqual([]);
  });

  test("stays when its actor stops, and wakes it", async () => {
    const { node, clock, rings, set, act } = await startAlarms();
    await set("tea", { afterMs: 100 });
    await act(node)((self) => self.stop());
    await clock.advance(10_000);
    expect(rings.length).toBe(1);
  });

  test("does not come while the node drains", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 100 });
    void node.system.drain();
    await clock.advance(10_000);
    expect(rings).toEqual([]);
  });

  test("comes late to an actor whose mailbox is full", async () => {
    const { clock, rings, ref, deeds, set } = await startAlarms();
    await set("tea", { afterMs: 100 });
    deeds.next = () => undefined;
    ref.tell.wait(150);
    await clock.settle();
    for (let call = 0; call < limits.mailboxMessagesMax; call++) ref.tell.do();
    await clock.advance(1_000);
    expect(rings).toEqual([]);
    await clock.advance(101);
    expect(rings.length).toBe(1);
  });

  test("that is due with more than 10 000 others in the same millisecond comes too", async () => {
    const { node, clock, rings, start, Alarmed, deeds } = await startAlarms();
    deeds.next = (self) => self.alarm("tea", { at: start.unixMs + 120_000, send: "ring" });
    for (let key = 0; key <= limits.alarmWindowMax; key++) node.ref(Alarmed, `${key}`).tell.do();
    await clock.advance(121_000);
    expect(rings.length).toBe(limits.alarmWindowMax + 1);
  });
});

describe("an alarm whose message waits", () => {
  test.each(["stops", "is destroyed"])("does not come when it is cancelled and its actor %s", async (end) => {
    const { node, clock, rings, set, act } = await startAlarms();
    await set("tea", { afterMs: 100 });
    const acted = act(node)(async (self) => {
      await self.sleep(200);
      self.cancelAlarm("tea");
      if (end === "stops") self.stop();
      else self.destroy();
    }).catch(() => undefined);
    await clock.advance(10_000);
    await acted;
    expect(rings).toEqual([]);
  });
});

describe("the clock on the wall", () => {
  test("set forward lets alarms come that are due by it", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 3_600_000 });
    clock.stepUnix(3_600_000);
    await clock.advance(limits.alarmWindowMs);
    expect(rings.length).toBe(1);
  });

  test("set back lets them wait until they are due by it", async () => {
    const { clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    clock.stepUnix(-600_000);
    await clock.advance(600_999);
    expect(rings).toEqual([]);
    await clock.advance(2);
    expect(rings).toEqual(["tea undefined at +1000"]);
  });
});

describe("the id of a firing", () => {
  test("is the same each time it is tried, and another each time it fires", async () => {
    const { clock, deeds, ids, set } = await startAlarms();
    let crashes = 2;
    deeds.ring = () => {
      if (crashes-- > 0) throw new Error("broke");
    };
    await set("tea", { everyMs: 1_000 });
    await clock.advance(2_001);
    expect(ids).toEqual([ids[0], ids[0], ids[0], ids[3]] as string[]);
    expect(ids[3]).not.toBe(ids[0] as string);
  });

  test("is another for an alarm that replaces one", async () => {
    const { clock, ids, set } = await startAlarms();
    for (let time = 0; time < 2; time++) {
      await set("tea", { afterMs: 100 });
      await clock.advance(200);
    }
    expect(new Set(ids).size).toBe(2);
  });
});

const codeOf = async (work: Promise<void>): Promise<unknown> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: Error) => thrown.cause,
  );
  return (error as RuntimeError | undefined)?.code;
};

describe("the alarms of one actor", () => {
  test("are at most 256, and those can be replaced", async () => {
    const { node, set, act } = await startAlarms();
    await act(node)((self) => {
      for (let name = 0; name < limits.alarmsPerActorMax; name++) {
        self.alarm(`${name}`, { afterMs: 1_000, send: "ring" });
      }
      self.alarm("0", { afterMs: 2_000, send: "ring" });
    });
    expect(await codeOf(set("7", { afterMs: 3_000 }))).toBe(undefined);
    expect(await codeOf(set("one more", { afterMs: 1_000 }))).toBe("actor.limit_reached");
  });

  test("bring no read, which could not end them", async () => {
    const { node, act } = await startAlarms();
    const set = act(node)((self) => self.alarm("look", { afterMs: 100, send: "rung" }));
    expect(await codeOf(set)).toBe("actor.bad_input");
  });

  test("leave room for another when one was cancelled, or has come", async () => {
    const { node, clock, set, act } = await startAlarms();
    await set("first", { afterMs: 100 });
    await act(node)((self) => {
      for (let name = 1; name < limits.alarmsPerActorMax; name++) {
        self.alarm(`${name}`, { afterMs: 100_000, send: "ring" });
      }
    });
    await clock.advance(200);
    expect(await codeOf(set("second", { afterMs: 100_000 }))).toBe(undefined);
    await act(node)((self) => self.cancelAlarm("7"));
    expect(await codeOf(set("third", { afterMs: 100_000 }))).toBe(undefined);
    expect(await codeOf(set("one more", { afterMs: 100_000 }))).toBe("actor.limit_reached");
  });

  test("are counted over sleep too", async () => {
    const { clock, set } = await startAlarms();
    for (let name = 0; name < limits.alarmsPerActorMax; name++) await set(`${name}`, { afterMs: 1_000_000 });
    await clock.advance(10_001);
    expect(await codeOf(set("one more", { afterMs: 1_000 }))).toBe("actor.limit_reached");
  });
});

describe("an alarm that cannot be", () => {
  const wrong: readonly [options: object, code: string][] = [
    [{}, "actor.bad_input"],
    [{ afterMs: 1, everyMs: 1 }, "actor.bad_input"],
    [{ afterMs: -1 }, "actor.bad_input"],
    [{ afterMs: Number.NaN }, "actor.bad_input"],
    [{ everyMs: 0.5 }, "actor.bad_input"],
    [{ at: Number.POSITIVE_INFINITY }, "actor.bad_input"],
    [{ afterMs: 1, input: new Date(0) }, "actor.bad_input"],
    [{ afterMs: 1, send: "bark" }, "actor.unknown_method"],
  ];
  test.each(wrong)("%j is an error where it is set", async (options, code) => {
    const { node, act } = await startAlarms();
    const codes: unknown[] = [];
    await act(node)((self) => {
      try {
        self.alarm("tea", { send: "ring", ...options });
      } catch (error) {
        codes.push(error instanceof RuntimeError && error.code);
      }
    });
    expect(codes).toEqual([code]);
  });
});
