// Order and prefixes of texts beside what their UTF-8 bytes say.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { OrderedMap } from "./ordered-map.ts";
import { compareUtf8, pageStart, prefixEnd } from "./utf8-order.ts";

/** Characters at the bounds of UTF-8's lengths and of UTF-16's halves, and any. */
const character = fc.oneof(
  fc.constantFrom(
    "\0",
    "a",
    "b",
    "\x7f",
    "\x80",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(""));
const bytesOrder = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
const beginsWith = (longer: string, prefix: string): boolean =>
  Buffer.from(longer).subarray(0, Buffer.byteLength(prefix)).equals(Buffer.from(prefix));

describe("texts", () => {
  test("are ordered as their UTF-8 bytes", () => {
    const property = fc.property(text, text, (left, right) => {
      expect(Math.sign(compareUtf8(left, right))).toBe(bytesOrder(left, right));
    });
    fc.assert(property, { seed: 31, numRuns: 2_000 });
  });

  test("begin with a prefix exactly when they lie between it and its end", () => {
    const property = fc.property(text, text, fc.boolean(), (prefix, rest, extend) => {
      const other = extend ? prefix + rest : rest;
      const end = prefixEnd(prefix);
      const within = bytesOrder(other, prefix) >= 0 && (end === undefined || bytesOrder(other, end) < 0);
      expect(within).toBe(beginsWith(other, prefix));
      expect(end?.isWellFormed() ?? true).toBe(true);
    });
    fc.assert(property, { seed: 32, numRuns: 2_000 });
  });

  test("are on a page exactly when they come after the last one and not before the prefix", () => {
    const property = fc.property(text, text, text, (prefix, after, other) => {
      const onPage = bytesOrder(other, after) > 0 && bytesOrder(other, prefix) >= 0;
      expect(bytesOrder(other, pageStart(prefix, after)) >= 0).toBe(onPage);
    });
    fc.assert(property, { seed: 33, numRuns: 2_000 });
  });
});

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
