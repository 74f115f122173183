// One run of one scenario: both ways of synchronising at once, each with a cluster of its own, looked at often.

import { loadavg } from "node:os";

import { quantileSorted } from "simple-statistics";

import { ClockCluster } from "./clock-cluster.ts";
import { clockFigures, type ClockSample, type MeasuredTime } from "./clock-figures.ts";
import {
  CLOCK_SCENARIOS,
  CLOCK_WAYS,
  type ClockCurve,
  type ClockParameters,
  type ClockRun,
  type ClockScenario,
  type ClockScenarioName,
  type ClockSuccession,
  type ClockWay,
  type ClockWayResult,
} from "./clock-plan.ts";

type Clusters = Readonly<Record<ClockWay, ClockCluster>>;

/** Until the server of the highest rank coordinates. */
const ORDER_WITHIN_MS = 120_000;
const MICROSECONDS_PER_MS = 1_000;

/** Looks at the clocks of all clusters, at all of them at once. */
class Watch {
  readonly startedMs = performance.now();
  readonly lagsMs: number[] = [];
  readonly #clusters: Clusters;
  readonly #everyMs: number;
  #dueMs = this.startedMs;

  constructor(clusters: Clusters, everyMs: number) {
    this.#clusters = clusters;
    this.#everyMs = everyMs;
  }

  /** Until that time, or until something holds. Returns when it ended. */
  async until(toMs: number, holds: () => boolean = () => false): Promise<number> {
    while (this.#dueMs < toMs && !holds()) {
      await Bun.sleep(Math.max(0, this.#dueMs - performance.now()));
      const nowMs = performance.now();
      for (const way of CLOCK_WAYS) this.#clusters[way].sample(nowMs);
      this.lagsMs.push(nowMs - this.#dueMs);
      // What was missed is not looked at again and again.
      this.#dueMs = Math.max(this.#dueMs + this.#everyMs, nowMs);
    }
    return performance.now();
  }
}

export async function runScenario(
  name: ClockScenarioName,
  round: number,
  parameters: ClockParameters,
): Promise<ClockRun> {
  await using stack = new AsyncDisposableStack();
  const scenario = CLOCK_SCENARIOS[name];
  const common = { scenario, seed: round + 1, heartbeatMs: parameters.heartbeatMs };
  const clusters: Clusters = {
    berkeley: await ClockCluster.start({ ...common, way: "berkeley" }, stack),
    estimate: await ClockCluster.start({ ...common, way: "estimate" }, stack),
  };
  const watch = new Watch(clusters, parameters.everyMs);
  const cpu = process.cpuUsage();
  const measured = await passThrough(scenario, clusters, watch, parameters);
  const { user, system } = process.cpuUsage(cpu);
  const tookMs = performance.now() - watch.startedMs;
  const resultBy = (way: ClockWay): ClockWayResult => resultOf(clusters[way], scenario, measured);
  const lagsMs = watch.lagsMs.toSorted((one, other) => one - other);
  const lagP99Ms = quantileSorted(lagsMs, 0.99);
  const ways = { berkeley: resultBy("berkeley"), estimate: resultBy("estimate") };
  return {
    name,
    round,
    atSeconds: clusters.estimate.samples.map(({ atMs }, _, [first]) => rounded((atMs - (first?.atMs ?? 0)) / 1_000)),
    ways,
    lagP99Ms,
    isValid: lagP99Ms <= parameters.everyMs,
    cpuShare: (user + system) / MICROSECONDS_PER_MS / tookMs,
    load: loadavg()[0] ?? 0,
    wrong: wrongOf(clusters, ways),
  };
}

/** Returns what of it counts. */
async function passThrough(
  { event }: ClockScenario,
  clusters: Clusters,
  watch: Watch,
  { warmUpMs, measuredMs, afterEventMs }: ClockParameters,
): Promise<MeasuredTime> {
  const areInOrder = (): boolean => CLOCK_WAYS.every((way) => clusters[way].isInOrder);
  const inOrderMs = await watch.until(watch.startedMs + ORDER_WITHIN_MS, areInOrder);
  if (!areInOrder()) throw new Error("The server of the highest rank does not coordinate in time");
  const fromMs = await watch.until(inOrderMs + warmUpMs);
  const eventMs = await watch.until(fromMs + measuredMs);
  if (event === undefined) return { fromMs, toMs: eventMs };
  for (const way of CLOCK_WAYS) {
    if (event === "kill") clusters[way].killCoordinator();
    else clusters[way].turnRound();
  }
  return { fromMs, eventMs, toMs: await watch.until(eventMs + afterEventMs) };
}

function resultOf(cluster: ClockCluster, { event }: ClockScenario, measured: MeasuredTime): ClockWayResult {
  const { samples, honestNames } = cluster;
  const { eventMs } = measured;
  const succession = event === "kill" && eventMs !== undefined ? cluster.succession(eventMs) : undefined;
  const startedMs = samples[0]?.atMs ?? 0;
  return {
    figures: clockFigures(samples, measured),
    work: cluster.work(),
    ...(succession !== undefined && { succession }),
    curves: curvesOf(samples, honestNames),
    boundMs: samples.map(largestBound),
    marks: marksOf(event, measured, succession).map(({ name, atMs }) => ({
      name,
      atSeconds: rounded((atMs - startedMs) / 1_000),
    })),
  };
}

function marksOf(
  event: ClockScenario["event"],
  { fromMs, eventMs }: MeasuredTime,
  succession: ClockSuccession | undefined,
) {
  const marks = [{ name: "counts from here", atMs: fromMs }];
  if (eventMs === undefined) return marks;
  marks.push({ name: event === "kill" ? "coordinator dies" : "drifts turn round", atMs: eventMs });
  const { electedAfterMs } = succession ?? {};
  if (electedAfterMs !== undefined) marks.push({ name: "another coordinates", atMs: eventMs + electedAfterMs });
  return marks;
}

function curvesOf(samples: readonly ClockSample[], names: readonly string[]): readonly ClockCurve[] {
  const middles = samples.map(medianTime);
  return names.map((name, place) => ({
    name,
    errorMs: samples.map(({ shown }, index) => {
      const clock = shown[place];
      return clock === undefined ? null : rounded(clock.timeMs - (middles[index] as number));
    }),
  }));
}

function medianTime({ shown }: ClockSample): number {
  const times = shown.flatMap((clock) => clock?.timeMs ?? []).sort((one, other) => one - other);
  return quantileSorted(times, 0.5);
}

function largestBound({ shown }: ClockSample): number | null {
  const living = shown.filter((clock) => clock !== undefined);
  const bounds = living.flatMap(({ boundMs }) => boundMs ?? []);
  return bounds.length === living.length ? rounded(Math.max(...bounds)) : null;
}

function wrongOf(clusters: Clusters, ways: ClockRun["ways"]): readonly string[] {
  return CLOCK_WAYS.flatMap((way) => {
    const { work, figures } = ways[way];
    return [
      ...clusters[way].errors.map((error) => `${way}: ${error}`),
      ...(figures.pairs === 0 ? [`${way}: no clocks were compared`] : []),
      ...(work.corrections === 0 ? [`${way}: no clock was corrected`] : []),
    ];
  });
}

/** Millionths of what it is. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
