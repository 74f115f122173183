// How far apart the clocks of several servers were, from what each showed at the same moments.

import { mean, quantileSorted } from "simple-statistics";

/** What one server's clock showed. */
export interface ShownClock {
  readonly timeMs: number;
  /** Undefined where it declares none. */
  readonly boundMs: number | undefined;
  /** Times that it has been stepped by then. */
  readonly steps: number;
}

/** The clocks of the honest servers, each at its place; undefined for the dead. */
export interface ClockSample {
  /** By the one clock that all share: true time. */
  readonly atMs: number;
  readonly shown: readonly (ShownClock | undefined)[];
}

export interface ClockFigures {
  /** Pairs of clocks that were compared while it counted. */
  readonly pairs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly meanMs: number;
  /** Pairs that both declared a bound, from the beginning, and those further apart than both bounds together. */
  readonly boundPairs: number;
  readonly boundsBroken: number;
  /** While it counted: of one server, and the share of pairs of which one declared none. */
  readonly boundMedianMs: number | undefined;
  readonly unboundShare: number;
  /** Times that a clock showed less than before without being stepped, and steps beyond each one's first. */
  readonly backwardSteps: number;
  readonly furtherSteps: number;
  /** From the first sample, until all were close to each other for good, or until something happened. */
  readonly closeAfterMs: number | undefined;
  /** While it counted: by how much one clock went on more or less than true time, from one sample to the next. */
  readonly jumpMaxMs: number;
}

/** Of true time. */
export interface MeasuredTime {
  readonly fromMs: number;
  /** Where something happens in the middle. */
  readonly eventMs?: number;
  readonly toMs: number;
}

/** Closer than that the clocks of a group are called close. */
export const CLOSE_MS = 10;

export function clockFigures(samples: readonly ClockSample[], { fromMs, eventMs, toMs }: MeasuredTime): ClockFigures {
  const measured = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const errorsMs = measured.flatMap((sample) => pairsOf(sample).map(errorOf)).sort((one, other) => one - other);
  const bound = samples.flatMap((sample) => pairsOf(sample).filter(isBound));
  const boundsMs = measured.flatMap(({ shown }) => shown.flatMap((clock) => clock?.boundMs ?? []));
  const unbound = measured.flatMap((sample) => pairsOf(sample).filter((pair) => !isBound(pair)));
  return {
    pairs: errorsMs.length,
    p50Ms: quantileOf(errorsMs, 0.5) ?? 0,
    p99Ms: quantileOf(errorsMs, 0.99) ?? 0,
    maxMs: errorsMs.at(-1) ?? 0,
    meanMs: errorsMs.length === 0 ? 0 : mean(errorsMs),
    boundPairs: bound.length,
    boundsBroken: bound.filter((pair) => errorOf(pair) > declaredBound(pair)).length,
    boundMedianMs: quantileOf(
      boundsMs.toSorted((one, other) => one - other),
      0.5,
    ),
    unboundShare: unbound.length / Math.max(1, errorsMs.length),
    backwardSteps: changesOf(samples).filter(
      ({ before, now }) => now.steps === before.steps && now.timeMs < before.timeMs,
    ).length,
    furtherSteps: furtherSteps(samples),
    closeAfterMs: closeAfterMs(samples.filter(({ atMs }) => atMs <= (eventMs ?? toMs))),
    jumpMaxMs: Math.max(0, ...changesOf(measured).map(jumpOf)),
  };
}

type Pair = readonly [ShownClock, ShownClock];

interface Change {
  readonly before: ShownClock;
  readonly now: ShownClock;
  readonly tookMs: number;
}

function pairsOf({ shown }: ClockSample): readonly Pair[] {
  const living = shown.filter((clock) => clock !== undefined);
  return living.flatMap((one, index) => living.slice(index + 1).map((other): Pair => [one, other]));
}

function errorOf([one, other]: Pair): number {
  return Math.abs(one.timeMs - other.timeMs);
}

function isBound([one, other]: Pair): boolean {
  return one.boundMs !== undefined && other.boundMs !== undefined;
}

function declaredBound([one, other]: Pair): number {
  return (one.boundMs ?? 0) + (other.boundMs ?? 0);
}

function quantileOf(sorted: readonly number[], share: number): number | undefined {
  return sorted.length === 0 ? undefined : quantileSorted([...sorted], share);
}

/** Of every clock from each sample to the next. */
function changesOf(samples: readonly ClockSample[]): readonly Change[] {
  return samples.slice(1).flatMap(({ atMs, shown }, index) => {
    const previous = samples[index] as ClockSample;
    return shown.flatMap((now, place) => {
      const before = previous.shown[place];
      return now === undefined || before === undefined ? [] : [{ before, now, tookMs: atMs - previous.atMs }];
    });
  });
}

function jumpOf({ before, now, tookMs }: Change): number {
  return Math.abs(now.timeMs - before.timeMs - tookMs);
}

function furtherSteps(samples: readonly ClockSample[]): number {
  const most = (samples[0]?.shown ?? []).map((_, place) =>
    Math.max(0, ...samples.map(({ shown }) => shown[place]?.steps ?? 0)),
  );
  return most.reduce((sum, steps) => sum + Math.max(0, steps - 1), 0);
}

function closeAfterMs(samples: readonly ClockSample[]): number | undefined {
  const isApart = (sample: ClockSample): boolean => pairsOf(sample).some((pair) => errorOf(pair) > CLOSE_MS);
  const first = samples[samples.findLastIndex(isApart) + 1];
  return first && first.atMs - (samples[0] as ClockSample).atMs;
}
