// What the matrix measures: servers × clients × messages × runs, with and without work, in an order drawn from a seed.

import { shuffle } from "simple-statistics";

import { createRandom } from "#runtime/base/random.ts";

export const matrixImplementations = ["correio", "raw", "go", "python"] as const;
export type MatrixImplementation = (typeof matrixImplementations)[number];

/** How clients come to servers: each process on a port of its own, or all on one port that the kernel spreads. */
export const SPREADS = ["ports", "shared"] as const;
export type Spread = (typeof SPREADS)[number];

export interface MatrixPlan {
  readonly implementations: readonly MatrixImplementation[];
  /** Simulated work for each message, in milliseconds. */
  readonly workMs: readonly number[];
  /** Processes. */
  readonly servers: readonly number[];
  readonly clients: readonly number[];
  /** Of each client. */
  readonly messages: readonly number[];
  /** Of each implementation in each cell: that many blocks. */
  readonly runs: number;
  readonly seed: number;
  readonly spread: Spread;
  /** Before anything counts, servers are given messages and sessions until their code is compiled. */
  readonly isWarm: boolean;
  /** A run that is invalid is repeated until it has been tried this often. */
  readonly attempts: number;
  /** A run beside which other programs used more of the machine, in cores, is invalid. */
  readonly disturbanceMaxCores: number;
}

/** What is held equal among the implementations that are compared. */
export interface MatrixCell {
  readonly workMs: number;
  readonly servers: number;
  readonly clients: number;
  readonly messages: number;
}

/** One cell in one block: a run of each implementation, beside each other in time. */
export interface BlockCell extends MatrixCell {
  /** From 1: the number of the run that the document speaks of. */
  readonly block: number;
  readonly order: readonly MatrixImplementation[];
}

/** Servers are started anew for each: a whole block, or, where they share a port, a part of it with as many servers. */
export interface Round {
  readonly block: number;
  /** Processes of each implementation; cells with fewer servers use the first of them. */
  readonly processes: number;
  readonly cells: readonly BlockCell[];
}

/** As the document has it: 300 cells, 3 000 runs of each implementation, with and without its millisecond of work. */
export const fullPlan: MatrixPlan = {
  implementations: matrixImplementations,
  workMs: [0, 1],
  servers: [2, 4, 6, 8, 10],
  clients: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  messages: [1, 10, 100, 500, 1_000, 10_000],
  runs: 10,
  seed: 1,
  spread: "ports",
  isWarm: true,
  attempts: 3,
  disturbanceMaxCores: 0.25,
};

/** For a look: ends in two minutes. With fewer runs no difference could be told from chance in so many cells. */
export const quickPlan: MatrixPlan = {
  ...fullPlan,
  servers: [2, 4],
  clients: [10, 50, 100],
  messages: [1, 10, 100],
  runs: 8,
};

/**
 * Blocks one after the other, so that what changes with time is spread over all cells; within a block cells in random
 * order, and in each cell the implementations in random order. The same plan gives the same order.
 */
export function orderOf(plan: MatrixPlan): readonly Round[] {
  const { next } = createRandom(plan.seed);
  const processesMax = Math.max(...plan.servers);
  return Array.from({ length: plan.runs }, (_, index) => index + 1).flatMap((block) => {
    const cells = shuffle([...cellsOf(plan)], next).map((cell): BlockCell => {
      return { ...cell, block, order: shuffle([...plan.implementations], next) };
    });
    if (plan.spread === "ports") return [{ block, processes: processesMax, cells }];
    return shuffle([...plan.servers], next).map((servers): Round => {
      return { block, processes: servers, cells: cells.filter((cell) => cell.servers === servers) };
    });
  });
}

export function cellsOf({ workMs, servers, clients, messages }: MatrixPlan): readonly MatrixCell[] {
  return workMs.flatMap((work) =>
    servers.flatMap((serverCount) =>
      clients.flatMap((clientCount) =>
        messages.map((count): MatrixCell => {
          return { workMs: work, servers: serverCount, clients: clientCount, messages: count };
        }),
      ),
    ),
  );
}

/** A guess, for the time that is left: how long a run takes, in seconds. */
export function guessedSeconds(
  { workMs, clients, messages }: MatrixCell,
  implementation: MatrixImplementation,
): number {
  const perSecond = implementation === "python" ? 30_000 : 600_000;
  return 0.06 + Math.max((workMs * messages * 1.2) / 1_000, (clients * messages) / perSecond);
}
