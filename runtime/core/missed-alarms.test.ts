// Alarms whose time passed while nobody could run them: what the policy of each makes of that.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import type { MissedPolicy } from "./stored.ts";
import { startAlarms } from "./test-alarms.ts";

/** An alarm every 100 s, first at +100 s; the node goes at +150 s and comes back at +460 s. */
async function awayFor310Seconds(missed: MissedPolicy | undefined) {
  const alarms = await startAlarms();
  await alarms.set("tea", { everyMs: 100_000, ...(missed === undefined ? {} : { missed }) });
  await alarms.clock.advance(150_000);
  const again = await alarms.node.restart({ downMs: 310_000 });
  const times = async (untilMs: number): Promise<readonly number[]> => {
    await again.clock.advance(untilMs - 460_000);
    return alarms.rings.map((line) => Math.round(Number(line.split("+")[1]) / 1_000));
  };
  return { again, times, rings: alarms.rings, ids: alarms.ids };
}

describe("an alarm that comes again and again, and was missed three times,", () => {
  test("comes once, and then when it should, unless told otherwise", async () => {
    const { times } = await awayFor310Seconds(undefined);
    expect(await times(610_000)).toEqual([100, 460, 500, 600]);
  });

  test("comes once, and then when it should, where once is asked for", async () => {
    const { times } = await awayFor310Seconds("once");
    expect(await times(610_000)).toEqual([100, 460, 500, 600]);
  });

  test("comes for each, and then when it should, where all are asked for", async () => {
    const { times, ids } = await awayFor310Seconds("all");
    expect(await times(610_000)).toEqual([100, 460, 460, 460, 500, 600]);
    expect(new Set(ids).size).toBe(6);
  });

  test("comes only when it should, where the missed are skipped", async () => {
    const { times } = await awayFor310Seconds("skip");
    expect(await times(610_000)).toEqual([100, 500, 600]);
  });
});

describe("an alarm that comes once, and was missed,", () => {
  test.each([
    [undefined, 1],
    ["once", 1],
    ["all", 1],
    ["skip", 0],
  ] as const)("comes as often as its policy says (%p: %p times)", async (missed, expected) => {
    const { node, rings, set } = await startAlarms();
    await set("tea", { afterMs: 1_000, ...(missed === undefined ? {} : { missed }) });
    const again = await node.restart({ downMs: 60_000 });
    await again.clock.advance(600_000);
    expect(rings.length).toBe(expected);
  });

  test("and skipped, is not stored any more", async () => {
    const { node, set } = await startAlarms();
    await set("tea", { afterMs: 1_000, missed: "skip" });
    const again = await node.restart({ downMs: 60_000 });
    await again.clock.advance(1_000);
    expect(await again.store.alarmsOf("alarmed", "a")).toEqual([]);
  });
});

describe("an alarm that came in time, and whose commit was refused,", () => {
  test("is not missed for that, and comes again", async () => {
    const { node, clock, store, set, rings } = await startAlarms();
    await set("tea", { afterMs: 100, missed: "skip" });
    store.refusal = new Error("the disk is gone");
    await clock.advance(5_000);
    expect(rings.length).toBe(2);
    expect([await store.alarmsOf("alarmed", "a"), node.letters]).toEqual([[], []]);
  });
});

describe("an alarm that was sent in time, and waits for its turn,", () => {
  const lost = new RuntimeError("store.failed", "Cannot commit to actors.db");

  /** It waits behind a turn of four seconds when a commit of its actor is refused, and its alarms are read again. */
  async function waitingWhileLost() {
    const alarms = await startAlarms();
    const { clock, store, ref } = alarms;
    await alarms.set("tea", { afterMs: 100, missed: "skip" });
    alarms.deeds.next = (self) => void self.state.rung++;
    store.hold();
    ref.tell.do();
    ref.tell.wait(4_000);
    await clock.advance(1_500);
    store.refusal = lost;
    store.letGo();
    return alarms;
  }

  test("comes in its turn, and again where that crashes, though another commit of its actor is refused", async () => {
    const { node, clock, store, rings, deeds } = await waitingWhileLost();
    deeds.ring = () => {
      if (rings.length === 1) throw new Error("broke");
    };
    await clock.advance(20_000);
    expect([rings.length, node.letters.length, await store.alarmsOf("alarmed", "a")]).toEqual([2, 2, []]);
  });

  test("comes after its turn has failed because its actor could not be read", async () => {
    const { clock, store, rings } = await waitingWhileLost();
    const load = store.load.bind(store);
    store.load = () => {
      store.load = load;
      return Promise.reject(lost);
    };
    await clock.advance(20_000);
    expect([rings.length, await store.alarmsOf("alarmed", "a")]).toEqual([1, []]);
  });

  test("is not missed for that its actor has no room when it comes again", async () => {
    const { clock, store, rings, deeds, ref, set } = await startAlarms([], { capacity: 1 });
    await set("tea", { afterMs: 100, missed: "skip" });
    deeds.next = (self) => void self.state.rung++;
    store.refusal = lost;
    await clock.advance(105);
    store.hold();
    ref.tell.do();
    await clock.settle();
    ref.tell.wait(6_000);
    await clock.settle();
    ref.tell.wait(1);
    await clock.advance(2_000);
    store.refusal = lost;
    store.letGo();
    await clock.advance(20_000);
    expect([rings.length, await store.alarmsOf("alarmed", "a")]).toEqual([2, []]);
  });
});

