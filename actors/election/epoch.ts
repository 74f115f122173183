// Epochs: the numbers that say which of two elections was later, each of which one sponsor alone may use.
import { limits } from "#runtime/mod.ts";

/** Ranks are below it, so that the rank of its sponsor can be read off an epoch. */
const RANKS = 65_536;
const COUNTER_MAX = Math.floor(Number.MAX_SAFE_INTEGER / RANKS);

/** What nobody has promised or accepted yet; below every epoch. */
export const NO_EPOCH = 0;

export function isRank(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) < RANKS;
}

/** A safe integer with a counter and a rank of 1 or more: a number that a sponsor can have made. */
export function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && counterOf(value as number) >= 1 && isRank(sponsorRankOf(value as number));
}

/** Counter × 65,536 + rank: ordered and never shared, like the ballots of Lamport's "Part-Time Parliament" (1998). */
export function epochOf(counter: number, rank: number): number {
  return counter * RANKS + rank;
}

/** 0 of `NO_EPOCH`. */
export function counterOf(epoch: number): number {
  return Math.floor(epoch / RANKS);
}

export function sponsorRankOf(epoch: number): number {
  return epoch % RANKS;
}

/**
 * Above `highest`, by 1 to `limits.electionEpochStepMax`: where the reference has given a rank anew while its former
 * holder could not hear of it, chance keeps the two apart. Undefined when none is left: after 2²¹ elections at least,
 * and 2²² as a rule. `chance` is from 0 to less than 1.
 */
export function nextCounter(highest: number, chance: number): number | undefined {
  const counter = highest + 1 + Math.floor(chance * limits.electionEpochStepMax);
  return counter <= COUNTER_MAX ? counter : undefined;
}
