// What every store promises of its lists: keys, found by prefix or field, page after page; letters; quarantines.
import { afterAll, describe, expect, test } from "bun:test";

import type { Store } from "../core/ports.ts";
import type { IndexedValue } from "../core/stored.ts";
import { batch, change, commit, IN_ORDER, letter, removeDatabases, storeKinds } from "./test-stores.ts";

afterAll(removeDatabases);

const query = { type: "room", keyPrefix: "", after: "", limit: 99 };
const named = IN_ORDER.filter((key) => key !== "");
const by = (value: IndexedValue, more: object = {}) => ({ ...query, where: { field: "f", value }, ...more });
const indexed = (value: IndexedValue) => new Map([["f", value]]);
const idsOf = async (store: Store) => (await store.letters(1e9, 99)).map(({ id }) => id);
const shut = (type: string, key: string, reason = "actor.crashed") => ({ type, key, at: 1_763_640_000_000, reason });

describe.each(storeKinds)("a store $name: keys", ({ createHome }) => {
  async function withKeys(...keys: readonly string[]): Promise<Store> {
    const store = createHome().open();
    await commit(store, ...keys.map((key) => change({ key })), change({ type: "rook" }), change({ type: "room2" }));
    return store;
  }

  test("of one type come in order of their UTF-8 bytes, page after page", async () => {
    const store = await withKeys(...named.toReversed());
    expect(await store.keys(query)).toEqual(named);
    const paged: string[] = [];
    for (let page = await store.keys({ ...query, limit: 3 }); page.length > 0;) {
      paged.push(...page);
      page = await store.keys({ ...query, limit: 3, after: page.at(-1) as string });
    }
    expect(paged).toEqual(named);
  });

  test.each([
    ["a", ["a", "a\0", "a/b", "aa"]],
    ["%", ["%"]],
    ["_", ["_"]],
    ["\ud7ff", ["\ud7ff"]],
    ["\ufffd", ["\ufffd"]],
    ["\u{1f600}", ["\u{1f600}"]],
    ["\u{10ffff}", []],
    ["aaa", []],
  ])("that begin with %j are found", async (keyPrefix, expected) => {
    const store = await withKeys(...named);
    expect(await store.keys({ ...query, keyPrefix })).toEqual(expected);
  });

  test("that begin with the last of all characters are found", async () => {
    const store = await withKeys("\u{10ffff}", "\u{10ffff}\u{10ffff}", "\u{10fffe}");
    expect(await store.keys({ ...query, keyPrefix: "\u{10ffff}" })).toEqual(["\u{10ffff}", "\u{10ffff}\u{10ffff}"]);
  });

  test.each([
    ["within its prefix", "ab", ["b", "bc"]],
    ["before its prefix", "a", ["b", "bc"]],
    ["that is its prefix", "b", ["bc"]],
    ["after all of its prefix", "c", []],
  ])("go on after a key %s", async (_, after, expected) => {
    const store = await withKeys("a", "ab", "b", "bc", "c", "cd");
    expect(await store.keys({ ...query, keyPrefix: "b", after })).toEqual(expected);
  });

  describe("found by an indexed field", () => {
    test("have exactly that value, of that type", async () => {
      const store = createHome().open();
      const values: readonly IndexedValue[] = [1, "1", true, "true", 0, false, "", "\ud800", "\ud801", 1.5, -1, 1e300];
      await commit(store, ...values.map((value, index) => change({ key: String(index), indexed: indexed(value) })));
      for (const [index, value] of values.entries()) expect(await store.keys(by(value))).toEqual([String(index)]);
      expect(await store.keys(by("absent"))).toEqual([]);
      expect(await store.keys({ ...query, where: { field: "g", value: 1 } })).toEqual([]);
      expect(await store.keys(by(1, { type: "rook" }))).toEqual([]);
    });

    test("have a number that is at least so large, in order of their keys, page after page", async () => {
      const store = createHome().open();
      const values: readonly IndexedValue[] = [12, 3, "4", 2, true, 0, -5, 1, 1e21, 0.5, 2.5, "", "1"];
      await commit(store, ...values.map((value, index) => change({ key: `${index}`, indexed: indexed(value) })));
      const from = (atLeast: number, more: object = {}) =>
        store.keys({ ...query, where: { field: "f", atLeast }, ...more });
      expect(await from(1)).toEqual(["0", "1", "10", "3", "7", "8"].toSorted());
      expect(await from(2.5)).toEqual(["0", "1", "10", "8"]);
      expect(await from(2.5, { after: "0", limit: 2 })).toEqual(["1", "10"]);
      expect(await from(2, { keyPrefix: "1" })).toEqual(["1", "10"]);
      expect(await from(1e22)).toEqual([]);
      expect(await store.keys({ ...query, where: { field: "g", atLeast: 1 } })).toEqual([]);
      expect(await from(1, { type: "rook" })).toEqual([]);
    });

    test("come in order, within a prefix, after a key, up to a limit", async () => {
      const store = createHome().open();
      const keys = ["a", "ba", "bb", "bc", "bd", "c"];
      const changes = keys.map((key) => change({ key, indexed: indexed(key === "bb" ? "no" : "yes") }));
      await commit(store, ...changes.toReversed());
      expect(await store.keys(by("yes"))).toEqual(["a", "ba", "bc", "bd", "c"]);
      expect(await store.keys(by("yes", { keyPrefix: "b" }))).toEqual(["ba", "bc", "bd"]);
      expect(await store.keys(by("yes", { keyPrefix: "b", after: "ba", limit: 1 }))).toEqual(["bc"]);
    });

    test("follow what was indexed last, and stay when a change does not speak of it", async () => {
      const store = createHome().open();
      await commit(
        store,
        change({
          indexed: new Map<string, IndexedValue>([
            ["f", 1],
            ["g", 2],
          ]),
        }),
      );
      await commit(store, change({ baseVersion: 1 }));
      expect(await store.keys(by(1))).toEqual(["lobby"]);
      await commit(store, change({ baseVersion: 2, indexed: indexed(3) }));
      expect([await store.keys(by(1)), await store.keys(by(3))]).toEqual([[], ["lobby"]]);
      expect(await store.keys({ ...query, where: { field: "g", value: 2 } })).toEqual([]);
      await commit(store, change({ baseVersion: 3, indexed: new Map() }));
      expect(await store.keys(by(3))).toEqual([]);
    });
  });
});

