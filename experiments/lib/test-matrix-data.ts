// For tests: what a matrix would have left, drawn from a seed, or with the response times that a test gives it.

import { createRandom, type Random } from "#runtime/base/random.ts";

import type { MatrixData, MatrixManifest, MatrixRun, RunRecord } from "./matrix-data.ts";
import { cellsOf, type MatrixCell, type MatrixImplementation, type MatrixPlan } from "./matrix-plan.ts";

const WENT_MISSING = "it is not installed";

export interface Example {
  readonly plan?: Partial<MatrixPlan>;
  readonly missing?: readonly MatrixImplementation[];
  /** Seconds of each session; without it, they are drawn. */
  readonly respond?: (run: ExampleRun) => readonly number[];
  /** Fields that a run has other than usual; null leaves the run out. */
  readonly change?: (run: ExampleRun) => Partial<RunRecord> | null;
  readonly generatorRequestsPerSecond?: number;
}

export interface ExampleRun extends MatrixCell {
  readonly implementation: MatrixImplementation;
  readonly block: number;
}

const SMALL_PLAN: MatrixPlan = {
  implementations: ["correio", "raw", "go", "python"],
  workMs: [0, 1],
  servers: [2, 4],
  clients: [10, 20],
  messages: [10, 1_000],
  runs: 5,
  seed: 7,
  spread: "ports",
  isWarm: true,
  attempts: 3,
  disturbanceMaxCores: 0.5,
};

/** Microseconds of processor for a message, and of a session without any. */
const SPEEDS: Readonly<Record<MatrixImplementation, readonly [messageUs: number, sessionUs: number]>> = {
  correio: [1.1, 260],
  raw: [0.9, 210],
  go: [2.6, 320],
  python: [11, 900],
};
const CORES = 2;

export function exampleMatrix(example: Example = {}): MatrixData {
  const manifest = exampleManifest(example);
  const random = createRandom(manifest.plan.seed);
  const runs: MatrixRun[] = [];
  for (const planned of plannedRuns(manifest)) {
    const responseSeconds = example.respond?.(planned) ?? drawSessions(planned, random);
    const changed = example.change?.(planned);
    if (changed === null) continue;
    runs.push({ ...recordOf(planned, responseSeconds, runs.length + 1), ...changed, responseSeconds });
  }
  return { manifest, runs };
}

function exampleManifest({ plan, missing = [], generatorRequestsPerSecond = 3_000_000 }: Example): MatrixManifest {
  const whole = { ...SMALL_PLAN, ...plan };
  return {
    plan: whole,
    environment: {
      command: "bun experiments/matrix.ts --quick",
      date: "2026-11-22T19:00:00.000Z",
      commit: "0123abc",
      bun: "1.4.4",
      cpu: "Example <CPU> | 3 GHz",
      cores: CORES,
      kernel: "6.1.0",
      congestionControl: "cubic",
    },
    resumed: [],
    versions: { correio: "0.1.0", raw: "Bun 1.4.4", go: "go1.24.4", python: "Python 3.13.5" },
    missing: missing.map((name) => ({ name, why: WENT_MISSING })),
    memoryBytes: 8 * 2 ** 30,
    load: [0.1, 0.2, 0.3],
    generatorCapacity: whole.clients.flatMap((clients) =>
      whole.messages.map((messages) => ({ clients, messages, requestsPerSecond: generatorRequestsPerSecond })),
    ),
  };
}

/** Block by block; cells and implementations in the order of the plan, since no figure depends on it. */
function plannedRuns({ plan, missing }: MatrixManifest): readonly ExampleRun[] {
  const absent = missing.map(({ name }) => name);
  const blocks = Array.from({ length: plan.runs }, (_, index) => index + 1);
  return blocks.flatMap((block) =>
    cellsOf(plan).flatMap((cell) =>
      plan.implementations
        .filter((name) => !absent.includes(name))
        .map((implementation) => ({ ...cell, implementation, block })),
    ),
  );
}

/** All clients share the cores; more servers than cores cost a little; a few sessions have bad luck. */
function drawSessions({ implementation, workMs, servers, clients, messages }: ExampleRun, random: Random): number[] {
  const [messageUs, sessionUs] = SPEEDS[implementation];
  const crowd = clients / Math.min(servers, CORES);
  const crossing = 1 + 0.04 * Math.max(0, servers - CORES);
  const busySeconds = ((messages * messageUs + sessionUs) * crowd * crossing) / 1e6;
  const floorSeconds = (workMs * messages) / 1_000;
  const luck = 1 + 0.06 * normal(random);
  return Array.from({ length: clients }, () => {
    const own = Math.exp(0.12 * normal(random)) * (random.next() < 0.01 ? 3 : 1);
    const overlapped =
      floorSeconds * (1.001 + 0.001 * random.next()) + busySeconds * (workMs > 0 ? 0.3 : 1) * luck * own;
    return Math.round(overlapped * 1e7) / 1e7;
  });
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function recordOf(run: ExampleRun, responseSeconds: readonly number[], number: number): RunRecord {
  const replies = run.clients * run.messages;
  const seconds = Math.max(...responseSeconds);
  return {
    ...run,
    run: number,
    attempt: 1,
    verdict: "valid",
    detail: "",
    startedAt: 1_795_374_000 + number,
    seconds,
    replies,
    serverCpuSeconds: (replies * SPEEDS[run.implementation][0]) / 1e6,
    generatorCpuSeconds: Math.min(seconds, replies * 0.5e-6),
    otherCores: 0.01,
    serverBytes: run.servers * (run.implementation === "go" ? 12 : 60) * 2 ** 20,
    load: 0.5,
    sessionsBytes: 0,
    requestsBytes: 0,
  };
}
