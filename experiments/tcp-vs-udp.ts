// The same chat over TCP, plain UDP, reliable datagrams and both, on a network that loses packets; and what each costs.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { runChatCell } from "./lib/chat-cell.ts";
import { driveChat } from "./lib/chat-drive.ts";
import { CHAT_WAYS, type ChatWay } from "./lib/chat-member.ts";
import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { whyNoDelayedLink } from "./lib/delayed-link.ts";
import { describeEnvironment } from "./lib/environment.ts";
import { measureDatagramFlow, measureTcpFlow } from "./lib/flow-control.ts";
import { measureKernelTcp, measureLane } from "./lib/line-blocking.ts";
import { readLines } from "./lib/lines-of.ts";
import { openResult, requireWritable, RESULT_FLAG } from "./lib/result.ts";
import { ChatLedger } from "./lib/tcp-udp-ledger.ts";
import { renderPage } from "./lib/tcp-udp-page.ts";
import { type Question, QUESTIONS, type TcpUdpParameters, type TcpUdpReport } from "./lib/tcp-udp-plan.ts";
import { concludeTcpUdp, renderTcpUdp } from "./lib/tcp-udp-report.ts";
import { measureCosts, OVERHEADS, payCosts, SET_UPS } from "./lib/way-costs.ts";

export interface TcpUdpOptions extends TcpUdpParameters {
  readonly progress?: (line: string) => void;
}

const defaults: TcpUdpParameters = {
  only: QUESTIONS,
  ways: CHAT_WAYS,
  rounds: 5,
  losses: [0, 0.01, 0.05, 0.2],
  delayMs: 10,
  members: 20,
  everyMs: 2_000,
  seconds: 16,
  local: true,
  pings: 30,
  crowd: 1_000,
  crowdRoom: 50,
  crowdEveryMs: 10_000,
  crowdSeconds: 10,
  costs: [...SET_UPS, ...OVERHEADS],
  repeats: 50,
};

const quick: TcpUdpParameters = { ...defaults, rounds: 2, seconds: 6, crowdSeconds: 10, repeats: 10 };

/** The least that still does and verifies everything. */
export const smallTcpUdp: TcpUdpParameters = {
  only: QUESTIONS,
  ways: CHAT_WAYS,
  rounds: 1,
  losses: [0.05],
  delayMs: 2,
  members: 3,
  everyMs: 100,
  seconds: 0.3,
  local: true,
  pings: 2,
  crowd: 6,
  crowdRoom: 3,
  crowdEveryMs: 100,
  crowdSeconds: 0.2,
  costs: ["TCP", "UDP, text", "reliable datagrams"],
  repeats: 2,
};

const MESSAGE_BYTES = 100;
const DRAIN_MS = 60_000;
const BLOCKING_LOSS = 0.01;
const BLOCKING_MESSAGES = 2_000;
const KERNEL_WAYS: readonly ChatWay[] = ["tcp", "reliable"];

export async function runTcpUdp(options: TcpUdpOptions): Promise<TcpUdpReport> {
  const { progress, ...parameters } = options;
  const asks = (question: Question): boolean => options.only.includes(question);
  const whyNoLink = (await whyNoDelayedLink()) ?? "";
  const missing = whyNoLink === "" ? [] : [`the kernel's own TCP, set-up and overhead: ${whyNoLink}`];
  const ledger = new ChatLedger();
  if (asks("chat")) await talk(ledger, options, "relay", options.ways);
  if (asks("kernel") && whyNoLink === "") {
    const ways = KERNEL_WAYS.filter((way) => options.ways.includes(way));
    await talk(ledger, options, "kernel", ways);
  }
  if (asks("crowd")) await gather(ledger, options);
  const kinds = (["set-up", "overhead"] as const).filter(asks);
  if (kinds.length > 0) progress?.("what a way costs …");
  const costs =
    kinds.length > 0 && whyNoLink === "" ? await measureCosts({ ...options, kinds }) : { setUp: [], overhead: [] };
  const { delayMs } = options;
  const lanes = asks("blocking")
    ? ([0, 1] as const).map((lane) => measureLane(lane, BLOCKING_LOSS, BLOCKING_MESSAGES, delayMs))
    : [];
  const stream =
    asks("blocking") && whyNoLink === "" ? [await measureKernelTcp(BLOCKING_LOSS, options.repeats * 40, delayMs)] : [];
  return {
    environment: describeEnvironment(),
    parameters,
    missing,
    ...ledger.result(),
    ...costs,
    blocking: [...lanes, ...stream],
    flow: asks("flow") ? [measureDatagramFlow(), await measureTcpFlow()] : [],
  };
}

