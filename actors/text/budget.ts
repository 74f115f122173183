// The command budget of one session: a token bucket, so that nobody can flood the rooms that others are in.
import { limits } from "#runtime/mod.ts";

interface Budget {
  /** Commands that may come at once; below 0 before the first. */
  credit: number;
  creditAtMs: number;
}

export const fullBudget = (): Budget => ({ credit: limits.commandsBurst, creditAtMs: 0 });

/** Spends a command's cost. Returns how long it has to wait, in milliseconds: the bucket may owe one at a time. */
export function spend(budget: Budget, cost: number, nowMs: number): number {
  const gained = ((nowMs - budget.creditAtMs) / 1_000) * limits.commandsPerSecond;
  budget.credit = Math.min(limits.commandsBurst, budget.credit + Math.max(0, gained)) - cost;
  budget.creditAtMs = nowMs;
  return budget.credit >= 0 ? 0 : (-budget.credit / limits.commandsPerSecond) * 1_000;
}
