// How close the clocks of several servers stay, by Berkeley as published and by estimates; the true time is known.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { renderClockPage } from "./lib/clock-page.ts";
import {
  CLOCK_SCENARIO_NAMES,
  CLOCK_SCENARIOS,
  type ClockParameters,
  type ClockReport,
  type ClockRun,
  DEFAULT_CLOCKS,
  QUICK_CLOCKS,
} from "./lib/clock-plan.ts";
import { clockReport, concludeClocks, renderClocks } from "./lib/clock-report.ts";
import { runScenario } from "./lib/clock-scenario.ts";
import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { openResult, requireWritable, RESULT_FLAG } from "./lib/result.ts";

export interface ClockOptions extends ClockParameters {
  readonly progress?: (line: string) => void;
}

export async function runClocks({ progress, ...parameters }: ClockOptions): Promise<ClockReport> {
  const environment = describeEnvironment();
  const runs: ClockRun[] = [];
  for (let round = 0; round < parameters.rounds; round++) {
    for (const name of parameters.only) {
      progress?.(`${CLOCK_SCENARIOS[name].title}, round ${round + 1} of ${parameters.rounds} …`);
      runs.push(await runScenario(name, round, parameters));
    }
  }
  return clockReport(environment, parameters, runs);
}

const help = `bun experiments/clocks.ts: the clocks of five servers on a bad network, synchronised in two ways at once

  --only LIST    of ${CLOCK_SCENARIO_NAMES.join(", ")} (all)
  --seconds N    of each scenario that count; more where something happens then (${DEFAULT_CLOCKS.measuredMs / 1_000})
  --rounds N     of all scenarios, each with other clocks and another network (${DEFAULT_CLOCKS.rounds})
  --out FILE     writes the clocks over time as one HTML page that needs nothing else
  --quick        shorter, before the clocks have settled: for a look, not for a result
  --json         one JSON document with every sample
  --result FILE  the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Bun.argv.slice(2),
    options: {
      only: { type: "string" },
      seconds: { type: "string" },
      rounds: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  if (values.out !== undefined) requireWritable(values.out);
  const given = values.quick ? QUICK_CLOCKS : DEFAULT_CLOCKS;
  const report = await runClocks({
    ...given,
    only: parseNames(values.only, CLOCK_SCENARIO_NAMES) ?? given.only,
    measuredMs: values.seconds === undefined ? given.measuredMs : parsePositive(values.seconds) * 1_000,
    rounds: parsePositive(values.rounds ?? given.rounds),
    progress: (line) => console.error(line),
  });
  if (values.out !== undefined) writeFileSync(values.out, await renderClockPage(report));
  console.log(values.json ? JSON.stringify(report) : renderClocks(report));
  if (report.wrong.length === 0) saveResult(report.environment, concludeClocks(report));
  process.exit(report.wrong.length > 0 ? 1 : 0);
}

if (import.meta.main) await runCommandLine(main);
