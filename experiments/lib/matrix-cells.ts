// The runs of a matrix by cell and implementation: what counts, what is paired, and how much of the plan is there.

import { type Interval, meanInterval } from "./bootstrap.ts";
import type { MatrixData, MatrixRun, RunRecord } from "./matrix-data.ts";
import type { MatrixCell, MatrixImplementation, MatrixPlan } from "./matrix-plan.ts";

/** Valid runs of one implementation in one cell; at least one. */
export interface CellSeries {
  readonly runs: readonly MatrixRun[];
  /** Of each run, the mean of its sessions' response seconds: the measure of a run. */
  readonly means: readonly number[];
  /** Of the means. */
  readonly interval: Interval;
}

export interface CellResult extends MatrixCell {
  /** Implementations with no valid run are not in it. */
  readonly series: ReadonlyMap<MatrixImplementation, CellSeries>;
}

export interface Progress {
  readonly plannedRuns: number;
  readonly validRuns: number;
  readonly plannedCells: number;
  /** Cells in which each implementation that is not missing has all its runs. */
  readonly wholeCells: number;
}

/** The implementations of the plan that were there. */
export function presentImplementations({ manifest }: MatrixData): readonly MatrixImplementation[] {
  const missing = new Set(manifest.missing.map(({ name }) => name));
  return manifest.plan.implementations.filter((name) => !missing.has(name));
}

/** All cells of the plan in its order, also those with no run. */
export function cellResults({ manifest, runs }: MatrixData): readonly CellResult[] {
  const byCell = Map.groupBy(runs.filter(isValid), keyOf);
  return cellsOf(manifest.plan).map((cell) => {
    const byImplementation = Map.groupBy(byCell.get(keyOf(cell)) ?? [], ({ implementation }) => implementation);
    const series = manifest.plan.implementations.flatMap((name) => {
      const own = byImplementation.get(name);
      return own === undefined ? [] : [[name, seriesOf(own)] as const];
    });
    return { ...cell, series: new Map(series) };
  });
}

export function progressOf(data: MatrixData, cells: readonly CellResult[]): Progress {
  const { runs } = data.manifest.plan;
  const present = presentImplementations(data);
  const isWhole = ({ series }: CellResult): boolean =>
    present.every((name) => (series.get(name)?.runs.length ?? 0) >= runs);
  return {
    plannedRuns: cells.length * present.length * runs,
    validRuns: data.runs.filter(isValid).length,
    plannedCells: cells.length,
    wholeCells: cells.filter(isWhole).length,
  };
}

/** The measures of both in the blocks in which both have one: what else the machine did then, both had to bear. */
export function pairedMeans(
  ours: CellSeries,
  theirs: CellSeries,
): { readonly ours: readonly number[]; readonly theirs: readonly number[] } {
  const byBlock = new Map(theirs.runs.map(({ block }, index) => [block, theirs.means[index]!]));
  const paired = ours.runs.flatMap(({ block }, index) => {
    const their = byBlock.get(block);
    return their === undefined ? [] : [[ours.means[index]!, their] as const];
  });
  return { ours: paired.map(([our]) => our), theirs: paired.map(([, their]) => their) };
}

/** Seconds that the simulated work of one session takes. */
export const floorSeconds = ({ workMs, messages }: MatrixCell): number => (workMs * messages) / 1_000;

export const isValid = ({ verdict }: RunRecord): boolean => verdict === "valid";

/** The values of one dimension that the cells have, in the order of the cells. */
export function valuesOf(cells: readonly MatrixCell[], dimension: keyof MatrixCell): readonly number[] {
  return [...new Set(cells.map((cell) => cell[dimension]))];
}

function cellsOf(plan: MatrixPlan): readonly MatrixCell[] {
  return plan.workMs.flatMap((workMs) =>
    plan.messages.flatMap((messages) =>
      plan.servers.flatMap((servers) => plan.clients.map((clients) => ({ workMs, servers, clients, messages }))),
    ),
  );
}

function seriesOf(unordered: readonly MatrixRun[]): CellSeries {
  const runs = unordered.toSorted((one, other) => one.block - other.block);
  const means = runs.map(
    ({ responseSeconds }) => responseSeconds.reduce((sum, each) => sum + each, 0) / responseSeconds.length,
  );
  return { runs, means, interval: meanInterval(means) };
}

const keyOf = ({ workMs, servers, clients, messages }: MatrixCell): string =>
  [workMs, servers, clients, messages].join("/");
