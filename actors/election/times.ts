// The times of an election, and what they have to be to each other for its promises to hold.
import { limits } from "#runtime/mod.ts";

/** All in milliseconds of a monotonic clock. */
export interface ElectionTimes {
  readonly heartbeatMs: number;
  /** Silence of the coordinator until it is suspected; so long its followers vote for nobody else. */
  readonly timeoutMs: number;
  /** So long each answer to a heartbeat lets a coordinator act. */
  readonly leaseMs: number;
  readonly askMs: number;
  /** So long each vote counts, until an answer to the announcement renews it. */
  readonly voteMs: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly waitMs: number;
  readonly fallWindowMs: number;
  readonly steadyMs: number;
  readonly steadyMaxMs: number;
}

/** What others' times are longer by than one's own, which a clock may measure 1 % too fast while theirs is 1 % slow. */
export const CLOCK_SLACK = 1.03;

/** In the proportions of the defaults, which are those for a heartbeat each `limits.electionHeartbeatMs`. */
export function electionTimes(heartbeatMs: number = limits.electionHeartbeatMs): ElectionTimes {
  const scale = heartbeatMs / limits.electionHeartbeatMs;
  return {
    heartbeatMs,
    timeoutMs: limits.electionTimeoutMs * scale,
    leaseMs: limits.electionLeaseMs * scale,
    askMs: limits.electionAskMs * scale,
    voteMs: limits.electionVoteMs * scale,
    backoffMs: limits.electionBackoffMs * scale,
    backoffMaxMs: limits.electionBackoffMaxMs * scale,
    waitMs: limits.electionWaitMs * scale,
    fallWindowMs: limits.electionFallWindowMs * scale,
    steadyMs: limits.electionSteadyMs * scale,
    steadyMaxMs: limits.electionSteadyMaxMs * scale,
  };
}

/** Why an election with these times could have two coordinators at once, or none for too long. */
export function timesProblem(times: ElectionTimes): string | undefined {
  const { heartbeatMs, timeoutMs, leaseMs, askMs, voteMs, backoffMs, backoffMaxMs, waitMs } = times;
  if (!Object.values(times).every((time) => time > 0)) return "a time is not above 0";
  if (leaseMs * CLOCK_SLACK > timeoutMs) return "the lease may last longer than the timeout on a slower clock";
  if (leaseMs <= heartbeatMs) return "the lease ends before the next heartbeat";
  if (voteMs > leaseMs) return "votes last longer than the lease";
  if (backoffMs > backoffMaxMs) return "the first backoff is longer than the longest";
  if (askMs * 2 + voteMs + backoffMaxMs + waitMs > timeoutMs / CLOCK_SLACK)
    return "an election may take longer than the timeout";
  return undefined;
}
