// What every store promises of actors: versions, epochs, batches, deletion, names and sizes. Its parts have a file too.
import { afterAll, describe, expect, test } from "bun:test";

import type { Store } from "../core/ports.ts";
import { alarm, batch, change, commit, failureOf, letter, removeDatabases, storeKinds } from "./test-stores.ts";

afterAll(removeDatabases);

const wholeActor = change({
  rows: [{ row: "1", value: "one" }],
  alarms: [{ name: "tick", alarm: alarm("tick") }],
  watches: [{ watchedType: "session", watchedKey: "ana", method: "left", on: true }],
  indexed: new Map([["topic", "tea"]]),
});

/** Everything that one actor can leave behind. */
async function tracesOf(store: Store): Promise<unknown> {
  const range = { from: "", before: "~", limit: 9, reverse: false };
  const where = { field: "topic", value: "tea" };
  return {
    actor: await store.load("room", "lobby"),
    rows: await store.rows("room", "lobby", range),
    alarms: await store.alarmsOf("room", "lobby"),
    due: await store.alarmsDue(0, 9_999, 9),
    watches: await store.watches(),
    keys: await store.keys({ type: "room", keyPrefix: "", after: "", limit: 9 }),
    found: await store.keys({ type: "room", keyPrefix: "", after: "", limit: 9, where }),
  };
}

const rowOf = (value: string) => [{ row: "r", value }];

const nothing = { actor: undefined, rows: [], alarms: [], due: [], watches: [], keys: [], found: [] };

