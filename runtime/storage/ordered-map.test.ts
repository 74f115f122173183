// An ordered map beside a plain one that is sorted each time.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { OrderedMap } from "./ordered-map.ts";

const character = fc.constantFrom("\0", "a", "b", "\ud7ff", "\uffff", "\u{10000}");
const text = fc.array(character, { maxLength: 3 }).map((characters) => characters.join(""));
const bytesOrder = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

describe("an ordered map", () => {
  test("walks any range of what is in it, in order, whatever was set and deleted before", () => {
    const steps = fc.array(fc.record({ text, kind: fc.constantFrom("set", "set", "delete", "walk") }), {
      maxLength: 40,
    });
    const range = fc.record({
      from: text,
      before: fc.option(text, { nil: undefined }),
      limit: fc.nat(9),
      reverse: fc.boolean(),
    });
    const property = fc.property(steps, range, (all, asked) => {
      const map = new OrderedMap<number>();
      const model = new Map<string, number>();
      for (const [index, step] of all.entries()) {
        if (step.kind === "set") map.set(step.text, index);
        if (step.kind === "set") model.set(step.text, index);
        if (step.kind === "delete") map.delete(step.text);
        if (step.kind === "delete") model.delete(step.text);
        if (step.kind === "walk") map.values();
      }
      const { from, before, limit, reverse } = asked;
      const sorted = [...model.keys()].sort(bytesOrder);
      const within = sorted.filter(
        (each) => bytesOrder(each, from) >= 0 && (before === undefined || bytesOrder(each, before) < 0),
      );
      expect([...map.texts(asked)]).toEqual((reverse ? within.toReversed() : within).slice(0, limit));
      expect(map.values()).toEqual(sorted.map((each) => model.get(each) as number));
      expect([map.count, map.get(from)]).toEqual([model.size, model.get(from)]);
    });
    fc.assert(property, { seed: 34, numRuns: 1_000 });
  });
});
