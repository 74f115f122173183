// What do operators cost? Management calls beside the pipelined load, viewers of the live page, and the page itself.

import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { makeCalls } from "./lib/gateway-caller.ts";
import { measureLive } from "./lib/gateway-live.ts";
import { measureManagement } from "./lib/gateway-management.ts";
import { paceRequests } from "./lib/gateway-pacer.ts";
import { findBrowser, measurePages } from "./lib/gateway-page.ts";
import {
  DEFAULT_GATEWAY,
  GATEWAY_QUESTIONS,
  type GatewayParameters,
  type GatewayReport,
  QUICK_GATEWAY,
  SMALL_GATEWAY,
} from "./lib/gateway-plan.ts";
import { concludeGateway, renderGateway, wrongOf } from "./lib/gateway-report.ts";
import { GATEWAY_SERVER_NAMES } from "./lib/gateway-servers.ts";
import { watchLive } from "./lib/gateway-viewers.ts";
import { readLines } from "./lib/lines-of.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface GatewayExperimentOptions extends GatewayParameters {
  /** Where the browser is looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

export async function runGateway(options: GatewayExperimentOptions): Promise<GatewayReport> {
  const { progress, searchPath = Bun.env.PATH, ...parameters } = options;
  const environment = describeEnvironment();
  const asks = (question: (typeof GATEWAY_QUESTIONS)[number]): boolean => parameters.only.includes(question);
  const program = import.meta.path;
  const browser = asks("page") ? findBrowser(searchPath) : undefined;
  const missing = asks("page") && browser === undefined ? ["the page in a browser: chromium is not installed"] : [];
  const management = asks("management") && (await measureManagement(parameters.management, program, progress));
  const live = asks("live") && (await measureLive(parameters.live, program, progress));
  const page = browser !== undefined && (await measurePages(parameters.page, browser, progress));
  return {
    environment,
    parameters,
    missing,
    ...(management && { management }),
    ...(live && { live }),
    ...(page && { page }),
  };
}

const { management: calls, live: watching } = DEFAULT_GATEWAY;

const help = `bun experiments/gateway.ts: management calls beside the pipelined load, viewers of the live page, the page

  --only LIST    of ${GATEWAY_QUESTIONS.join(", ")} (all)
  --servers LIST of ${GATEWAY_SERVER_NAMES.join(", ")} (all)
  --pairs N      with and without, of calls (${calls.pairs}) and of viewers (${watching.pairs})
  --requests N   of one load (${calls.requests})
  --every MS     between two management calls (${calls.everyMs})
  --viewers N    of the live feed (${watching.viewers})
  --sessions N   that are idle meanwhile, an actor each (${watching.sessions})
  --seconds N    of each half of a pair (${watching.seconds})
  --quick        fewer and shorter of all, about five minutes: for a look
  --small        the least of all, to see that it works: its figures say nothing
  --json         one JSON document
  --result FILE  the result in short, as in experiments/results/
  --help

The page needs an installed Chromium. PROFILE_FOLDER=folder leaves profiles of the server's processor time there.`;

function readFlags(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      only: { type: "string" },
      servers: { type: "string" },
      pairs: { type: "string" },
      requests: { type: "string" },
      every: { type: "string" },
      viewers: { type: "string" },
      sessions: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
}

function parametersOf(values: ReturnType<typeof readFlags>["values"]): GatewayParameters {
  const given = values.small ? SMALL_GATEWAY : values.quick ? QUICK_GATEWAY : DEFAULT_GATEWAY;
  const { management, live, page } = given;
  const servers = parseNames(values.servers, GATEWAY_SERVER_NAMES);
  return {
    only: parseNames(values.only, GATEWAY_QUESTIONS) ?? given.only,
    management: {
      ...management,
      only: servers ?? management.only,
      pairs: parsePositive(values.pairs ?? management.pairs),
      requests: parsePositive(values.requests ?? management.requests),
      everyMs: parsePositive(values.every ?? management.everyMs),
    },
    live: {
      ...live,
      only: servers ?? live.only,
      pairs: parsePositive(values.pairs ?? live.pairs),
      viewers: parsePositive(values.viewers ?? live.viewers),
      sessions: parsePositive(values.sessions ?? live.sessions),
      seconds: parsePositive(values.seconds ?? live.seconds),
    },
    page: { ...page, only: servers ?? page.only },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = readFlags(Bun.argv.slice(2));
  const [role, ...words] = positionals;
  if (values.help) return console.log(help);
  if (role !== undefined) return await playRole(role, words);
  const saveResult = openResult(values.result);
  const report = await runGateway({ ...parametersOf(values), progress: (line) => console.error(line) });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderGateway(report));
  if (wrongOf(report).length > 0) process.exitCode = 1;
  else saveResult(report.environment, concludeGateway(report));
}

/** The other processes of the experiment are this program too. */
async function playRole(role: string, words: readonly string[]): Promise<void> {
  const roles = { caller: makeCalls, viewers: watchLive, pacer: paceRequests };
  if (!Object.hasOwn(roles, role)) throw new TypeError(`Cannot use "${role}": it belongs to no flag`);
  await roles[role as keyof typeof roles](words, readLines(Bun.stdin.stream()));
  process.exit(0);
}

if (import.meta.main) await runCommandLine(main);