describe.each(storeKinds)("a store $name: an actor", ({ createHome }) => {
  test("that was never committed is not there, nor is anything of it", async () => {
    expect(await tracesOf(createHome().open())).toStrictEqual(nothing);
  });

  test("comes back as it was last committed, with the versions and the epoch of that commit", async () => {
    const store = createHome().open();
    await commit(store, change({ state: '{"count":1}', stateVersion: 3 }));
    expect(await store.load("room", "lobby")).toStrictEqual({
      version: 1,
      epoch: store.epoch,
      stateVersion: 3,
      state: '{"count":1}',
    });
    await commit(store, change({ baseVersion: 1, version: 7, stateVersion: 4, state: '{"count":2}' }));
    expect(await store.load("room", "lobby")).toStrictEqual({
      version: 7,
      epoch: store.epoch,
      stateVersion: 4,
      state: '{"count":2}',
    });
  });

  test("is another one under another type or another key", async () => {
    const store = createHome().open();
    await commit(store, change({ type: "a", key: "bc" }));
    expect([await store.load("ab", "c"), await store.load("a", "b"), await store.load("bc", "a")]).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each([
    ["there is none yet", 0, 1],
    ["it is older", 2, 1],
    ["it is newer", 2, 3],
    ["it is there and none was expected", 2, 0],
  ])(
    "does not change, nor anything of it, when the stored version is not the expected one: %s",
    async (_, now, base) => {
      const store = createHome().open();
      if (now > 0) await commit(store, { ...wholeActor, version: now });
      const before = await tracesOf(store);
      const rows = [{ row: "1", value: undefined }];
      const alarms = [{ name: "tick", alarm: undefined }];
      const watches = [{ watchedType: "session", watchedKey: "ana", method: "left", on: false }];
      const stale = change({
        baseVersion: base,
        version: 9,
        state: '"stale"',
        rows,
        alarms,
        watches,
        indexed: new Map(),
      });
      expect(await commit(store, stale)).toEqual(["stale"]);
      expect(await commit(store, { ...stale, state: undefined })).toEqual(["stale"]);
      expect(await tracesOf(store)).toStrictEqual(before);
    },
  );

  test("goes with its rows, alarms, watches and index entries, and with nothing of its neighbours", async () => {
    const store = createHome().open();
    await commit(store, wholeActor, { ...wholeActor, key: "lobb" }, { ...wholeActor, type: "roo" });
    const neighbours = async () => [await store.alarmsOf("room", "lobb"), await store.row("roo", "lobby", "1")];
    const before = await neighbours();
    expect(await commit(store, { ...wholeActor, baseVersion: 1, version: 2, state: undefined })).toEqual(["committed"]);
    expect(await tracesOf(store)).toMatchObject({
      actor: undefined,
      rows: [],
      alarms: [],
      keys: ["lobb"],
      found: ["lobb"],
    });
    expect((await store.watches()).map((watch) => `${watch.watcherType}/${watch.watcherKey}`)).toEqual([
      "roo/lobby",
      "room/lobb",
    ]);
    expect(await neighbours()).toStrictEqual(before);
  });

  test("that has gone begins anew, with nothing of its former life", async () => {
    const store = createHome().open();
    await commit(store, wholeActor);
    await commit(store, change({ baseVersion: 1, state: undefined }));
    expect(await commit(store, change({ baseVersion: 1 }))).toEqual(["stale"]);
    expect(await commit(store, change({ state: '"again"' }))).toEqual(["committed"]);
    expect(await tracesOf(store)).toMatchObject({
      actor: { version: 1, state: '"again"' },
      rows: [],
      alarms: [],
      found: [],
    });
  });

  test("that is not stored may go: that is no news", async () => {
    const store = createHome().open();
    expect(await commit(store, change({ state: undefined }))).toEqual(["committed"]);
    expect(await tracesOf(store)).toStrictEqual(nothing);
  });

  test.each([
    ["nothing", ""],
    ["a megabyte", "é".repeat(524_288)],
    ["what JSON escapes", JSON.stringify("\0\ud800 \u{1f600}")],
    ["a NUL", "before\0after"],
  ])("may have a state of %s", async (_, state) => {
    const home = createHome();
    const store = home.open();
    await commit(store, change({ state }));
    expect((await store.load("room", "lobby"))?.state === state).toBe(true);
    await store.close();
    expect((await home.open().load("room", "lobby"))?.state === state).toBe(true);
  });

  test.each([
    ["with a slash", "a/b//c"],
    ["with a NUL in the middle", "a\0b"],
    ["with wildcards", "%_*?[a]\\"],
    ["with quotes", `'"; DROP TABLE actors; --`],
    ["from beyond the basic plane", "\u{1f600}\u{10ffff}"],
    ["not in normal form C", "e\u0301"],
    ["with a trailing space", "a "],
    ["that looks like a number", "007"],
    ["of 4 KiB", "k".repeat(4_096)],
    ["of 4 KiB in UTF-8", "\u{1f600}".repeat(1_024)],
  ])("may have a key %s, and rows, alarms and watched actors of such names", async (_, name) => {
    const store = createHome().open();
    const watches = [{ watchedType: "room", watchedKey: name, method: "left", on: true }];
    const named = { rows: [{ row: name, value: "v" }], alarms: [{ name, alarm: alarm(name) }], watches };
    await commit(
      store,
      change({ key: name, ...named }),
      change({ key: `${name}\0` }),
      change({ key: name.slice(0, -2) }),
    );
    expect((await store.load("room", name))?.version).toBe(1);
    expect(await store.row("room", name, name)).toBe("v");
    expect(await store.alarmsOf("room", name)).toStrictEqual([alarm(name)]);
    expect((await store.watches())[0]).toMatchObject({ watcherKey: name, watchedKey: name });
    const query = { type: "room", keyPrefix: name, after: "", limit: 9 };
    expect(await store.keys(query)).toEqual([name, `${name}\0`]);
  });

  test.each([
    ["its key", change({ key: "\ud800" })],
    ["a row", change({ rows: [{ row: "\udc00", value: "v" }] })],
    ["an alarm", change({ alarms: [{ name: "a\ud800", alarm: undefined }] })],
    ["a watched key", change({ watches: [{ watchedType: "room", watchedKey: "\ud800b", method: "left", on: true }] })],
  ])("is refused with its whole batch when %s has half of a surrogate pair", async (_, illFormed) => {
    const store = createHome().open();
    const failure = await failureOf(() => commit(store, change({ key: "neighbour" }), illFormed));
    expect(failure).toMatchObject({ code: "store.failed" });
    expect(failure.message).toContain("has half a surrogate pair");
    expect(await store.keys({ type: "room", keyPrefix: "", after: "", limit: 9 })).toEqual([]);
  });

  test("is not found by half of a surrogate pair, not even where the replacement character is stored", async () => {
    const store = createHome().open();
    await commit(store, change({ key: "\ufffd", rows: [{ row: "\ufffd", value: "v" }], alarms: wholeActor.alarms }));
    expect(await store.load("room", "\ud800")).toBeUndefined();
    expect(await store.row("room", "\ufffd", "\udc00")).toBeUndefined();
    expect(await store.rows("room", "\ud800", { from: "", before: "~", limit: 9, reverse: false })).toEqual([]);
    expect(await store.alarmsOf("room", "\ud800")).toEqual([]);
  });
});

describe.each(storeKinds)("a store $name: a batch", ({ createHome }) => {
  test("has one outcome for each change, in order, and stale ones take nothing else with them", async () => {
    const store = createHome().open();
    const changes = [change({ key: "a" }), change({ key: "b", baseVersion: 4 }), change({ key: "c" })];
    expect(await store.commit(batch({ changes, letters: [letter(1)] }))).toEqual(["committed", "stale", "committed"]);
    expect(await store.keys({ type: "room", keyPrefix: "", after: "", limit: 9 })).toEqual(["a", "c"]);
    expect(await store.letters(9, 9)).toEqual([letter(1)]);
  });

  test("has the letters of its changes, but for stale ones, and the oldest go with them", async () => {
    const store = createHome().open();
    await store.commit(batch({ letters: [letter(1), letter(2)] }));
    const changes = [
      change({ key: "a", letters: [letter(3), letter(4)] }),
      change({ key: "b", baseVersion: 4, letters: [letter(5)] }),
    ];
    expect(await store.commit(batch({ changes, lettersRemovedTo: 3 }))).toEqual(["committed", "stale"]);
    expect(await store.letters(9, 9)).toEqual([letter(4)]);
  });

  test("applies changes of one actor one after the other", async () => {
    const store = createHome().open();
    const outcomes = await commit(
      store,
      change({ rows: rowOf("first") }),
      change({ baseVersion: 1, rows: rowOf("second") }),
      change({ baseVersion: 1, rows: rowOf("stale") }),
      change({ baseVersion: 2, state: undefined }),
      change({ rows: rowOf("anew") }),
    );
    expect(outcomes).toEqual(["committed", "committed", "stale", "committed", "committed"]);
    expect([await store.row("room", "lobby", "r"), (await store.load("room", "lobby"))?.version]).toEqual(["anew", 1]);
  });

  test("with nothing in it has no outcomes", async () => {
    expect(await createHome().open().commit(batch({}))).toEqual([]);
  });

  test("of a thousand actors is stored whole", async () => {
    const store = createHome().open();
    const keys = Array.from({ length: 1_000 }, (_, index) => String(1_000 + index));
    const outcomes = await commit(store, ...keys.map((key) => change({ key })));
    expect(outcomes).toEqual(keys.map(() => "committed"));
    expect(await store.keys({ type: "room", keyPrefix: "", after: "", limit: 2_000 })).toEqual(keys);
  });

  test("is in place for whoever reads after it was given", async () => {
    const store = createHome().open();
    const committing = commit(store, change());
    expect((await store.load("room", "lobby"))?.version).toBe(1);
    await committing;
  });
});

describe.each(storeKinds)("a store $name: an owner", ({ createHome }) => {
  test("has a higher epoch than every one before, and finds what they committed", async () => {
    const home = createHome();
    const epochs: number[] = [];
    for (let baseVersion = 0; baseVersion < 3; baseVersion++) {
      const store = home.open();
      await commit(store, { ...wholeActor, baseVersion, version: baseVersion + 1 });
      await store.commit(
        batch({ letters: [letter(1)], quarantined: [{ type: "room", key: "x", at: 1, reason: "r" }] }),
      );
      epochs.push(store.epoch);
      await store.close();
    }
    expect(epochs).toEqual([1, 2, 3]);
    const store = home.open();
    expect(await tracesOf(store)).toMatchObject({
      actor: { version: 3, epoch: 3 },
      rows: [{}],
      due: [{}],
      watches: [{}],
    });
    expect([await store.letters(9, 9), await store.quarantines()]).toMatchObject([[letter(1)], [{ key: "x" }]]);
  });

  test("that was overtaken commits no change any more, not even of actors that nobody else has touched", async () => {
    const home = createHome();
    const old = home.open();
    await commit(old, wholeActor);
    const newer = home.overtake();
    expect(await commit(old, change({ baseVersion: 1, state: '"late"' }), change({ key: "new" }))).toEqual([
      "stale",
      "stale",
    ]);
    const going = [change({ baseVersion: 1, state: undefined })];
    await newer.commit(batch({ letters: [letter(1)] }));
    const withLetters = going.map((each) => ({ ...each, letters: [letter(2)] }));
    expect(await old.commit(batch({ changes: withLetters, lettersRemovedTo: 1 }))).toEqual(["stale"]);
    expect(await newer.letters(9, 9)).toHaveLength(1);
    expect(await tracesOf(newer)).toMatchObject({ actor: { version: 1, state: "{}" }, keys: ["lobby"], alarms: [{}] });
    expect(await commit(newer, change({ baseVersion: 1 }))).toEqual(["committed"]);
  });

  test.each([
    ["letters", { letters: [letter(1, { reason: "late" })] }],
    ["letters removed", { lettersRemoved: [1] }],
    ["a quarantine", { quarantined: [{ type: "room", key: "lobby", at: 1, reason: "late" }] }],
    ["a release", { released: [{ type: "room", key: "shut" }] }],
  ])("that was overtaken is told so when it commits %s", async (_, more) => {
    const home = createHome();
    const old = home.open();
    const newer = home.overtake();
    const shut = { type: "room", key: "shut", at: 1, reason: "actor.crashed" };
    await newer.commit(batch({ letters: [letter(1)], quarantined: [shut] }));
    const failure = await failureOf(() => old.commit(batch({ changes: [change()], ...more })));
    expect(failure).toMatchObject({ code: "store.locked" });
    expect(failure.message).toEndWith("a newer owner has opened it");
    expect([await newer.letters(9, 9), await newer.quarantines()]).toEqual([[letter(1)], [shut]]);
    expect(await newer.load("room", "lobby")).toBeUndefined();
  });
});
