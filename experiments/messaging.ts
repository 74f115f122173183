// The messaging family measured: round trips, publications to many, a slow subscriber, rates of services, and workers.

import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { readLines } from "./lib/lines-of.ts";
import { measureFanOut } from "./lib/messaging-fan-out.ts";
import { rawEcho, rawPublications, replySocket } from "./lib/messaging-floors.ts";
import { carryPublications } from "./lib/messaging-load.ts";
import {
  DEFAULT_MESSAGING,
  MESSAGING_QUESTIONS,
  type MessagingAnswers,
  type MessagingParameters,
  type MessagingQuestion,
  type MessagingReport,
  QUICK_MESSAGING,
} from "./lib/messaging-plan.ts";
import { carryRequests, measureRates } from "./lib/messaging-rates.ts";
import { concludeMessaging, messagingReport, renderMessaging } from "./lib/messaging-report.ts";
import { measureRoundTrips } from "./lib/messaging-round-trips.ts";
import { findMessagingTools, missingOf } from "./lib/messaging-servers.ts";
import { measureSlowSubscriber } from "./lib/messaging-slow-subscriber.ts";
import { measureWorkers } from "./lib/messaging-workers.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface MessagingOptions extends MessagingParameters {
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

export async function runMessaging(options: MessagingOptions): Promise<MessagingReport> {
  const { progress, searchPath, ...parameters } = options;
  const environment = describeEnvironment();
  const tools = findMessagingTools(searchPath);
  const program = import.meta.path;
  const ask: Readonly<Record<MessagingQuestion, () => Promise<MessagingAnswers>>> = {
    "round-trips": async () => given("roundTrips", await measureRoundTrips(parameters.roundTrips, program, tools)),
    "fan-out": async () => ({ fanOut: await measureFanOut(parameters.fanOut, program, tools) }),
    "slow-subscriber": async () => ({
      slowSubscriber: await measureSlowSubscriber(parameters.slowSubscriber, program),
    }),
    rates: async () => ({ rates: await measureRates(parameters.rates, program, tools) }),
    workers: async () => given("workers", await measureWorkers(parameters.workers, tools)),
  };
  const answers: MessagingAnswers[] = [];
  for (const question of parameters.only) {
    progress?.(`${question} …`);
    answers.push(await ask[question]());
  }
  return messagingReport(environment, parameters, missingOf(tools), Object.assign({}, ...answers) as MessagingAnswers);
}

function given(name: "roundTrips" | "workers", answer: unknown): MessagingAnswers {
  return answer === undefined ? {} : { [name]: answer };
}

const help = `bun experiments/messaging.ts: the ZeroMQ family beside pyzmq, nats-server and the bare platform, in turn

  --only LIST         of ${MESSAGING_QUESTIONS.join(", ")} (all)
  --rounds N          of each server in turn (${DEFAULT_MESSAGING.fanOut.rounds})
  --trips N           round trips of a run (${DEFAULT_MESSAGING.roundTrips.trips})
  --subscribers N     to whom everything is published (${DEFAULT_MESSAGING.fanOut.subscribers})
  --clients LIST      at once, where rates are measured (${DEFAULT_MESSAGING.rates.clients.join(",")})
  --kills N           workers that are killed with a request in their hands (${DEFAULT_MESSAGING.workers.kills})
  --quick             fewer and shorter of all, about a minute: for a look, not for a result
  --json              one JSON document with every sample
  --result FILE       the result in short, as in experiments/results/
  --help

Peers: python3-zmq, python3-msgpack and nats-server of Debian; who is not there is named.
PROFILE_FOLDER=folder leaves profiles of the server's processor time there.`;

function readFlags(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      trips: { type: "string" },
      subscribers: { type: "string" },
      clients: { type: "string" },
      kills: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
}

function parametersOf(values: ReturnType<typeof readFlags>["values"]): MessagingParameters {
  const defaults = values.quick ? QUICK_MESSAGING : DEFAULT_MESSAGING;
  const { roundTrips, fanOut, slowSubscriber, rates, workers } = defaults;
  const roundsOf = (own: number): number => parsePositive(values.rounds ?? own);
  return {
    only: parseNames(values.only, MESSAGING_QUESTIONS) ?? defaults.only,
    roundTrips: {
      ...roundTrips,
      rounds: roundsOf(roundTrips.rounds),
      trips: parsePositive(values.trips ?? roundTrips.trips),
    },
    fanOut: {
      ...fanOut,
      rounds: roundsOf(fanOut.rounds),
      subscribers: parsePositive(values.subscribers ?? fanOut.subscribers),
    },
    slowSubscriber: { ...slowSubscriber, pairs: roundsOf(slowSubscriber.pairs) },
    rates: {
      ...rates,
      rounds: roundsOf(rates.rounds),
      clients: values.clients?.split(",").map(parsePositive) ?? rates.clients,
    },
    workers: { ...workers, kills: parsePositive(values.kills ?? workers.kills) },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = readFlags(Bun.argv.slice(2));
  const [role, ...words] = positionals;
  if (values.help) return console.log(help);
  if (role !== undefined) return await playRole(role, words);
  const saveResult = openResult(values.result);
  const report = await runMessaging({ ...parametersOf(values), progress: (line) => console.error(line) });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderMessaging(report));
  if (report.wrong.length > 0) process.exitCode = 1;
  else saveResult(report.environment, concludeMessaging(report));
}

/** The other processes of the experiment that are ours are this program too. */
async function playRole(role: string, words: readonly string[]): Promise<void> {
  const roles = {
    publications: carryPublications,
    requests: carryRequests,
    "reply-socket": replySocket,
    "raw-echo": rawEcho,
    "raw-publications": rawPublications,
  };
  if (!Object.hasOwn(roles, role)) throw new TypeError(`Cannot use "${role}": it belongs to no flag`);
  await roles[role as keyof typeof roles](words, readLines(Bun.stdin.stream()));
  process.exit(0);
}

if (import.meta.main) await runCommandLine(main);
