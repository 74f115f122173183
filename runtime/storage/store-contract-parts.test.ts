// What every store promises of an actor's rows, alarms and watches: their orders, bounds, limits.
import { afterAll, describe, expect, test } from "bun:test";

import type { Store } from "../core/ports.ts";
import { alarm, change, commit, IN_ORDER, removeDatabases, storeKinds } from "./test-stores.ts";

afterAll(removeDatabases);

const all = { from: "", before: "\u{10ffff}", limit: 99, reverse: false };
const full = alarm("full", {
  dueAt: 1_763_640_000_123,
  everyMs: 86_400_000,
  input: '{"a":1}',
  missed: "all",
  fire: 7,
});
const set = (name: string, dueAt: number) => ({ name, alarm: alarm(name, { dueAt }) });
const watch = (watchedKey: string, on = true, method = "left") => ({
  watchedType: "session",
  watchedKey,
  method,
  on,
});

describe.each(storeKinds)("a store $name: rows", ({ createHome }) => {
  async function withRows(...names: readonly string[]): Promise<Store> {
    const store = createHome().open();
    const rows = names.map((row) => ({ row, value: `v${row}` }));
    await commit(store, change({ rows }), change({ key: "lobby2", rows: [{ row: "b2", value: "other" }] }));
    return store;
  }

  test("are walked in order of their UTF-8 bytes, both ways", async () => {
    const store = await withRows(...IN_ORDER.toReversed());
    expect(await store.rows("room", "lobby", all)).toStrictEqual(IN_ORDER.map((row) => ({ row, value: `v${row}` })));
    const reversed = await store.rows("room", "lobby", { ...all, reverse: true });
    expect(reversed.map(({ row }) => row)).toEqual(IN_ORDER.toReversed());
  });

  test.each([
    ["from a row, which is in it", { from: "b" }, ["b", "c", "d"]],
    ["before a row, which is not", { before: "c" }, ["a", "b"]],
    ["between rows that are not there", { from: "a1", before: "c1" }, ["b", "c"]],
    ["cut by its limit", { limit: 2 }, ["a", "b"]],
    ["cut by its limit, backwards", { limit: 2, reverse: true }, ["d", "c"]],
    ["between, backwards, one of them", { from: "a", before: "d", limit: 1, reverse: true }, ["c"]],
    ["that ends before it begins", { from: "c", before: "b" }, []],
    ["of nothing", { from: "b", before: "b" }, []],
    ["of no row", { limit: 0 }, []],
    ["beyond the last", { from: "e" }, []],
  ])("have a range %s", async (_, range, expected) => {
    const store = await withRows("a", "b", "c", "d");
    expect((await store.rows("room", "lobby", { ...all, ...range })).map(({ row }) => row)).toEqual(expected);
  });

  test("are replaced and deleted one by one, the later entry of a change over the earlier", async () => {
    const store = await withRows("a", "b");
    const rows = [
      { row: "a", value: "anew" },
      { row: "b", value: undefined },
      { row: "c", value: "first" },
      { row: "c", value: "second" },
      { row: "d", value: "given" },
      { row: "d", value: undefined },
      { row: "e", value: undefined },
    ];
    await commit(store, change({ baseVersion: 1, rows }));
    expect(await store.rows("room", "lobby", all)).toStrictEqual([
      { row: "a", value: "anew" },
      { row: "c", value: "second" },
    ]);
    expect([await store.row("room", "lobby", "c"), await store.row("room", "lobby", "b")]).toEqual([
      "second",
      undefined,
    ]);
  });

  test("may be empty or a megabyte", async () => {
    const store = createHome().open();
    const large = "é".repeat(524_288);
    const rows = [
      { row: "empty", value: "" },
      { row: "large", value: large },
    ];
    await commit(store, change({ rows }));
    expect(await store.row("room", "lobby", "empty")).toBe("");
    expect((await store.row("room", "lobby", "large")) === large).toBe(true);
  });
});

