// The chat experiment's result as a page to read: one table for each question, and the levels it is held to.

import type { FanOutResult, FanOutSample } from "./chat-fan-out.ts";
import type { FloodResult } from "./chat-flood.ts";
import type { GhostResult } from "./chat-ghosts.ts";
import type { IdleAccuracyResult } from "./chat-idle.ts";
import { type ChatPart, type ChatServerName, chatTitles, type MissingChatServer } from "./chat-servers.ts";
import type { SpoofResult } from "./chat-spoofed.ts";
import type { UdpEchoResult, UdpEchoSample } from "./chat-udp-echo.ts";
import { type Environment, renderEnvironment } from "./environment.ts";
import { type Level, levelOf, renderInterval, renderLevels } from "./level.ts";
import { type MedianInterval, medianInterval, pairedRatio, summarise } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

export const chatQuestions = ["fan-out", "idle", "ghosts", "flood", "udp-echo", "spoofed"] as const;
export type ChatQuestion = (typeof chatQuestions)[number];

/** What was asked, answered. */
export interface ChatResults {
  readonly fanOut?: FanOutResult;
  readonly idle?: IdleAccuracyResult;
  readonly ghosts?: GhostResult;
  readonly flood?: FloodResult;
  readonly udpEcho?: UdpEchoResult;
  readonly spoofed?: SpoofResult;
}

export interface ChatReport extends ChatResults {
  readonly environment: Environment;
  readonly levels: readonly Level[];
  /** What went wrong in what was verified; nothing is a result where there is any. */
  readonly wrong: readonly string[];
}

/** Pairs in which more of the p99 is this program's own lateness say nothing about the server. */
const lagShareMax = 0.5;

export function chatReport(environment: Environment, results: ChatResults): ChatReport {
  return { environment, ...results, levels: levelsOf(results), wrong: wrongOf(results) };
}

export function renderChat(report: ChatReport): string {
  const { fanOut, idle, ghosts, flood, udpEcho, spoofed } = report;
  const sections = [
    fanOut && renderFanOut(fanOut),
    idle && renderIdle(idle),
    ghosts && renderGhosts(ghosts),
    flood && renderFlood(flood),
    udpEcho && renderUdpEcho(udpEcho),
    spoofed && renderSpoofed(spoofed),
  ];
  return [
    renderEnvironment(report.environment),
    report.wrong.length === 0 ? "verified" : report.wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    ...sections.filter((section) => section !== undefined),
    renderLevels(report.levels),
  ].join("\n\n");
}

function levelsOf({ fanOut, idle, flood, udpEcho }: ChatResults): Level[] {
  const deliveries = fanOut && ratesOf(fanOut.samples, "correio");
  const spread = idle?.samples.find(({ spreadMs }) => spreadMs > 0);
  return [
    ...(fanOut === undefined
      ? []
      : [
          levelOf(
            "deliveries/s, Correio",
            "at least",
            1_000_000,
            deliveries?.length ? medianInterval(deliveries) : undefined,
          ),
          levelOf("deliveries/s, Correio / raw", "at least", 0.5, fanOutRatio(fanOut.samples, "raw")),
        ]),
    ...(idle === undefined
      ? []
      : [
          levelOf("idle notice, earliest, ms beyond the idle time", "at least", 0, onlyOne(spread?.min)),
          levelOf("idle notice, latest, ms beyond the idle time", "at most", 50, onlyOne(spread?.max)),
        ]),
    ...(flood === undefined
      ? []
      : flood.parameters.kinds.map((kind) =>
          levelOf(`p99 beside a flood of ${kind} / without`, "at most", 1.2, floodRatio(flood, kind)),
        )),
    ...(udpEcho === undefined
      ? []
      : [levelOf("UDP echoes/s, Correio / plain Go", "at least", 2, echoRatio(udpEcho.samples, "go"))]),
  ];
}

function wrongOf({ fanOut, idle, ghosts, flood, udpEcho }: ChatResults): string[] {
  const unacknowledged = flood?.samples.some(({ quiet, flooded }) =>
    [quiet, flooded].some(({ acknowledged, wanted }) => acknowledged < wanted),
  );
  return [
    ...(fanOut?.samples.some(({ verified }) => !verified) ? ["fan-out: not all were told everything in order"] : []),
    ...(idle?.samples.some(({ verified }) => !verified) ? ["idle: not each was told once and let go"] : []),
    ...(ghosts?.verified === false ? ["ghosts: some stayed, or some were not seen to go"] : []),
    ...(unacknowledged === true ? ["flood: not all that was said was acknowledged"] : []),
    ...(udpEcho?.samples.some(({ wrong }) => wrong > 0) ? ["UDP echo: some replies were no echo"] : []),
  ];
}

