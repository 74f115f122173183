// The times of elections: the defaults and all that are in proportion to them do, and which do not.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { CLOCK_SLACK, electionTimes, timesProblem } from "./times.ts";

describe("the times of an election", () => {
  test("are the defaults, or in proportion to them", () => {
    const { heartbeatMs, timeoutMs, leaseMs } = electionTimes();
    expect([heartbeatMs, timeoutMs, leaseMs]).toEqual([
      limits.electionHeartbeatMs,
      limits.electionTimeoutMs,
      limits.electionLeaseMs,
    ]);
    expect(electionTimes(100)).toMatchObject({ heartbeatMs: 100, timeoutMs: 300, leaseMs: 240, steadyMaxMs: 12_000 });
  });

  test.each([1, 20, 100, 5_000, 60_000])("are right for a heartbeat each %i ms", (heartbeatMs) => {
    expect(timesProblem(electionTimes(heartbeatMs))).toBeUndefined();
  });

  test.each([
    [{ leaseMs: 15_000 / CLOCK_SLACK + 1 }, "the lease may last longer than the timeout on a slower clock"],
    [{ leaseMs: 5_000 }, "the lease ends before the next heartbeat"],
    [{ voteMs: 12_001 }, "votes last longer than the lease"],
    [{ backoffMs: 2_001 }, "the first backoff is longer than the longest"],
    [{ waitMs: 9_000 }, "an election may take longer than the timeout"],
    [{ askMs: 0 }, "a time is not above 0"],
    [{ steadyMs: Number.NaN }, "a time is not above 0"],
  ])("are not with %p", (change, problem) => {
    expect(timesProblem({ ...electionTimes(), ...change })).toBe(problem);
  });

  test("are with the longest lease that there may be", () => {
    expect(timesProblem({ ...electionTimes(), leaseMs: 15_000 / CLOCK_SLACK })).toBeUndefined();
  });
});
