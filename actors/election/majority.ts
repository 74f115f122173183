// How many are enough: majorities of one set have a member in common.

/** More than half of so many, 1 of 1. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/**
 * How many others have to answer one that has forgotten which epochs it used, so that whatever majority it was part of
 * then, one of those that answer was part of it too: all but as many as such a majority can do without.
 */
export function witnessesOf(count: number): number {
  return Math.min(count - 1, count - majorityOf(count) + 1);
}
