// The seeded explorer: tries orders, delays, store failures and crashes until something breaks, and can show it again.
import { type Exploration, type Run, runTicket, type Ticket } from "./explored-run.ts";

export interface Explored {
  readonly runs: number;
  /** Of all runs together. */
  readonly steps: number;
  readonly faults: number;
}

const RUNS = 100;
/** Runs that are spent on finding out which faults it takes. */
const SHRINKING_RUNS_MAX = 64;
const SHOWN_STEPS = 40;

/** A seed has been found that fails. `replay(exploration, failure.ticket)` gives the same trace again. */
export class ExplorationFailed extends Error {
  readonly #run: Run;
  readonly #runs: number;

  constructor(run: Run, runs: number, isRepeatable: boolean) {
    super(reportOf(run, runs, isRepeatable), { cause: run.failure?.error });
    this.name = "ExplorationFailed";
    this.#run = run;
    this.#runs = runs;
  }

  get ticket(): Ticket {
    return { seed: this.#run.seed, faults: this.#run.faults };
  }

  get trace(): readonly string[] {
    return this.#run.trace;
  }

  /** Seeds that were tried, the failing one among them. */
  get runs(): number {
    return this.#runs;
  }
}

/** Runs the scenario for each seed. Rejects with `ExplorationFailed` at the first that fails, with few faults. */
export async function explore<Result>(exploration: Exploration<Result>): Promise<Explored> {
  const { runs = RUNS, firstSeed = 1 } = exploration;
  const explored = { runs, steps: 0, faults: 0 };
  for (let index = 0; index < runs; index++) {
    const run = await runTicket(exploration, { seed: firstSeed + index });
    explored.steps += run.steps;
    explored.faults += run.faults.length;
    if (run.failure !== undefined) throw await failureOf(exploration, run, index + 1);
  }
  return explored;
}

/**
 * One run again: of a seed with all its faults, or with those of a ticket. It has the same trace each time. Does not
 * reject when the run fails: its `failure` says so.
 */
export function replay<Result>(exploration: Exploration<Result>, ticket: Ticket | number): Promise<Run> {
  return runTicket(exploration, typeof ticket === "number" ? { seed: ticket } : ticket);
}

async function failureOf<Result>(
  exploration: Exploration<Result>,
  found: Run,
  runs: number,
): Promise<ExplorationFailed> {
  const smallest = await shrink(exploration, found);
  const again = await runTicket(exploration, smallest);
  return new ExplorationFailed(smallest, runs, again.trace.join("\n") === smallest.trace.join("\n"));
}

/** Without any fault, if it fails like that too; else without each that it does not take. */
async function shrink<Result>(exploration: Exploration<Result>, found: Run): Promise<Run> {
  let smallest = found;
  let left = SHRINKING_RUNS_MAX;
  const fails = async (faults: readonly number[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const run = await runTicket(exploration, { seed: found.seed, faults });
    if (run.failure !== undefined) smallest = run;
    return run.failure !== undefined;
  };
  if (found.faults.length === 0 || (await fails([]))) return smallest;
  for (const fault of found.faults.toReversed()) {
    if (smallest.faults.includes(fault)) await fails(smallest.faults.filter((each) => each !== fault));
  }
  return smallest;
}

function reportOf({ seed, faults, trace, failure }: Run, runs: number, isRepeatable: boolean): string {
  const problem = failure?.error instanceof Error ? failure.error.message : String(failure?.error);
  const shown = trace.slice(-SHOWN_STEPS);
  const first = trace.length - shown.length + 1;
  return [
    `Seed ${seed}, number ${runs} of those tried, fails: ${problem}`,
    `Again, with the same trace: await replay(exploration, { seed: ${seed}, faults: [${faults.join(", ")}] })`,
    ...(isRepeatable ? [] : ["It went otherwise when it was run again: something in it does not follow from the seed"]),
    `The last ${shown.length} of its ${trace.length} events:`,
    ...shown.map((line, index) => `${String(first + index).padStart(6)}  ${line}`),
  ].join("\n");
}
