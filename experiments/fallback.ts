// Hybrid mode when no datagrams come through: how long anything that is said waits for TCP, and the way back to UDP.

import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment, renderEnvironment } from "./lib/environment.ts";
import { type FallbackParameters, type FallbackRound, measureFallback } from "./lib/fallback-rounds.ts";
import { type Level, levelOf, renderLevels } from "./lib/level.ts";
import { conclude, type Conclusion, figuresOf, openResult, RESULT_FLAG } from "./lib/result.ts";
import { onceMeasured, summarise } from "./lib/statistics.ts";
import { formatCount, renderTable } from "./lib/table.ts";

const defaults: FallbackParameters = {
  cuts: ["both", "up", "down"],
  rounds: 5,
  everyMs: 50,
  cutForMs: 4_000,
  delayMs: 10,
};
const fallbackMaxMs = 2_000;

export function renderFallback(parameters: FallbackParameters, rounds: readonly FallbackRound[]): string {
  const heading = ["cut", "rounds", "said, latest ms", "max", "heard, latest ms", "max", "back after ms", "max"];
  const rows = parameters.cuts.map((cut) => {
    const own = rounds.filter((round) => round.cut === cut);
    const columns = [
      own.map(({ saidMs }) => saidMs),
      own.map(({ heardMs }) => heardMs),
      own.map(({ backMs }) => backMs),
    ];
    const figures = columns.map(summarise).flatMap(({ median, max }) => [median, max]);
    return [cut, String(own.length), ...figures.map((value) => value.toFixed(0))];
  });
  const messages = rounds.reduce((sum, round) => sum + round.messages, 0);
  const wrong = wrongIn(rounds);
  const { everyMs, cutForMs, delayMs } = parameters;
  return [
    `A chat client in hybrid mode and one on TCP, each a message every ${everyMs} ms;`,
    `datagrams take ${delayMs} ms and are cut off for ${cutForMs} ms: both ways, from the client (up), to it (down)`,
    wrong === 0
      ? `verified: ${messages} messages, shown to both once and in one order`
      : `NOT VERIFIED: ${wrong} of ${messages} messages missing, twice or in another order`,
    renderTable([heading, ...rows]),
    "",
    renderLevels(levelsOf(rounds)),
  ].join("\n");
}

function concludeFallback(rounds: readonly FallbackRound[]): Conclusion {
  const messages = rounds.reduce((sum, round) => sum + round.messages, 0);
  const levels = levelsOf(rounds);
  return conclude(levels, [
    ...figuresOf(levels),
    `${formatCount(messages)} messages in ${rounds.length} cuts, each shown to both once`,
  ]);
}

function levelsOf(rounds: readonly FallbackRound[]): readonly Level[] {
  const latest = rounds.map(({ saidMs, heardMs }) => Math.max(saidMs, heardMs));
  return [levelOf("latest message of all, ms", "at most", fallbackMaxMs, onceMeasured(Math.max(...latest)))];
}

function wrongIn(rounds: readonly FallbackRound[]): number {
  return rounds.reduce((sum, round) => sum + round.wrong, 0);
}

/** A shorter cut may pass unnoticed. */
const cutMinMs = 2_000;

function parseCut(word: string | number): number {
  const cutMs = parsePositive(word);
  if (cutMs >= cutMinMs) return cutMs;
  throw new TypeError(`Cannot use a cut of ${cutMs} ms: one of less than ${cutMinMs} ms may pass unnoticed`);
}

const help = `bun experiments/fallback.ts: hybrid mode falls back to TCP, and returns

  --only LIST  cuts, of ${defaults.cuts.join(", ")}: both ways, from the client, to it (all)
  --rounds N   of each cut (${defaults.rounds})
  --every MS   between two messages of each member (${defaults.everyMs})
  --cut MS     the way is cut so long, at least ${cutMinMs} (${defaults.cutForMs})
  --delay MS   of the way, each way (${defaults.delayMs})
  --json       one JSON document with every round
  --result FILE
               the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      every: { type: "string" },
      cut: { type: "string" },
      delay: { type: "string" },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const parameters: FallbackParameters = {
    cuts: parseNames(values.only, defaults.cuts) ?? defaults.cuts,
    rounds: parsePositive(values.rounds ?? defaults.rounds),
    everyMs: parsePositive(values.every ?? defaults.everyMs),
    cutForMs: parseCut(values.cut ?? defaults.cutForMs),
    delayMs: parsePositive(values.delay ?? defaults.delayMs),
  };
  const environment = describeEnvironment();
  const rounds = await measureFallback(parameters, (line) => console.error(line));
  if (values.json) console.log(JSON.stringify({ environment, parameters, rounds }, undefined, 2));
  else console.log(`${renderEnvironment(environment)}\n\n${renderFallback(parameters, rounds)}`);
  if (wrongIn(rounds) > 0) process.exitCode = 1;
  else saveResult(environment, concludeFallback(rounds));
}

if (import.meta.main) await runCommandLine(main);
