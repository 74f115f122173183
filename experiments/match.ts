// Matches measured: the document's tests recorded over time, thousands of hosted matches, memory, idling, dead players.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { readLines } from "./lib/lines-of.ts";
import { carryLoad } from "./lib/match-load.ts";
import { renderMatchPage } from "./lib/match-page.ts";
import {
  DEFAULT_MATCHES,
  FULL_MATCHES,
  MATCH_QUESTIONS,
  type MatchParameters,
  type MatchReport,
  QUICK_MATCHES,
  SMALL_MATCHES,
} from "./lib/match-plan.ts";
import { playMatches } from "./lib/match-player.ts";
import { askQuestions, measureMatches } from "./lib/match-questions.ts";
import { concludeMatches, matchReport, renderMatches } from "./lib/match-report.ts";
import { MATCH_SERVER_NAMES } from "./lib/match-server.ts";
import { whyNoNetworkCounter } from "./lib/recorder-network.ts";
import { openResult, requireWritable, RESULT_FLAG } from "./lib/result.ts";

export interface MatchOptions extends MatchParameters {
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

export async function runMatches(options: MatchOptions): Promise<MatchReport> {
  const { progress, searchPath, ...parameters } = options;
  const environment = describeEnvironment();
  const why = await whyNoNetworkCounter();
  const answers = await askQuestions(parameters, {
    program: import.meta.path,
    ownsNetwork: why === undefined,
    ...(searchPath !== undefined && { searchPath }),
    ...(progress !== undefined && { progress }),
  });
  const missing = why === undefined ? [] : [`the kernel's count of octets: ${why}`];
  return matchReport(environment, parameters, missing, answers);
}

const help = `bun experiments/match.ts: the match server over time, under many matches, at rest, and with dead players

  --only LIST    of ${MATCH_QUESTIONS.join(", ")} (all)
  --servers LIST of ${MATCH_SERVER_NAMES.join(", ")}, which host them in turn (all)
  --matches N    hosted at once, each with a move a second (${DEFAULT_MATCHES.hosted.matches})
  --seconds N    of each round of them that count (${DEFAULT_MATCHES.hosted.seconds})
  --rounds N     of each server in turn, and of what is measured more than once (${DEFAULT_MATCHES.hosted.rounds})
  --players N    connected at once where memory is measured (${DEFAULT_MATCHES.memory.players})
  --alive N      seconds for which all clients live on the bad network (${DEFAULT_MATCHES.heartbeat.aliveSeconds})
  --out FILE     writes the curves as one HTML page that needs nothing else
  --quick        fewer and shorter of all, about a minute: for a look, not for a result
  --full         longer, and more rounds: most of an hour
  --small        the least of all, to see that it works: its figures say nothing
  --json         one JSON document with every sample
  --result FILE  the result in short, as in experiments/results/
  --help

scenes: the server alone, two clients logged in, two in a match from peer to peer, and two in a hosted one.
Octets are counted in network namespaces, which need root, iproute2, util-linux and python3.
PROFILE_FOLDER=folder leaves profiles of the server's processor time there.`;

function readFlags(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      only: { type: "string" },
      servers: { type: "string" },
      matches: { type: "string" },
      seconds: { type: "string" },
      rounds: { type: "string" },
      players: { type: "string" },
      alive: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
}

function parametersOf(values: ReturnType<typeof readFlags>["values"]): MatchParameters {
  const { small, quick, full } = values;
  const given = small ? SMALL_MATCHES : quick ? QUICK_MATCHES : full ? FULL_MATCHES : DEFAULT_MATCHES;
  const { scenes, hosted, memory, idle, heartbeat } = given;
  const roundsOf = (own: number): number => parsePositive(values.rounds ?? own);
  return {
    only: parseNames(values.only, MATCH_QUESTIONS) ?? given.only,
    scenes,
    hosted: {
      ...hosted,
      matches: parsePositive(values.matches ?? hosted.matches),
      seconds: parsePositive(values.seconds ?? hosted.seconds),
      rounds: roundsOf(hosted.rounds),
      only: parseNames(values.servers, MATCH_SERVER_NAMES) ?? hosted.only,
    },
    memory: { ...memory, players: parsePositive(values.players ?? memory.players), rounds: roundsOf(memory.rounds) },
    idle: { ...idle, rounds: roundsOf(idle.rounds) },
    heartbeat: { ...heartbeat, aliveSeconds: parsePositive(values.alive ?? heartbeat.aliveSeconds) },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = readFlags(Bun.argv.slice(2));
  const [role, ...words] = positionals;
  if (values.help) return console.log(help);
  if (role !== undefined) return await playRole(role, words);
  const saveResult = openResult(values.result);
  if (values.out !== undefined) requireWritable(values.out);
  const report = await runMatches({ ...parametersOf(values), progress: (line) => console.error(line) });
  if (values.out !== undefined) writeFileSync(values.out, await renderMatchPage(report));
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderMatches(report));
  if (report.wrong.length > 0) process.exitCode = 1;
  else saveResult(report.environment, concludeMatches(report));
}

/** The other processes of the experiment are this program too. */
async function playRole(role: string, words: readonly string[]): Promise<void> {
  const roles = { player: playMatches, load: carryLoad, measure: measureMatches };
  if (!Object.hasOwn(roles, role)) throw new TypeError(`Cannot use "${role}": it belongs to no flag`);
  await roles[role as keyof typeof roles](words, readLines(Bun.stdin.stream()));
  process.exit(0);
}

if (import.meta.main) await runCommandLine(main);