describe.each(storeKinds)("a store $name: alarms", ({ createHome }) => {
  test("come back as they were set, those of an actor in order of their names", async () => {
    const store = createHome().open();
    const alarms = [full, alarm("b"), alarm("a", { missed: "skip", input: "" })];
    await commit(store, change({ alarms: alarms.map((each) => ({ name: each.name, alarm: each })) }));
    expect(await store.alarmsOf("room", "lobby")).toStrictEqual([alarms[2], alarms[1], alarms[0]] as typeof alarms);
    expect(await store.alarmsDue(full.dueAt - 1, full.dueAt, 9)).toStrictEqual([
      { type: "room", key: "lobby", ...full },
    ]);
  });

  test("are there or not, for a type as a whole", async () => {
    const store = createHome().open();
    await commit(store, change({ alarms: [set("a", 1)] }));
    const asked = ["room", "roo", "rooms"].map((type) => store.hasAlarms(type));
    expect(await Promise.all(asked)).toEqual([true, false, false]);
    await commit(store, change({ baseVersion: 1, alarms: [{ name: "a", alarm: undefined }] }));
    expect(await store.hasAlarms("room")).toBe(false);
  });

  test("are replaced and cancelled by name, the later entry of a change over the earlier", async () => {
    const store = createHome().open();
    await commit(store, change({ alarms: [set("a", 1), set("b", 2), set("a", 3)] }));
    expect((await store.alarmsDue(0, 9, 9)).map(({ name, dueAt }) => [name, dueAt])).toEqual([
      ["b", 2],
      ["a", 3],
    ]);
    await commit(store, change({ baseVersion: 1, alarms: [{ name: "b", alarm: undefined }, set("a", 4)] }));
    expect(await store.alarmsOf("room", "lobby")).toStrictEqual([alarm("a", { dueAt: 4 })]);
    await commit(store, change({ baseVersion: 2, alarms: [{ name: "a", alarm: undefined }] }));
    expect([await store.alarmsOf("room", "lobby"), await store.alarmsDue(0, 9, 9)]).toEqual([[], []]);
  });

  test("may be due, and come again, at parts of a millisecond", async () => {
    const store = createHome().open();
    const odd = alarm("odd", { dueAt: 20.25, everyMs: 1.5 });
    await commit(store, change({ alarms: [{ name: "odd", alarm: odd }, set("even", 20)] }));
    expect(await store.alarmsDue(20, 20.25, 9)).toStrictEqual([{ type: "room", key: "lobby", ...odd }]);
  });

  test("stay when a change does not speak of them", async () => {
    const store = createHome().open();
    await commit(store, change({ alarms: [{ name: "a", alarm: alarm("a") }] }));
    await commit(store, change({ baseVersion: 1 }));
    expect(await store.alarmsOf("room", "lobby")).toHaveLength(1);
  });

  test("are due after one time and up to another, in order of time, address and name, up to a limit", async () => {
    const store = createHome().open();
    const times: readonly [type: string, key: string, name: string, dueAt: number][] = [
      ["room", "b", "x", 20],
      ["room", "a", "y", 20],
      ["room", "a", "x", 20],
      ["clock", "z", "x", 20],
      ["room", "a", "late", 31],
      ["room", "b", "early", 10],
      ["room", "b", "next", 30],
      ["room", "b", "next but one", 11],
    ];
    const changes = Map.groupBy(times, ([type, key]) => JSON.stringify([type, key]));
    for (const [address, own] of changes) {
      const [type, key] = JSON.parse(address);
      await commit(
        store,
        change({ type, key, alarms: own.map(([, , name, dueAt]) => ({ name, alarm: alarm(name, { dueAt }) })) }),
      );
    }
    const names = async (after: number, until: number, limit: number) =>
      (await store.alarmsDue(after, until, limit)).map(({ type, key, name }) => `${type}/${key} ${name}`);
    const inOrder = ["room/b next but one", "clock/z x", "room/a x", "room/a y", "room/b x", "room/b next"];
    expect(await names(10, 30, 9)).toEqual(inOrder);
    expect(await names(10, 30, 3)).toEqual(inOrder.slice(0, 3));
    expect(await names(10, 30, 0)).toEqual([]);
    expect(await names(31, 99, 9)).toEqual([]);
    expect(await names(-Infinity, 10, 9)).toEqual(["room/b early"]);
    expect(await names(30, Infinity, 9)).toEqual(["room/a late"]);
  });
});

describe.each(storeKinds)("a store $name: watches", ({ createHome }) => {
  test("come back in order of who watches, then of who is watched", async () => {
    const store = createHome().open();
    await commit(
      store,
      change({ key: "b", watches: [watch("z"), watch("a")] }),
      change({ key: "a", watches: [watch("m")] }),
    );
    await commit(store, change({ type: "match", key: "z", watches: [watch("m", true, "gone")] }));
    expect(await store.watches()).toStrictEqual([
      { watcherType: "match", watcherKey: "z", watchedType: "session", watchedKey: "m", method: "gone" },
      { watcherType: "room", watcherKey: "a", watchedType: "session", watchedKey: "m", method: "left" },
      { watcherType: "room", watcherKey: "b", watchedType: "session", watchedKey: "a", method: "left" },
      { watcherType: "room", watcherKey: "b", watchedType: "session", watchedKey: "z", method: "left" },
    ]);
  });

  test("of one actor on another are one: the later method replaces the earlier, any method ends it", async () => {
    const store = createHome().open();
    await commit(store, change({ watches: [watch("a"), watch("b"), watch("a", true, "gone")] }));
    expect((await store.watches()).map(({ watchedKey, method }) => [watchedKey, method])).toEqual([
      ["a", "gone"],
      ["b", "left"],
    ]);
    await commit(store, change({ baseVersion: 1, watches: [watch("a", false, "any"), watch("b", false), watch("b")] }));
    expect((await store.watches()).map(({ watchedKey }) => watchedKey)).toEqual(["b"]);
  });

  test("outlive the watched actor: only who watches takes them along", async () => {
    const store = createHome().open();
    await commit(store, change({ watches: [watch("ana")] }), change({ type: "session", key: "ana" }));
    await commit(store, change({ type: "session", key: "ana", baseVersion: 1, state: undefined }));
    expect(await store.watches()).toHaveLength(1);
  });
});