describe("an alarm that is sent in time", () => {
  test("comes again where its commit is refused, though its actor's alarms were read again before that", async () => {
    const { clock, store, rings, deeds, ref, set } = await startAlarms();
    const refuse = async (): Promise<void> => {
      store.changesRefusal = new Error("the disk is gone");
      store.letGo();
      await clock.settle();
      store.changesRefusal = undefined;
    };
    await set("tea", { afterMs: 100, missed: "skip" });
    deeds.next = (self) => void self.state.rung++;
    store.hold();
    ref.tell.do();
    ref.tell.wait(1_150);
    await clock.advance(200);
    ref.tell.wait(2_000);
    await clock.advance(100);
    await refuse();
    await clock.advance(100);
    store.hold();
    await clock.advance(1_200);
    await refuse();
    await clock.advance(10_000);
    expect(rings.length).toBe(2);
  });

  test("comes in its time where the clock was set an hour forward before", async () => {
    const { clock, set, rings } = await startAlarms();
    clock.stepUnix(3_600_000);
    await set("tea", { afterMs: 500, missed: "skip" });
    await clock.advance(60_000);
    expect(rings.length).toBe(1);
  });
});

describe("an alarm that was missed, and is to be skipped,", () => {
  const hour = 3_600_000;

  test("is skipped also where the commit that skips it is refused", async () => {
    const { node, set, rings } = await startAlarms();
    await set("tea", { afterMs: 1_000, missed: "skip" });
    const again = await node.restart({ downMs: hour });
    again.store.refusal = new Error("the disk is gone");
    await again.clock.advance(10_000);
    expect([rings, await again.store.alarmsOf("alarmed", "a")]).toEqual([[], []]);
  });

  test("is skipped also where its actor could not be read", async () => {
    const { node, set, rings } = await startAlarms();
    await set("tea", { afterMs: 1_000, missed: "skip" });
    const again = await node.restart({ downMs: hour });
    again.store.loadRefusal = new Error("the disk is gone");
    await again.clock.advance(500);
    again.store.loadRefusal = undefined;
    await again.clock.advance(10_000);
    expect([rings, await again.store.alarmsOf("alarmed", "a")]).toEqual([[], []]);
  });

  test("is skipped after a quarantine, also where it could not be read at the release", async () => {
    const { node, clock, store, set, rings } = await startAlarms();
    await set("tea", { afterMs: 1_000, missed: "skip" });
    node.operations.quarantine("alarmed", "a", "by hand");
    await clock.advance(hour);
    store.loadRefusal = new Error("the disk is gone");
    await node.operations.release("alarmed", "a");
    store.loadRefusal = undefined;
    await clock.advance(10_000);
    expect([rings, await store.alarmsOf("alarmed", "a")]).toEqual([[], []]);
  });

  test("is skipped though the commit of another alarm of its actor, which came in time, was refused", async () => {
    const { clock, store, rings, act, node } = await startAlarms();
    await act(node)((self) => {
      for (const [name, afterMs] of [
        ["tea", 100],
        ["bath", 30_000],
      ] as const) {
        self.alarm(name, { afterMs, send: "ring", missed: "skip" });
      }
    });
    store.refusal = new Error("the disk is gone");
    await clock.advance(5_000);
    clock.stepUnix(hour);
    await clock.advance(60_000);
    expect(rings.map((line) => line.split(" ")[0])).toEqual(["tea", "tea"]);
  });
});

describe("an alarm is missed", () => {
  test.each([
    [limits.alarmLateMs, 1],
    [limits.alarmLateMs + 1, 0],
  ])("when it is more than a second late, not before: %d ms", async (lateMs, expected) => {
    const { node, rings, set } = await startAlarms();
    await set("tea", { afterMs: 10_000, missed: "skip" });
    // The clock of the wheel needs one more millisecond.
    const again = await node.restart({ downMs: 10_000 + lateMs - 1 });
    await again.clock.advance(10_000);
    expect(rings.length).toBe(expected);
  });
});
