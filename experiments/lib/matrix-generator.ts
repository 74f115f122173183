// What the process that plays the clients did in each cell, and where it, and not the servers, was the limit.

import type { GeneratorCapacity } from "./generator-capacity.ts";
import { type CellResult, type CellSeries } from "./matrix-cells.ts";
import type { RunRecord } from "./matrix-data.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { matrixTitles } from "./matrix-words.ts";

/** Of one core: it is one thread that plays all clients. */
export const GENERATOR_CPU_MAX = 0.9;
/** Of the requests that it can make a second, with as many clients and messages. */
export const GENERATOR_RATE_MAX = 0.8;

export interface GeneratorCost {
  readonly cell: CellResult;
  readonly implementation: MatrixImplementation;
  /** Processor time over time, of all valid runs of the cell. */
  readonly cpuShare: number;
  readonly repliesPerSecond: number;
  /** Of what it can do; 0 when that was not measured. */
  readonly rateShare: number;
  readonly isLimit: boolean;
}

export function generatorCosts(
  cells: readonly CellResult[],
  capacities: readonly GeneratorCapacity[],
): readonly GeneratorCost[] {
  return cells.flatMap((cell) =>
    [...cell.series].map(([implementation, { runs }]) => {
      const seconds = sumOf(runs, "seconds");
      const repliesPerSecond = seconds === 0 ? 0 : sumOf(runs, "replies") / seconds;
      const cpuShare = seconds === 0 ? 0 : sumOf(runs, "generatorCpuSeconds") / seconds;
      const rateShare = repliesPerSecond / capacityOf(cell, capacities);
      const isLimit = cpuShare > GENERATOR_CPU_MAX || rateShare > GENERATOR_RATE_MAX;
      return { cell, implementation, cpuShare, repliesPerSecond, rateShare, isLimit };
    }),
  );
}

/** Infinite where it was not measured. */
function capacityOf({ clients, messages }: CellResult, capacities: readonly GeneratorCapacity[]): number {
  const own = capacities.find((each) => each.clients === clients && each.messages === messages);
  return own?.requestsPerSecond ?? Number.POSITIVE_INFINITY;
}

/** Names of those whose runs in this cell the generator limited: "Correio, raw Bun"; empty when there are none. */
export function limitedIn(costs: readonly GeneratorCost[], cell: CellResult): string {
  return costs
    .filter((cost) => cost.cell === cell && cost.isLimit)
    .map(({ implementation }) => matrixTitles[implementation])
    .join(", ");
}

type Amount = "seconds" | "replies" | "generatorCpuSeconds" | "serverCpuSeconds";

export const sumOf = (runs: CellSeries["runs"], amount: Amount & keyof RunRecord): number =>
  runs.reduce((sum, run) => sum + run[amount], 0);
