// A map that seldom has more than one entry, beside the engine's own.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { FewMap } from "./few-map.ts";

describe("a map of few", () => {
  test("is empty at first", () => {
    const map = new FewMap<string, number>();
    expect([map.size, map.get("a"), map.has("a"), map.delete("a")]).toEqual([0, undefined, false, false]);
    expect([Array.from(map.keys()), Array.from(map.values())]).toEqual([[], []]);
  });

  test("keeps an entry whose value is undefined", () => {
    const map = new FewMap<string, undefined>().set("a", undefined);
    expect([map.size, map.has("a"), Array.from(map.values())]).toEqual([1, true, [undefined]]);
  });

  test("lets what is taken out be taken out while it is walked through", () => {
    const map = new FewMap<string, number>().set("a", 1);
    for (const key of map.keys()) map.delete(key);
    map.set("b", 2).set("c", 3);
    for (const key of map.keys()) map.delete(key);
    expect(map.size).toBe(0);
  });

  test("does as the engine's own does, whatever is set and deleted in whatever order", () => {
    const step = fc.record({ key: fc.constantFrom("a", "b", "c"), value: fc.nat(9), isDeleted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const few = new FewMap<string, number>();
        const all = new Map<string, number>();
        for (const { key, value, isDeleted } of steps) {
          if (isDeleted) expect(few.delete(key)).toBe(all.delete(key));
          else expect([few.set(key, value).size, all.set(key, value).size]).toEqual([all.size, all.size]);
          expect([few.size, few.get(key), few.has(key)]).toEqual([all.size, all.get(key), all.has(key)]);
          expect(Array.from(few.keys())).toEqual(Array.from(all.keys()));
          expect(Array.from(few.values())).toEqual(Array.from(all.values()));
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});
