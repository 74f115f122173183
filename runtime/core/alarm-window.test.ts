// How many alarms are in memory: those that are due next; the rest wait in the store, and all come when they should.
import { describe, expect, test } from "bun:test";

import { createRandom } from "../base/random.ts";
import { TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { createMemoryStore } from "../storage/memory-store.ts";
import { commit } from "../storage/test-stores.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { AlarmClock } from "./alarm-clock.ts";
import { PendingChange } from "./group-commit.ts";
import type { AlarmRecord, StoredAlarm } from "./stored.ts";

const WINDOW_MAX = 4;

/** An alarm clock that reads four at a time; each actor has one alarm, gone from the store once it was sent. */
async function begin() {
  const clock = new FakeClock();
  const store = createMemoryStore();
  const startedAt = clock.unixMs();
  /** `key at +ms`. */
  const fired: string[] = [];
  const versions = new Map<string, number>();
  const refusing = new Set<string>();
  const counts: number[] = [];
  const set = async (key: string, dueInMs: number | undefined): Promise<void> => {
    const change = new PendingChange(
      { type: "a", key, stateVersion: 1, settled: () => undefined },
      versions.get(key) ?? 0,
    );
    versions.set(key, ++change.version);
    change.state = "{}";
    change.alarms.push({ name: "tea", alarm: dueInMs === undefined ? undefined : alarmAt(startedAt + dueInMs) });
    await commit(store, change);
    alarms.committed([change]);
    counts.push(alarms.count);
  };
  const fire = ({ key }: StoredAlarm): boolean => {
    if (refusing.has(key)) return false;
    fired.push(`${key} at +${clock.unixMs() - startedAt}`);
    void set(key, undefined);
    return true;
  };
  const options = { fire, failed, windowMax: WINDOW_MAX };
  const alarms = new AlarmClock(clock, new TimerWheel(clock), store, options);
  await alarms.start();
  return { clock, store, alarms, fired, refusing, counts, set };
}

const failed = (error: unknown): never => {
  throw error;
};

const alarmAt = (dueAt: number): AlarmRecord => ({
  name: "tea",
  dueAt,
  everyMs: 0,
  method: "ring",
  input: undefined,
  missed: "once",
  fire: 1,
});

describe("of the alarms that are due within a minute", () => {
  test("twice as many as are read at once are in memory, and with one more only those that are due next", async () => {
    const { alarms, set } = await begin();
    for (let key = 1; key <= 2 * WINDOW_MAX; key++) await set(`${key}`, 50_000 - key * 1_000);
    expect(alarms.count).toBe(2 * WINDOW_MAX);
    await set("one more", 1_000);
    expect(alarms.count).toBe(WINDOW_MAX);
  });

  test("each comes when it is due, whatever was in memory", async () => {
    const { clock, counts, fired, set } = await begin();
    const expected: string[] = [];
    for (let key = 1; key <= 40; key++) {
      await set(`${key}`, 50_000 - key * 1_000);
      expected.unshift(`${key} at +${50_000 - key * 1_000}`);
    }
    await clock.advance(60_000);
    expect(fired).toEqual(expected);
    expect(Math.max(...counts)).toBe(2 * WINDOW_MAX);
  });

  test("those that are due in the same millisecond all come in that, be they more than are read at once", async () => {
    const { clock, counts, fired, set } = await begin();
    for (let key = 1; key <= 30; key++) await set(`${key}`, key <= 5 ? key : 10_000);
    await clock.advance(20_000);
    const expected = Array.from({ length: 25 }, (_, index) => `${index + 6} at +10000`);
    expect(new Set(fired.slice(5))).toEqual(new Set(expected));
    expect([fired.length, Math.max(...counts)]).toEqual([30, 2 * WINDOW_MAX]);
  });

  test("those whose actors cannot take them are tried again, and the others come meanwhile", async () => {
    const { clock, fired, refusing, set } = await begin();
    for (let key = 1; key <= 20; key++) await set(`${key}`, key * 1_000);
    for (let key = 1; key < WINDOW_MAX; key++) refusing.add(`${key}`);
    await clock.advance(20_500);
    expect(fired.length).toBe(20 - refusing.size);
    refusing.clear();
    await clock.advance(limits.alarmRetryMs);
    expect(fired.length).toBe(20);
  });

  test("the later ones wait in the store while as many as are read at once find no room", async () => {
    const { clock, alarms, fired, refusing, set } = await begin();
    for (let key = 1; key <= 40; key++) {
      await set(`${key}`, key * 1_000);
      refusing.add(`${key}`);
    }
    await clock.advance(100_000);
    expect([fired, alarms.count <= 3 * WINDOW_MAX]).toEqual([[], true]);
    refusing.clear();
    await clock.advance(20_000);
    expect(fired.length).toBe(40);
  });
});

test("alarms that are set, moved and cancelled at random come once each, when they should, few in memory", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { clock, counts, fired, set } = await begin();
    const random = createRandom(seed);
    const below = (most: number): number => Math.floor(random.next() * most);
    const due = new Map<string, number>();
    let passedMs = 0;
    for (let deed = 0; deed < 150; deed++) {
      const key = `${below(60)}`;
      const dueInMs = random.next() < 0.2 ? undefined : passedMs + 1 + below(100_000);
      if (dueInMs === undefined) due.delete(key);
      else due.set(key, dueInMs);
      await set(key, dueInMs);
      if (deed % 10 !== 9) continue;
      await clock.advance(3_000);
      passedMs += 3_000;
      expect(fired.splice(0)).toEqual(takeUpTo(due, passedMs));
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(2 * WINDOW_MAX);
  }
});

/** Those that should have come by now, in order. */
function takeUpTo(due: Map<string, number>, passedMs: number): string[] {
  const over = Array.from(due).filter(([, dueInMs]) => dueInMs <= passedMs);
  for (const [key] of over) due.delete(key);
  return over.sort(([, left], [, right]) => left - right).map(([key, dueInMs]) => `${key} at +${dueInMs}`);
}

describe("actors whose alarms may not have been handled", () => {
  test("are looked at again, be they more than are kept in mind", async () => {
    const { clock, store, alarms, fired, set } = await begin();
    const keys = Array.from({ length: 3 * WINDOW_MAX }, (_, index) => `${index}`);
    for (const key of keys) {
      const change = new PendingChange({ type: "b", key, stateVersion: 1, settled: () => undefined }, 0);
      change.state = "{}";
      change.version = 1;
      change.alarms.push({ name: "tea", alarm: alarmAt(clock.unixMs()) });
      await commit(store, change);
      alarms.lookAgain({ type: "b", key });
    }
    await set("other", 30_000);
    await clock.advance(5_000);
    expect(new Set(fired.map((line) => line.split(" ")[0]))).toEqual(new Set(keys));
    await clock.advance(30_000);
    expect(fired).toContain("other at +30000");
  });
});
