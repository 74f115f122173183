// Chance as a port: whoever needs a random number gets one of these, so that a test can repeat what it saw.

export interface Random {
  /** At least 0 and less than 1. */
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };

/** The same numbers for the same seed (Mulberry32, a 32-bit generator; not for secrets). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
