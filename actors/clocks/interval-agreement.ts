// What most of several clocks agree on, each of which says within which interval the truth lies; some may be wrong.

export interface Interval {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface Agreement<Member extends Interval> {
  /** What the intervals of all that agree have in common. */
  readonly lowMs: number;
  readonly highMs: number;
  /** More than half of all, in the order given. */
  readonly agreeing: readonly Member[];
  /** The others. */
  readonly outside: readonly Member[];
}

interface Edge {
  readonly atMs: number;
  /** 1 where an interval begins and -1 where it ends. */
  readonly change: 1 | -1;
}

/**
 * Marzullo, "Maintaining the Time in a Distributed System", 1984: the largest set of intervals that have a point in
 * common, the earliest of several; those outside are what RFC 5905, section 11.2.1, calls falsetickers. Intervals that
 * touch agree. One that is none (it ends before it begins, or is no number) agrees with nobody. Undefined without a
 * majority.
 */
export function agreementOf<Member extends Interval>(intervals: readonly Member[]): Agreement<Member> | undefined {
  const edges = intervals
    .filter(({ lowMs, highMs }) => lowMs <= highMs)
    .flatMap(edgesOf)
    .sort(byPlace);
  let depth = 0;
  let deepest = 0;
  let lowMs = Number.NaN;
  let highMs = Number.NaN;
  edges.forEach(({ atMs, change }, index) => {
    depth += change;
    if (depth <= deepest) return;
    deepest = depth;
    lowMs = atMs;
    // No interval begins before the next edge, or it would be deeper there.
    highMs = edges[index + 1]?.atMs ?? atMs;
  });
  if (deepest * 2 <= intervals.length) return undefined;
  const isAgreeing = (interval: Member): boolean => interval.lowMs <= lowMs && interval.highMs >= highMs;
  return {
    lowMs,
    highMs,
    agreeing: intervals.filter(isAgreeing),
    outside: intervals.filter((interval) => !isAgreeing(interval)),
  };
}

function edgesOf({ lowMs, highMs }: Interval): readonly Edge[] {
  return [
    { atMs: lowMs, change: 1 },
    { atMs: highMs, change: -1 },
  ];
}

/** Beginnings first where both are at one place. */
function byPlace(one: Edge, other: Edge): number {
  return one.atMs - other.atMs || other.change - one.change;
}
