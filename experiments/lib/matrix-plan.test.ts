// The order of a matrix: everything once in each block, the same for the same seed, and nothing always first.

import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "#runtime/testing/times-runs.ts";

import { cellsOf, fullPlan, type MatrixPlan, orderOf, quickPlan, SPREADS } from "./matrix-plan.ts";

const smallPlans = fc.record({
  implementations: fc.shuffledSubarray(["correio", "raw", "go", "python"] as const, { minLength: 1 }),
  workMs: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 2 }),
  servers: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
  clients: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }),
  messages: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }),
  runs: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
  spread: fc.constantFrom(...SPREADS),
});
const rest = { isWarm: true, attempts: 3, disturbanceMaxCores: 1 };

describe("the order of a matrix", () => {
  test("has each run of each implementation in each cell exactly once", () => {
    const property = fc.property(smallPlans, (given) => {
      const plan: MatrixPlan = { ...given, ...rest };
      const names = orderOf(plan).flatMap(({ cells }) =>
        cells.flatMap(({ order, ...cell }) => order.map((name) => JSON.stringify({ name, ...cell }))),
      );
      expect(new Set(names).size).toBe(names.length);
      expect(names).toHaveLength(plan.runs * cellsOf(plan).length * plan.implementations.length);
    });
    fc.assert(property, { seed: 7, numRuns: timesRuns(200) });
  });

  test("is blocks one after the other, with servers enough for every cell of a round", () => {
    const property = fc.property(smallPlans, (given) => {
      const rounds = orderOf({ ...given, ...rest });
      const blocks = rounds.map(({ block }) => block);
      expect(blocks).toEqual(blocks.toSorted((one, other) => one - other));
      for (const { processes, cells, block } of rounds) {
        for (const cell of cells) {
          expect(cell.block).toBe(block);
          if (given.spread === "shared") expect(cell.servers).toBe(processes);
          else expect(cell.servers).toBeLessThanOrEqual(processes);
        }
      }
    });
    fc.assert(property, { seed: 8, numRuns: timesRuns(200) });
  });

  test("is the same for the same seed, and another for another", () => {
    expect(orderOf(quickPlan)).toEqual(orderOf(quickPlan));
    expect(orderOf(quickPlan)).not.toEqual(orderOf({ ...quickPlan, seed: 2 }));
  });

  test("lets each implementation begin about as often as any other", () => {
    const cells = orderOf(quickPlan).flatMap((round) => round.cells);
    const shares = quickPlan.implementations.map(
      (name) => cells.filter(({ order }) => order[0] === name).length / cells.length,
    );
    for (const share of shares) expect(share).toBeWithin(0.15, 0.35);
  });

  test("of the whole plan is 3 000 runs of each implementation, with and without work", () => {
    const cells = orderOf(fullPlan).flatMap((round) => round.cells);
    for (const work of [0, 1]) {
      for (const name of fullPlan.implementations) {
        expect(cells.filter(({ workMs, order }) => workMs === work && order.includes(name))).toHaveLength(3_000);
      }
    }
  });
});
