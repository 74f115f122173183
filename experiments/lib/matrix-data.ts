// What the matrix leaves in its folder: a manifest, a row for each run, and two rows for each session of a client.

import type { Environment } from "./environment.ts";
import type { GeneratorCapacity } from "./generator-capacity.ts";
import type { MissingServer } from "./implementations.ts";
import type { MatrixImplementation, MatrixPlan } from "./matrix-plan.ts";

export const VERDICTS = ["valid", "died", "late", "wrong", "unrecorded", "disturbed"] as const;
/** Why a run does not count: a server died, time was up, replies were wrong, rows are missing, others were busy. */
export type Verdict = (typeof VERDICTS)[number];

/** One run: all clients of a cell against the servers of one implementation. A row of `runs.csv`, in order. */
export interface RunRecord {
  /** From 1, over all that ran. */
  readonly run: number;
  readonly block: number;
  readonly attempt: number;
  readonly implementation: MatrixImplementation;
  readonly workMs: number;
  readonly servers: number;
  readonly clients: number;
  readonly messages: number;
  readonly verdict: Verdict;
  /** In words, of one that is not valid; else empty. */
  readonly detail: string;
  /** Unix seconds. */
  readonly startedAt: number;
  /** From the first request of any client to the last reply of any. */
  readonly seconds: number;
  readonly replies: number;
  /** Processor time of the servers, from their first connection to their last. */
  readonly serverCpuSeconds: number;
  /** Processor time of the process that plays the clients, while it did. */
  readonly generatorCpuSeconds: number;
  /** What all other programs used of the machine, on average, in the last second or since the run began. */
  readonly otherCores: number;
  /** Resident memory of all servers after the run. */
  readonly serverBytes: number;
  /** Load average of one minute before the run. */
  readonly load: number;
  /** How long its two files were when its rows were in: what comes behind that in them belongs to no run. */
  readonly sessionsBytes: number;
  readonly requestsBytes: number;
}

/** A run with what its clients saw: seconds from a client's first request to its last reply, one for each client. */
export interface MatrixRun extends RunRecord {
  readonly responseSeconds: readonly number[];
}

export interface MatrixManifest {
  readonly plan: MatrixPlan;
  /** Where and when it began. */
  readonly environment: Environment;
  /** Of each time that it was taken up again. */
  readonly resumed: readonly Environment[];
  readonly versions: Readonly<Partial<Record<MatrixImplementation, string>>>;
  readonly missing: readonly MissingServer<MatrixImplementation>[];
  readonly memoryBytes: number;
  /** Load averages of 1, 5 and 15 minutes at the beginning. */
  readonly load: readonly [number, number, number];
  /** What the process that plays the clients can do at most, for each shape of a run; empty until it is known. */
  readonly generatorCapacity: readonly GeneratorCapacity[];
}

/** All that the report is made from. */
export interface MatrixData {
  readonly manifest: MatrixManifest;
  readonly runs: readonly MatrixRun[];
}
