// What the matrix measures: servers × clients × messages × runs, with and without work, in an order drawn from a seed.

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

/** The runs of one cell in one block, one of each implementation, beside each other in time. */
export interface MatrixBlockCell extends MatrixCell {
  /** From 1: the number of the run that the document speaks of. */
  readonly block: number;
  readonly order: readonly MatrixImplementation[];
}
