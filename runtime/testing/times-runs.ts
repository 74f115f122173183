// How often tests repeat what follows from a seed: ten times as often with `TIMES_RUNS=10 bun test …`.

/** Whole, and at least 1; `TIMES_RUNS` may be a fraction. Throws where that is no number. */
export function timesRuns(runs: number): number {
  const times = Number(Bun.env["TIMES_RUNS"] ?? 1);
  if (Number.isFinite(times) && times > 0) return Math.max(1, Math.round(runs * times));
  throw new Error(`Cannot repeat tests "${Bun.env["TIMES_RUNS"]}" times: TIMES_RUNS is not a number above 0`);
}
