// Berkeley's way to one time: everybody is asked once, and told how far he is from the average of those that agree.

export interface PolledClock {
  readonly name: string;
  /** Its time and half the round trip, less the coordinator's time when the answer came. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
  /** It has been set to the time of a group before; false where it joins, absent where that is not known. */
  readonly hasJoined?: boolean | undefined;
}

export interface BerkeleyBounds {
  /** Clocks that count are no further apart. */
  readonly agreementMs: number;
  /** An answer that took longer is discarded, as is one that is no number. */
  readonly roundTripMsMax: number;
}

export interface BerkeleyRound {
  /** The time of the group, less the coordinator's. */
  readonly averageMs: number;
  /** By name, the coordinator's own included: what the clock is to be slewed by. Not for discarded answers. */
  readonly corrections: ReadonlyMap<string, number>;
  /** Names of the clocks that made the average, in the order of their times. */
  readonly agreeing: readonly string[];
}

/**
 * Gusella and Zatti, "The Accuracy of the Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD", 1989. The
 * fault-tolerant average is that of the largest set of clocks that are close to each other; of sets of one size the one
 * whose average is closest to the coordinator's clock, then the earliest. The order of the clocks does not matter.
 *
 * Ours: who joins, the coordinator too, has no part in the average of those that are known to have joined. One of these
 * alone may lie: it is not believed against a majority.
 */
export function berkeleyRound(
  ownName: string,
  polled: readonly PolledClock[],
  { agreementMs, roundTripMsMax }: BerkeleyBounds,
  hasJoined?: boolean,
): BerkeleyRound {
  const heard = polled.filter(
    ({ offsetMs, roundTripMs }) => Number.isFinite(offsetMs) && roundTripMs >= 0 && roundTripMs <= roundTripMsMax,
  );
  const clocks: readonly Clock[] = [{ name: ownName, offsetMs: 0, hasJoined }, ...heard].sort(byOffset);
  const agreeing = agreeingOf(clocks, agreementMs);
  const averageMs = averageOf(agreeing);
  return {
    averageMs,
    corrections: new Map(clocks.map(({ name, offsetMs }) => [name, averageMs - offsetMs])),
    agreeing: agreeing.map(({ name }) => name),
  };
}

type Clock = Omit<PolledClock, "roundTripMs">;

function agreeingOf(clocks: readonly Clock[], agreementMs: number): readonly Clock[] {
  const members = clocks.filter((clock) => clock.hasJoined === true);
  const isCounting = (clock: Clock): boolean => members.length === 0 || clock.hasJoined !== false;
  if (members.length !== 1) return largestSet(clocks.filter(isCounting), agreementMs);
  const largest = largestSet(clocks, agreementMs);
  if (largest.includes(members[0] as Clock)) return largest.filter(isCounting);
  return largest.length * 2 > clocks.length ? largest : members;
}

function largestSet(clocks: readonly Clock[], agreementMs: number): readonly Clock[] {
  const sets = clocks.map((first, index) =>
    clocks.slice(index).filter(({ offsetMs }) => offsetMs - first.offsetMs <= agreementMs),
  );
  return sets.reduce((best, set) => (isBetter(set, best) ? set : best));
}

function isBetter(set: readonly Clock[], best: readonly Clock[]): boolean {
  if (set.length !== best.length) return set.length > best.length;
  return Math.abs(averageOf(set)) < Math.abs(averageOf(best));
}

function averageOf(clocks: readonly Clock[]): number {
  return clocks.reduce((sum, { offsetMs }) => sum + offsetMs, 0) / clocks.length;
}

function byOffset(one: Clock, other: Clock): number {
  return one.offsetMs - other.offsetMs || (one.name < other.name ? -1 : 1);
}
