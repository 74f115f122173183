// Chance that can be repeated, and chance that cannot.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { createRandom, systemRandom } from "./random.ts";

const draw = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

const within = (numbers: readonly number[]): boolean => numbers.every((number) => number >= 0 && number < 1);

describe("seeded chance", () => {
  test("gives the same numbers for the same seed", () => {
    expect(draw(7, 1_000)).toEqual(draw(7, 1_000));
  });

  test("gives others for another seed", () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => draw(seed, 1)[0]);
    expect(new Set(firsts).size).toBe(1_000);
  });

  test("gives numbers from 0 up to 1, whatever the seed", () => {
    fc.assert(
      fc.property(fc.double(), (seed) => {
        expect(within(draw(seed, 20))).toBe(true);
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  test("gives every tenth about as often", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const number of draw(1, 100_000)) (tenths[Math.floor(number * 10)] as number)++;
    expect(tenths.filter((count) => Math.abs(count - 10_000) > 500)).toEqual([]);
  });
});

describe("the system's chance", () => {
  test("gives numbers from 0 up to 1, not twice the same", () => {
    const numbers = Array.from({ length: 1_000 }, () => systemRandom.next());
    expect([within(numbers), new Set(numbers).size > 990]).toEqual([true, true]);
  });
});
