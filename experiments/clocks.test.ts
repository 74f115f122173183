// The clock experiment runs with tiny parameters: clocks are polled and corrected, bounds are true, nothing goes back.

import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { startTcpRelay } from "#runtime/testing/mod.ts";

import { runClocks } from "./clocks.ts";
import { renderClockPage } from "./lib/clock-page.ts";
import { CLOCK_SCENARIOS, CLOCK_WAYS, type ClockReport, type ClockScenarioName } from "./lib/clock-plan.ts";
import { renderClocks } from "./lib/clock-report.ts";
import { testCommandLine } from "./lib/test-command-line.ts";

setDefaultTimeout(60_000);

/** A coordinator listens for three seconds before it begins. */
const run = (name: ClockScenarioName): Promise<ClockReport> =>
  runClocks({
    only: [name],
    rounds: 1,
    warmUpMs: 4_000,
    measuredMs: 300,
    afterEventMs: 2_500,
    everyMs: 20,
    heartbeatMs: 400,
  });

describe("the clock experiment", () => {
  const running = Promise.all([run("liar-random"), run("kill")]);

  test("compares the clocks of all that live and do not lie, in both ways", async () => {
    const [liar, kill] = await running;
    expect([...liar.wrong, ...kill.wrong]).toEqual([]);
    for (const way of CLOCK_WAYS) {
      const [result, killed] = [liar, kill].map(({ runs }) => runs[0]?.ways[way]);
      expect(result?.curves.map(({ name }) => name)).toEqual(["server 1", "server 2", "server 4", "server 5"]);
      expect(result?.work.corrections).toBeGreaterThan(0);
      expect(killed?.curves.filter(({ errorMs }) => errorMs.at(-1) === null)).toHaveLength(1);
      expect(killed?.succession?.electedAfterMs).toBeGreaterThan(0);
    }
  });

  test("finds every declared bound true, and no clock that goes back", async () => {
    const levels = (await running).flatMap((report) => report.levels);
    const held = levels.filter(({ what }) => /declared|went back/.test(what));
    expect(held.map(({ measured, reached }) => [measured?.median, reached])).toEqual(held.map(() => [0, true]));
    const boundPairs = (await running).map(({ runs }) => runs[0]?.ways.estimate.figures.boundPairs);
    expect(boundPairs.every((count = 0) => count > 0)).toBe(true);
  });

  test("says what it has seen as a table and as a page", async () => {
    const [, report] = await running;
    expect(renderClocks(report)).toContain("another coordinates after, s");
    expect(await renderClockPage(report)).toContain('"name":"coordinator dies"');
  });
});

test.each(Object.entries(CLOCK_SCENARIOS))("a relay can do what is asked of it: %s", async (_, { faults }) => {
  const relay = await startTcpRelay({ target: { port: 1 }, faults });
  relay.stop();
});

testCommandLine(
  "clocks.ts",
  ["--only", "--seconds", "--rounds", "--out", "--quick", "--json"],
  ["--seconds=0", "--only=all", "--nothing"],
);
