// A clock for a relay that has to keep to fractions of a millisecond: timers alone round to whole ones.

import { type Clock, systemClock } from "#runtime/base/clock.ts";

/** A timer is this much early, and what remains is spent looking at the time between looks at the sockets. */
const EARLY_MS = 1;

/** The system's, but for `after`: it is late by what the event loop is busy, and no more. */
export const exactClock: Clock = {
  ...systemClock,
  after(delayMs, callback) {
    const dueMs = systemClock.monotonicMs() + delayMs;
    const state = { isCancelled: false };
    const look = (): void => {
      if (state.isCancelled) return;
      if (systemClock.monotonicMs() >= dueMs) callback();
      else systemClock.afterIo(look);
    };
    const cancel = systemClock.after(Math.max(0, Math.floor(delayMs - EARLY_MS)), look);
    return () => {
      state.isCancelled = true;
      cancel();
    };
  },
};
