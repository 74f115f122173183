// Many clients at once: what a room, a server and its UDP port do under crowds, silence, deaths, floods and forgery.

import { parseArgs } from "node:util";

import { type FanOutParameters, measureFanOut } from "./lib/chat-fan-out.ts";
import { type FloodParameters, measureFlood } from "./lib/chat-flood.ts";
import { floodKinds } from "./lib/chat-flooder.ts";
import { type GhostParameters, measureGhosts } from "./lib/chat-ghosts.ts";
import { type IdleAccuracyParameters, measureIdleAccuracy } from "./lib/chat-idle.ts";
import {
  type ChatQuestion,
  chatQuestions,
  type ChatReport,
  chatReport,
  type ChatResults,
  concludeChat,
  renderChat,
} from "./lib/chat-report.ts";
import { chatServerNames } from "./lib/chat-servers.ts";
import { measureSpoofed, spoofKinds, type SpoofParameters } from "./lib/chat-spoofed.ts";
import { measureUdpEcho, type UdpEchoParameters } from "./lib/chat-udp-echo.ts";
import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface ChatOptions {
  readonly only: readonly ChatQuestion[];
  readonly fanOut: FanOutParameters;
  readonly idle: IdleAccuracyParameters;
  readonly ghosts: GhostParameters;
  readonly flood: FloodParameters;
  readonly udpEcho: UdpEchoParameters;
  readonly spoofed: SpoofParameters;
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

const defaultChatOptions: ChatOptions = {
  only: chatQuestions,
  fanOut: { rounds: 5, members: 1_000, senders: 50, window: 4, messages: 5_000, textBytes: 100, only: chatServerNames },
  idle: { connections: 5_000, idleMs: 3_000, spreadsMs: [2_000, 0] },
  ghosts: { cycles: 10_000, silent: 100, atOnce: 50, idleMs: 10_000, settleMs: 65_000 },
  flood: { kinds: floodKinds, pairs: 5, members: 50, everyMs: 250, phaseMs: 5_000 },
  udpEcho: { rounds: 5, sockets: 64, window: 4, runMs: 2_000, only: chatServerNames },
  spoofed: { kinds: spoofKinds, perSecond: 50_000, pairs: 2, phaseMs: 4_000 },
};

const quickChatOptions: ChatOptions = {
  ...defaultChatOptions,
  fanOut: { ...defaultChatOptions.fanOut, rounds: 3, members: 100, messages: 2_000 },
  idle: { ...defaultChatOptions.idle, connections: 500, idleMs: 1_000, spreadsMs: [500, 0] },
  ghosts: { ...defaultChatOptions.ghosts, cycles: 1_000, silent: 10, settleMs: 0 },
  flood: { ...defaultChatOptions.flood, pairs: 2, phaseMs: 2_000 },
  udpEcho: { ...defaultChatOptions.udpEcho, rounds: 3, runMs: 1_000 },
  spoofed: { ...defaultChatOptions.spoofed, pairs: 1, phaseMs: 2_000 },
};

/** The least that still does and verifies everything. */
export const smallChatOptions: ChatOptions = {
  only: chatQuestions,
  fanOut: { rounds: 1, members: 5, senders: 2, window: 2, messages: 40, textBytes: 100, only: chatServerNames },
  idle: { connections: 10, idleMs: 200, spreadsMs: [50] },
  ghosts: { cycles: 16, silent: 0, atOnce: 4, idleMs: 10_000, settleMs: 0 },
  flood: { kinds: ["echo"], pairs: 1, members: 3, everyMs: 50, phaseMs: 200 },
  udpEcho: { rounds: 1, sockets: 2, window: 2, runMs: 200, only: chatServerNames },
  spoofed: { kinds: ["hello"], perSecond: 1_000, pairs: 1, phaseMs: 200 },
};

export async function runChat(options: ChatOptions): Promise<ChatReport> {
  const { progress, searchPath } = options;
  const environment = describeEnvironment();
  const asked = <Result>(question: ChatQuestion, measure: () => Promise<Result>): Promise<Result | undefined> => {
    if (!options.only.includes(question)) return Promise.resolve(undefined);
    progress?.(`${question} …`);
    return measure();
  };
  const answers = {
    fanOut: await asked("fan-out", () => measureFanOut(options.fanOut, searchPath)),
    idle: await asked("idle", () => measureIdleAccuracy(options.idle)),
    ghosts: await asked("ghosts", () => measureGhosts(options.ghosts)),
    flood: await asked("flood", () => measureFlood(options.flood, progress)),
    udpEcho: await asked("udp-echo", () => measureUdpEcho(options.udpEcho, searchPath)),
    spoofed: await asked("spoofed", () => measureSpoofed(options.spoofed, searchPath)),
  };
  const given = Object.entries(answers).filter(([, answer]) => answer !== undefined);
  return chatReport(environment, Object.fromEntries(given) as ChatResults);
}

const help = `bun experiments/chat.ts: many clients at once, one question after the other

  --only LIST      of ${chatQuestions.join(", ")} (all)
  --rounds N       rounds of fan-out and UDP echo, pairs of the flood (5)
  --members N      members of the room whose fan-out is measured (1000)
  --senders N      those of them that talk: each may say 200 things a second (50)
  --connections N  connections that fall silent (5000)
  --cycles N       connections that die (10000)
  --spoofed N      forged datagrams a second (50000)
  --quick          fewer and shorter of all: for a look, not for a result
  --small          the least of all, to see that it works: its figures say nothing
  --json           one JSON document with every sample
  --result FILE    the result in short, as in experiments/results/
  --help

PROFILE_FOLDER=folder leaves profiles of the server's processor time there.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      members: { type: "string" },
      senders: { type: "string" },
      connections: { type: "string" },
      cycles: { type: "string" },
      spoofed: { type: "string" },
      quick: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const defaults = values.small ? smallChatOptions : values.quick ? quickChatOptions : defaultChatOptions;
  const { fanOut, idle, ghosts, flood, udpEcho, spoofed } = defaults;
  const report = await runChat({
    only: parseNames(values.only, chatQuestions) ?? defaults.only,
    fanOut: {
      ...fanOut,
      rounds: parsePositive(values.rounds ?? fanOut.rounds),
      members: parsePositive(values.members ?? fanOut.members),
      senders: parsePositive(values.senders ?? fanOut.senders),
    },
    idle: { ...idle, connections: parsePositive(values.connections ?? idle.connections) },
    ghosts: { ...ghosts, cycles: parsePositive(values.cycles ?? ghosts.cycles) },
    flood: { ...flood, pairs: parsePositive(values.rounds ?? flood.pairs) },
    udpEcho: { ...udpEcho, rounds: parsePositive(values.rounds ?? udpEcho.rounds) },
    spoofed: { ...spoofed, perSecond: parsePositive(values.spoofed ?? spoofed.perSecond) },
    progress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderChat(report));
  if (report.wrong.length > 0) process.exitCode = 1;
  else saveResult(report.environment, concludeChat(report));
}

if (import.meta.main) await runCommandLine(main);