/** Round by round, each loss in each way in turn. */
async function talk(
  ledger: ChatLedger,
  options: TcpUdpOptions,
  network: "relay" | "kernel",
  ways: readonly ChatWay[],
): Promise<void> {
  const { members, everyMs, seconds, local, pings, delayMs } = options;
  const spans = Math.max(1, Math.round((seconds * 1_000) / everyMs));
  for (let round = 0; round < options.rounds; round++) {
    for (const loss of options.losses) {
      for (const way of ways) {
        options.progress?.(`round ${round + 1}: ${network}, ${loss * 100} % lost, ${way} …`);
        const shape = { members, roomSize: members, everyMs, spans, messageBytes: MESSAGE_BYTES };
        const patience = { local, pings, seed: round + 1, drainMs: DRAIN_MS };
        const cell = { network, delayMs, loss, talk: { way, ...shape, ...patience } } as const;
        ledger.add(cell, round, await runChatCell(cell));
      }
    }
  }
}

async function gather(ledger: ChatLedger, options: TcpUdpOptions): Promise<void> {
  const everyMs = options.crowdEveryMs;
  const spans = Math.max(1, Math.round((options.crowdSeconds * 1_000) / everyMs));
  const shape = { members: options.crowd, roomSize: options.crowdRoom, everyMs, spans };
  for (let round = 0; round < options.rounds; round++) {
    for (const way of options.ways) {
      options.progress?.(`round ${round + 1}: ${options.crowd} members, ${way} …`);
      const patience = {
        messageBytes: MESSAGE_BYTES,
        local: options.local,
        pings: 0,
        seed: round + 1,
        drainMs: DRAIN_MS,
      };
      const cell = { network: "direct", delayMs: 0, loss: 0, talk: { way, ...shape, ...patience } } as const;
      ledger.add(cell, round, await runChatCell(cell));
    }
  }
}

const help = `bun experiments/tcp-vs-udp.ts: one chat over TCP, plain UDP, reliable datagrams and both, under loss

  --only LIST      of ${QUESTIONS.join(", ")} (all)
  --rounds N       each runs every way at every loss (${defaults.rounds})
  --losses LIST    each way, from 0 to 1 (${defaults.losses.join(",")})
  --delay-ms N     of each packet, each way (${defaults.delayMs})
  --members N      of one room (${defaults.members})
  --every-ms N     each member says a message in each such span (${defaults.everyMs})
  --seconds N      of each run (${defaults.seconds})
  --wide           reliable datagrams with the timeouts for wide networks, not for those within a house
  --crowd N        members at once, in rooms of ${defaults.crowdRoom} (${defaults.crowd})
  --plot FILE      writes the curves as one HTML page that needs nothing else
  --markdown       tables for a document
  --quick          ${quick.rounds} rounds of ${quick.seconds} s: for a look, not for a result
  --small          the least of all, to see that it works: its figures say nothing
  --json           one JSON document with every run
  --result FILE    the result in short, as in experiments/results/
  --help

"relay" is the network relay of this project with its model of TCP; "kernel" and the costs are the kernel's own network
over a link that python3 carries, which needs root, iproute2 and /dev/net/tun.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      losses: { type: "string" },
      "delay-ms": { type: "string" },
      members: { type: "string" },
      "every-ms": { type: "string" },
      seconds: { type: "string" },
      wide: { type: "boolean", default: false },
      crowd: { type: "string" },
      plot: { type: "string" },
      markdown: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  const [role, ...words] = positionals;
  if (values.help) return console.log(help);
  if (role !== undefined) return await playRole(role, words);
  const saveResult = openResult(values.result);
  if (values.plot !== undefined) requireWritable(values.plot);
  const given = values.small ? smallTcpUdp : values.quick ? quick : defaults;
  const report = await runTcpUdp({
    ...given,
    only: parseNames(values.only, QUESTIONS) ?? given.only,
    rounds: parsePositive(values.rounds ?? given.rounds),
    losses: values.losses?.split(",").map(parseLoss) ?? given.losses,
    delayMs: parsePositive(values["delay-ms"] ?? given.delayMs),
    members: parsePositive(values.members ?? given.members),
    everyMs: parsePositive(values["every-ms"] ?? given.everyMs),
    seconds: values.seconds === undefined ? given.seconds : parsePositive(values.seconds),
    local: !values.wide,
    crowd: parsePositive(values.crowd ?? given.crowd),
    progress: (line) => console.error(line),
  });
  if (values.plot !== undefined) writeFileSync(values.plot, await renderPage(report));
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderTcpUdp(report, values.markdown));
  const isWrong = report.rows.some(({ way, arrived, expected, garbled, duplicates, errors }) => {
    return garbled + errors > 0 || (way !== "udp" && (arrived < expected || duplicates > 0));
  });
  if (isWrong) process.exitCode = 1;
  else saveResult(report.environment, concludeTcpUdp(report));
}

/** The other processes of the experiment are this program too. */
async function playRole(role: string, words: readonly string[]): Promise<void> {
  const roles = { drive: driveChat, cost: payCosts };
  if (!Object.hasOwn(roles, role)) throw new TypeError(`Cannot use "${role}": it belongs to no flag`);
  await roles[role as keyof typeof roles](words, readLines(Bun.stdin.stream()));
  process.exit(0);
}

function parseLoss(word: string): number {
  const loss = Number(word);
  if (word !== "" && loss >= 0 && loss < 1) return loss;
  throw new TypeError(`Cannot use a loss of "${word}": it must be a number from 0 to less than 1`);
}

if (import.meta.main) await runCommandLine(main);