function renderFanOut({ parameters, missing, samples }: FanOutResult): string {
  const { members, senders, messages, textBytes, rounds } = parameters;
  const heading = [
    "fan-out",
    "deliveries/s",
    "min",
    "max",
    "messages/s",
    "MB/s",
    "server CPU",
    "crowd CPU",
    "Correio / this",
  ];
  const rows = namesIn(samples).map((name) => {
    const own = samples.filter((sample) => sample.name === name);
    const rates = summarise(ratesOf(samples, name));
    const ratio = fanOutRatio(samples, name);
    return [
      chatTitles.chat[name],
      formatCount(rates.median),
      formatCount(rates.min),
      formatCount(rates.max),
      formatCount(rates.median / members),
      meanOf(own, "megabytesPerSecond").toFixed(0),
      percent(meanOf(own, "serverCpuShare")),
      percent(meanOf(own, "crowdCpuShare")),
      name === "correio" || ratio === undefined ? "" : renderInterval(ratio),
    ];
  });
  return [
    `One room, ${formatCount(members)} members over TCP, ${senders} of them talk;`,
    `${formatCount(messages)} texts of ${textBytes} octets a run, ${rounds} rounds`,
    ...renderMissing(missing, "chat"),
    renderTable([heading, ...rows]),
  ].join("\n");
}

function renderIdle({ parameters, samples }: IdleAccuracyResult): string {
  const heading = ["idle notice", "min ms", "p50", "p99", "max", "own lag ms", "server CPU"];
  const rows = samples.map((sample) => [
    sample.spreadMs === 0 ? "all fall silent at once" : `within ${sample.spreadMs} ms`,
    ...[sample.min, sample.p50, sample.p99, sample.max, sample.clientLagMs].map((value) => value.toFixed(1)),
    percent(sample.serverCpuShare),
  ]);
  const { connections, idleMs } = parameters;
  return [
    `${formatCount(connections)} connections say ECHO and nothing more;`,
    `the notice, in ms beyond ${idleMs} ms after the last octet`,
    renderTable([heading, ...rows]),
  ].join("\n");
}

function renderGhosts(result: GhostResult): string {
  const { parameters, emptyBytes, halfBytes, fullBytes, settledBytes } = result;
  const memories = [emptyBytes, halfBytes, fullBytes, settledBytes];
  const rows = [
    ["connect, HELLO, JOIN, die: cycles/s", formatCount(result.cyclesPerSecond)],
    ["came, went, as the watcher was told", `${formatCount(result.came)}, ${formatCount(result.went)}`],
    ["ghosts in WHO; connections left", `${result.ghosts}; ${result.connectionsLeft}`],
    ["last of those over TCP gone after, ms", result.tcpGoneMs.toFixed(0)],
    ["last of the silent ones over UDP gone after, ms", result.silentGoneMs.toFixed(0)],
    ["memory MB: empty, half, all, settled", memories.map(megabytes).join(", ")],
  ];
  return [
    `${formatCount(parameters.cycles)} connections over TCP that die by RST or FIN;`,
    `${parameters.silent} datagram and ${parameters.silent} text peers over UDP that fall silent`,
    `idle time ${parameters.idleMs} ms, settled after ${parameters.settleMs} ms`,
    renderTable([["ghosts", "measured"], ...rows]),
  ].join("\n");
}

function renderFlood(result: FloodResult): string {
  const { members, everyMs, phaseMs, pairs, kinds } = result.parameters;
  const heading = [
    "flood of",
    "lines/s sent",
    "p50 ms",
    "flooded",
    "p99 ms",
    "flooded",
    "server CPU",
    "flooded",
    "own lag p99 ms",
    "valid pairs",
    "p99 ratio",
  ];
  const rows = kinds.map((kind) => {
    const own = result.samples.filter((sample) => sample.kind === kind);
    const quiet = own.map((sample) => sample.quiet);
    const flooded = own.map((sample) => sample.flooded);
    const ratio = floodRatio(result, kind);
    return [
      kind,
      formatCount(meanOf(own, "floodPerSecond")),
      medianOf(quiet, "p50Ms").toFixed(2),
      medianOf(flooded, "p50Ms").toFixed(2),
      medianOf(quiet, "p99Ms").toFixed(2),
      medianOf(flooded, "p99Ms").toFixed(2),
      percent(meanOf(quiet, "serverCpuShare")),
      percent(meanOf(flooded, "serverCpuShare")),
      medianOf([...quiet, ...flooded], "lagP99Ms").toFixed(2),
      `${validPairs(result, kind).length} of ${own.length}`,
      ratio === undefined ? "" : renderInterval(ratio),
    ];
  });
  return [
    `${members} honest members, each says something every ${everyMs} ms (open loop, to the own acknowledgement);`,
    `${pairs} pairs of ${phaseMs} ms, without and with one flooder that has begun before; medians`,
    renderTable([heading, ...rows]),
    `valid: this program was late at p99 by at most ${lagShareMax} of what it measured there`,
  ].join("\n");
}

