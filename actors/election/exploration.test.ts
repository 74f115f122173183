// Many worlds in which servers die, stop, forget, and are cut off: the promises of an election hold in all of them.
// More of them: `TIMES_RUNS=50 bun test actors/election/exploration.test.ts`.
import { describe, expect, test } from "bun:test";

import { timesRuns } from "#runtime/testing/times-runs.ts";

import { runFailover, runSchedule } from "./test-election-schedule.ts";
import type { Plan } from "./test-election-world.ts";

/** Of a test: it takes some seconds, unless others take the machine. */
const WITHIN_MS = timesRuns(60_000);

/** What the first of so many schedules finds broken. */
function firstViolation(schedules: number, plan: Omit<Plan, "seed">): string | undefined {
  for (let seed = 0; seed < schedules; seed++) {
    const { violation } = runSchedule({ ...plan, seed });
    if (violation !== undefined) return violation;
  }
  return undefined;
}

describe("whatever goes wrong", () => {
  test.each([
    ["with one list of servers, all of the time", true],
    ["with lists that change, and ranks that are given anew", false],
  ])(
    "the promises hold, and all that live agree soon after: %s",
    (_, isListFixed) => expect(firstViolation(timesRuns(5_000), { isListFixed })).toBeUndefined(),
    WITHIN_MS,
  );

  test(
    "another is elected within twice the timeout when a coordinator dies, while a majority lives",
    () => {
      for (let seed = 0; seed < timesRuns(1_000); seed++) expect(runFailover(seed).violation).toBeUndefined();
    },
    WITHIN_MS,
  );
});

describe("the checks can fail: they find", () => {
  test.each([
    ["a server that forgets what it has promised", "forgets", true, / (?:votes in \d+ after|forgets) /],
    [
      "a coordinator that does not notice the end of its lease",
      "ignores its lease",
      true,
      / is elected while s\d acts /,
    ],
    ["servers that obey everybody", "obeys everybody", true, / obeys s\d@\d+ /],
    ["a sponsor that announces two coordinators in one epoch", "announces two", true, /, but it is s\d's /],
    ["two holders of one rank whom no chance keeps apart", "knows no chance", false, /, but it is s\d's /],
  ] as const)(
    "%s",
    (_, plant, isListFixed, broken) => expect(firstViolation(2_000, { isListFixed, plant })).toMatch(broken),
    WITHIN_MS,
  );
});
