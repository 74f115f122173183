// The ring buffer beside a plain array, which does the same slowly.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { RingBuffer } from "./ring-buffer.ts";

interface Item {
  readonly id: number;
}

interface Pair {
  readonly ring: RingBuffer<Item>;
  readonly array: Item[];
  nextId: number;
}

/** Pushes so many items, takes so many, looks at the head, forgets all. */
type Step =
  { readonly kind: "push" | "shift"; readonly times: number } | { readonly kind: "peek" } | { readonly kind: "clear" };

const times = fc.integer({ min: 1, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("push" as const, "shift" as const), times }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("peek" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const) }) },
);

function apply(action: Step, pair: Pair): void {
  const { ring, array } = pair;
  if (action.kind === "peek") return expect(ring.peek() === array[0]).toBe(true);
  if (action.kind === "clear") {
    array.length = 0;
    return ring.clear();
  }
  for (let time = 0; time < action.times; time++) {
    if (action.kind === "shift") {
      expect(ring.shift() === array.shift()).toBe(true);
    } else {
      const item = { id: pair.nextId++ };
      ring.push(item);
      array.push(item);
    }
  }
}

function ringOf(count: number): RingBuffer<Item> {
  const ring = new RingBuffer<Item>();
  for (let id = 0; id < count; id++) ring.push({ id });
  return ring;
}

describe("a ring buffer", () => {
  test("does what an array does, whatever the order of pushes, shifts, peeks and clears", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pair: Pair = { ring: new RingBuffer(), array: [], nextId: 0 };
        for (const each of steps) {
          apply(each, pair);
          expect(pair.ring.count).toBe(pair.array.length);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test("gives nothing when it was never used", () => {
    const ring = new RingBuffer<Item>();
    expect([ring.peek(), ring.shift(), ring.count]).toEqual([undefined, undefined, 0]);
  });

  test("gives nothing when all was taken", () => {
    const ring = ringOf(1);
    ring.shift();
    expect([ring.peek(), ring.shift(), ring.count]).toEqual([undefined, undefined, 0]);
  });

  test("keeps the order when it grows while its head is in the middle", () => {
    const ring = ringOf(4);
    ring.shift();
    ring.shift();
    for (let id = 4; id < 9; id++) ring.push({ id });
    expect(Array.from({ length: ring.count }, () => ring.shift()?.id)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  test("can be used again after it was cleared", () => {
    const ring = ringOf(9);
    ring.clear();
    ring.push({ id: 10 });
    expect([ring.count, ring.peek()]).toEqual([1, { id: 10 }]);
  });

  test("takes only objects, because an empty slot is undefined", () => {
    // @ts-expect-error -- a number is no object
    const ring = new RingBuffer<number>();
    expect(ring.count).toBe(0);
  });
});