function renderUdpEcho({ parameters, missing, samples }: UdpEchoResult): string {
  const heading = [
    "UDP echo",
    "echoes/s",
    "min",
    "max",
    "server CPU",
    "server CPU µs/echo",
    "driver CPU",
    "lost",
    "Correio / this",
  ];
  const rows = namesIn(samples).map((name) => {
    const own = samples.filter((sample) => sample.name === name);
    const rates = summarise(own.map(({ echoesPerSecond }) => echoesPerSecond));
    const ratio = echoRatio(samples, name);
    return [
      chatTitles.echo[name],
      formatCount(rates.median),
      formatCount(rates.min),
      formatCount(rates.max),
      percent(meanOf(own, "serverCpuShare")),
      medianOf(own, "serverCpuUs").toFixed(2),
      percent(meanOf(own, "driverCpuShare")),
      formatCount(own.reduce((sum, { lost }) => sum + lost, 0)),
      name === "correio" || ratio === undefined ? "" : renderInterval(ratio),
    ];
  });
  const { sockets, window, runMs, rounds } = parameters;
  return [
    `ECHO over UDP, closed loop: ${sockets} addresses with ${window} datagrams each on their way;`,
    `${rounds} rounds of ${runMs} ms`,
    ...renderMissing(missing, "echo"),
    renderTable([heading, ...rows]),
  ].join("\n");
}

function renderSpoofed({ parameters, skipped, samples }: SpoofResult): string {
  const heading = [
    "forged",
    "sent/s",
    "joined",
    "failed",
    "join p50 ms",
    "max",
    "talk p50 ms",
    "max",
    "connections at most",
    "server CPU",
    "memory MB before",
    "after",
  ];
  const rows = samples.flatMap(({ kind, quiet, spoofed, sentPerSecond, bytesBefore, bytesAfter }) =>
    [quiet, spoofed].map((phase) => [
      phase === quiet ? "none" : kind,
      phase === quiet ? "0" : formatCount(sentPerSecond),
      String(phase.joined),
      String(phase.failed),
      ...[phase.joinP50Ms, phase.joinMaxMs, phase.talkP50Ms, phase.talkMaxMs].map((value) => value.toFixed(1)),
      String(phase.connectionsMax),
      percent(phase.serverCpuShare),
      phase === quiet ? "" : megabytes(bytesBefore),
      phase === quiet ? "" : megabytes(bytesAfter),
    ]),
  );
  return [
    `${formatCount(parameters.perSecond)} datagrams a second from forged addresses, in ${parameters.phaseMs} ms;`,
    "honest datagram clients join and talk, one after the other",
    ...(skipped === undefined ? [] : [`SKIPPED: forged datagrams: ${skipped}`]),
    ...(rows.length === 0 ? [] : [renderTable([heading, ...rows])]),
  ].join("\n");
}

function renderMissing(missing: readonly MissingChatServer[], part: ChatPart): string[] {
  return missing.map(({ name, why }) => `MISSING: ${chatTitles[part][name]}: ${why}`);
}

function namesIn(samples: readonly { readonly name: ChatServerName }[]): ChatServerName[] {
  return [...new Set(samples.map(({ name }) => name))];
}

function ratesOf(samples: readonly FanOutSample[], name: ChatServerName): number[] {
  return samples.filter((sample) => sample.name === name).map(({ deliveriesPerSecond }) => deliveriesPerSecond);
}

function fanOutRatio(samples: readonly FanOutSample[], name: ChatServerName): MedianInterval | undefined {
  return ratioOf(ratesOf(samples, "correio"), ratesOf(samples, name));
}

function echoRatio(samples: readonly UdpEchoSample[], name: ChatServerName): MedianInterval | undefined {
  const rates = (of: ChatServerName): number[] =>
    samples.filter((sample) => sample.name === of).map(({ echoesPerSecond }) => echoesPerSecond);
  return ratioOf(rates("correio"), rates(name));
}

function floodRatio(result: FloodResult, kind: string): MedianInterval | undefined {
  const valid = validPairs(result, kind);
  return ratioOf(
    valid.map(({ flooded }) => flooded.p99Ms),
    valid.map(({ quiet }) => quiet.p99Ms),
  );
}

function validPairs({ samples }: FloodResult, kind: string): FloodResult["samples"] {
  return samples.filter(
    ({ kind: own, quiet, flooded }) =>
      own === kind && [quiet, flooded].every(({ lagP99Ms, p99Ms }) => lagP99Ms <= lagShareMax * p99Ms),
  );
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): MedianInterval | undefined {
  return ours.length === 0 || theirs.length === 0 ? undefined : pairedRatio(ours, theirs);
}

function meanOf<Name extends string>(samples: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return summarise(samples.map((sample) => sample[name])).mean;
}

function medianOf<Name extends string>(samples: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return summarise(samples.map((sample) => sample[name])).median;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}

/** What was measured once has no interval. */
function onlyOne(value: number | undefined): MedianInterval | undefined {
  return value === undefined ? undefined : { count: 1, median: value, low: value, high: value };
}
