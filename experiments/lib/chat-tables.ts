// One table for each question of the chat experiment, with what it was asked under.

import type { FanOutResult } from "./chat-fan-out.ts";
import type { FloodResult } from "./chat-flood.ts";
import type { GhostResult } from "./chat-ghosts.ts";
import type { IdleAccuracyResult } from "./chat-idle.ts";
import { echoRatio, fanOutRatio, floodRatio, lagShareMax, ratesOf, validPairs } from "./chat-ratios.ts";
import { type ChatPart, type ChatServerName, chatTitles, type MissingChatServer } from "./chat-servers.ts";
import type { SpoofResult } from "./chat-spoofed.ts";
import type { UdpEchoResult } from "./chat-udp-echo.ts";
import { renderInterval } from "./level.ts";
import { summarise } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

export function renderFanOut({ parameters, missing, samples }: FanOutResult): string {
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

export function renderIdle({ parameters, samples }: IdleAccuracyResult): string {
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

export function renderGhosts(result: GhostResult): string {
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

export function renderFlood(result: FloodResult): string {
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

export function renderUdpEcho({ parameters, missing, samples }: UdpEchoResult): string {
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

export function renderSpoofed({ parameters, skipped, samples }: SpoofResult): string {
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
