// How far a matrix is: a bar on a terminal, a line now and then elsewhere, with the time that is left.

import { SingleBar } from "cli-progress";

import type { RunRecord } from "./matrix-data.ts";
import { cellsOf, guessedSeconds, type MatrixPlan } from "./matrix-plan.ts";

export interface MatrixProgress {
  measured(run: RunRecord): void;
  stop(): void;
}

const LINE_MS = 10_000;
/** Before, what is left cannot be told from how long it has taken. */
const TELLING_SECONDS = 10;
const STARTING = "starting servers, and warming them up";
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** Runs that are there already count as done, and tell nothing about how long the others take. */
export function startMatrixProgress(
  plan: MatrixPlan,
  done: readonly RunRecord[],
  stream: NodeJS.WriteStream,
): MatrixProgress {
  const total =
    plan.runs * sum(cellsOf(plan).flatMap((cell) => plan.implementations.map((name) => guessedSeconds(cell, name))));
  const count = plan.runs * cellsOf(plan).length * plan.implementations.length;
  // Until the first run is over, servers are started and warmed up.
  const state = { done: sum(valid(done).map(guessOf)), runs: valid(done).length, invalid: 0, guessed: 0, startedMs: 0 };
  const words = (): { readonly invalid: string; readonly left: string; readonly runs: string } => {
    const seconds = state.startedMs === 0 ? 0 : (performance.now() - state.startedMs) / 1_000;
    const left = seconds < TELLING_SECONDS ? undefined : ((total - state.done) / state.guessed) * seconds;
    return {
      runs: `${state.runs}/${count} runs`,
      invalid: state.invalid === 0 ? "" : ` | ${state.invalid} invalid`,
      left: left === undefined ? (state.startedMs === 0 ? STARTING : "…") : `${renderSeconds(Math.max(0, left))} left`,
    };
  };
  const show = stream.isTTY ? startBar(total, stream) : startLines(stream);
  show.update(state.done, words());
  return {
    measured(run) {
      if (state.startedMs === 0) state.startedMs = performance.now();
      state.guessed += guessOf(run);
      if (run.verdict === "valid") {
        state.done += guessOf(run);
        state.runs++;
      } else {
        state.invalid++;
      }
      show.update(state.done, words());
    },
    stop: () => show.stop(),
  };
}

type Words = Readonly<Record<"runs" | "invalid" | "left", string>>;

interface Shown {
  update(done: number, words: Words): void;
  stop(): void;
}

function startBar(total: number, stream: NodeJS.WriteStream): Shown {
  const bar = new SingleBar({
    stream,
    format: "[{bar}] {percentage} % | {runs}{invalid} | {left}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    gracefulExit: false,
  });
  bar.start(total, 0, { runs: "", invalid: "", left: STARTING });
  return { update: (done, words) => bar.update(Math.min(done, total), words), stop: () => bar.stop() };
}

function startLines(stream: NodeJS.WriteStream): Shown {
  const printed = { atMs: Number.NEGATIVE_INFINITY };
  return {
    update(_done, { runs, invalid, left }) {
      if (performance.now() - printed.atMs < LINE_MS) return;
      printed.atMs = performance.now();
      stream.write(`${runs}${invalid} | ${left}\n`);
    },
    stop: () => undefined,
  };
}

/** "2 h 5 min", "3 min 20 s", "12 s". */
function renderSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= HOUR_SECONDS) {
    return `${Math.floor(whole / HOUR_SECONDS)} h ${Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS)} min`;
  }
  if (whole >= MINUTE_SECONDS) return `${Math.floor(whole / MINUTE_SECONDS)} min ${whole % MINUTE_SECONDS} s`;
  return `${whole} s`;
}

const guessOf = (run: RunRecord): number => guessedSeconds(run, run.implementation);
const valid = (runs: readonly RunRecord[]): readonly RunRecord[] => runs.filter(({ verdict }) => verdict === "valid");
const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