describe.each(storeKinds)("a store $name: letters", ({ createHome }) => {
  async function withLetters(...ids: readonly number[]): Promise<Store> {
    const store = createHome().open();
    await store.commit(batch({ letters: ids.map((id) => letter(id)) }));
    return store;
  }

  test("come back whole, by id or newest first", async () => {
    const store = await withLetters(1, 2, 10);
    expect(await store.letter(2)).toStrictEqual(letter(2));
    expect(await store.letter(3)).toBeUndefined();
    expect(await store.letters(11, 99)).toStrictEqual([letter(10), letter(2), letter(1)]);
  });

  test.each([
    ["below an id, which is not among them", 10, 99, [2, 1]],
    ["up to a limit", 99, 2, [10, 2]],
    ["below the first", 1, 99, []],
    ["up to none", 99, 0, []],
    ["below everything that counts", Number.POSITIVE_INFINITY, 1, [10]],
  ])("are listed %s", async (_, before, limit, expected) => {
    const store = await withLetters(1, 2, 10);
    expect((await store.letters(before, limit)).map(({ id }) => id)).toEqual(expected);
  });

  test("go by id, those that are not there too", async () => {
    const store = await withLetters(1, 2, 3);
    expect(await store.commit(batch({ lettersRemoved: [2, 7] }))).toEqual([]);
    expect(await idsOf(store)).toEqual([3, 1]);
  });

  test("go up to an id, which goes too", async () => {
    const store = await withLetters(1, 2, 3);
    await store.commit(batch({ lettersRemovedTo: 2 }));
    expect(await idsOf(store)).toEqual([3]);
    await store.commit(batch({ letters: [letter(2), letter(4)], lettersRemovedTo: 2 }));
    expect(await idsOf(store)).toEqual([4, 3]);
  });

  test("that come and go in one batch are gone", async () => {
    const store = await withLetters(1);
    await store.commit(batch({ letters: [letter(2), letter(3), letter(4)], lettersRemoved: [3], lettersRemovedTo: 2 }));
    expect(await idsOf(store)).toEqual([4]);
  });

  test("outlive the actor that they were for", async () => {
    const store = await withLetters(1);
    await commit(store, change());
    await commit(store, change({ baseVersion: 1, state: undefined }));
    expect(await idsOf(store)).toEqual([1]);
  });
});

describe.each(storeKinds)("a store $name: quarantines", ({ createHome }) => {
  test("come back in order of type and key, the later reason over the earlier", async () => {
    const store = createHome().open();
    await store.commit(batch({ quarantined: [shut("room", "b"), shut("room", "a"), shut("match", "z")] }));
    await store.commit(batch({ quarantined: [shut("room", "a", "poison")] }));
    expect(await store.quarantines()).toStrictEqual([
      shut("match", "z"),
      shut("room", "a", "poison"),
      shut("room", "b"),
    ]);
  });

  test("end when they are released, and what is released and shut in one batch is shut", async () => {
    const store = createHome().open();
    await store.commit(batch({ quarantined: [shut("room", "a"), shut("room", "b")] }));
    const released = [
      { type: "room", key: "a" },
      { type: "room", key: "b" },
      { type: "room", key: "c" },
    ];
    await store.commit(batch({ released, quarantined: [shut("room", "b", "again")] }));
    expect(await store.quarantines()).toStrictEqual([shut("room", "b", "again")]);
  });

  test("outlive the state of the actor", async () => {
    const store = createHome().open();
    await store.commit(batch({ changes: [change()], quarantined: [shut("room", "lobby")] }));
    await commit(store, change({ baseVersion: 1, state: undefined }));
    expect(await store.quarantines()).toHaveLength(1);
  });
});
