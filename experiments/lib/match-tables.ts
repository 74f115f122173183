// The match experiment's answers as tables, one for each question.

import { renderInterval } from "./level.ts";
import type { HeartbeatResult } from "./match-heartbeat.ts";
import { type HostedResult, type HostedSample, LAG_P99_MS_MAX } from "./match-hosted.ts";
import type { IdleCpuResult } from "./match-idle.ts";
import type { MemoryResult } from "./match-memory.ts";
import { type Scene, SCENE_TITLES } from "./match-scenes.ts";
import { MATCH_SERVER_NAMES, MATCH_SERVER_TITLES, type MatchServerName } from "./match-server.ts";
import type { RecordedSeries } from "./recorder.ts";
import { medianInterval, pairedRatio, summarise } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

const MEGABYTE = 1e6;

export function renderScenes(scenes: readonly Scene[]): string {
  const processes = scenes.flatMap(({ name, recording }) =>
    recording.series.map((series) => [
      SCENE_TITLES[name],
      series.name,
      series.cpuSeconds.toFixed(2),
      peak(series.cpuPercent).toFixed(0),
      (restingPercent(series) ?? 0).toFixed(2),
      peak(series.residentMegabytes).toFixed(0),
      series.proportionalMegabytes?.toFixed(0) ?? "",
    ]),
  );
  const costs = scenes.map(({ name, recording: { cost, seenShare, everyMs }, wireShare }) => [
    SCENE_TITLES[name],
    `${cost.samples} of ${everyMs} ms`,
    cost.samplerPercent.toFixed(2),
    cost.counterPercent.toFixed(2),
    cost.lateMaxMs.toFixed(0),
    seenShare === undefined ? "" : `${(seenShare * 100).toFixed(2)} %`,
    wireShare?.toFixed(2) ?? "",
  ]);
  const bytes = scenes.flatMap(({ name, bytes: rows }) =>
    rows.map(({ what, kernelOctets, ownOctets, differencePercent, payloadOctets }) => [
      SCENE_TITLES[name],
      what,
      formatCount(kernelOctets),
      formatCount(ownOctets),
      differencePercent.toFixed(2),
      formatCount(payloadOctets),
    ]),
  );
  return [
    "Scenes: processor time, and memory",
    renderTable([["", "process", "CPU s", "peak %", "median %", "peak MB", "PSS MB"], ...processes]),
    "What recording them cost, % of a core; octets seen by the packet counter beside the kernel's own count",
    renderTable([
      ["", "samples", "sampler", "packet counter", "late by, ms", "seen", "octets of IP / payload"],
      ...costs,
    ]),
    "Octets of messages, as the kernel passed them and as the programs counted them; and the TCP payload around them",
    bytes.length === 0 ? "not counted" : renderTable([["", "what", "kernel", "own", "off by %", "payload"], ...bytes]),
  ].join("\n\n");
}

export function renderHosted({ parameters, samples }: HostedResult): string {
  const { matches, seconds, rounds } = parameters;
  const names = MATCH_SERVER_NAMES.filter((name) => samples.some((sample) => sample.name === name));
  const rows = names.map((name) => hostedRow(name, samples));
  const ratios = names
    .filter((name) => name !== "correio" && names.includes("correio"))
    .map((name) => [
      MATCH_SERVER_TITLES[name],
      renderInterval(ratio(samples, name, ({ played }) => played.acknowledgement.p99Ms)),
      renderInterval(ratio(samples, name, ({ serverCpuShare }) => serverCpuShare)),
    ]);
  const headings = ["", "p50 ms", "p99 ms (min – max)", "p99.9", "max", "opponent p99", "server CPU %", "µs a move"];
  return [
    `${formatCount(matches)} hosted matches over TLS, a move a second each, ${rounds} rounds of ${seconds} s; medians`,
    renderTable([[...headings, "load CPU %", "load late p99 ms", "on time"], ...rows]),
    ...(ratios.length === 0 ? [] : [renderTable([["Correio / this", "p99", "server CPU"], ...ratios])]),
    `On time: runs in which the load itself was late by at most ${LAG_P99_MS_MAX} ms with 99 in 100 moves.`,
  ].join("\n\n");
}

function hostedRow(name: MatchServerName, samples: readonly HostedSample[]): string[] {
  const own = samples.filter((sample) => sample.name === name);
  const middle = (value: (sample: HostedSample) => number): number => summarise(own.map(value)).median;
  const p99 = summarise(own.map(({ played }) => played.acknowledgement.p99Ms));
  const rare = own.map(({ played }) => played.acknowledgement.p999Ms).filter((value) => value !== null);
  return [
    MATCH_SERVER_TITLES[name],
    middle(({ played }) => played.acknowledgement.p50Ms).toFixed(2),
    `${p99.median.toFixed(1)} (${p99.min.toFixed(1)} – ${p99.max.toFixed(1)})`,
    rare.length === 0 ? "" : summarise(rare).median.toFixed(1),
    middle(({ played }) => played.acknowledgement.maxMs).toFixed(1),
    middle(({ played }) => played.opponent.p99Ms).toFixed(1),
    middle(({ serverCpuShare }) => serverCpuShare * 100).toFixed(0),
    middle(({ serverCpuShare, played }) => (serverCpuShare * 1e6 * played.seconds) / Math.max(1, played.plays)).toFixed(
      0,
    ),
    middle(({ played }) => played.cpuShare * 100).toFixed(0),
    middle(({ played }) => played.lagP99Ms).toFixed(1),
    `${own.filter(({ valid }) => valid).length} of ${own.length}`,
  ];
}

function ratio(samples: readonly HostedSample[], name: MatchServerName, value: (sample: HostedSample) => number) {
  const of = (wanted: MatchServerName): number[] => samples.filter((sample) => sample.name === wanted).map(value);
  return pairedRatio(of("correio"), of(name));
}

export function renderMemory({ parameters: { players, settleMs }, samples }: MemoryResult): string {
  const rows = samples.map((sample) => [
    MATCH_SERVER_TITLES[sample.name],
    (sample.emptyBytes / MEGABYTE).toFixed(1),
    (sample.halfBytes / MEGABYTE).toFixed(1),
    (sample.fullBytes / MEGABYTE).toFixed(1),
    formatCount(sample.bytesPerPlayer),
    formatCount(sample.bytesPerPlayerOfSecondHalf),
    formatCount(sample.bytesPerPlayerAgain),
    (sample.restCpuShare * 100).toFixed(2),
  ]);
  const headings = ["", "empty, MB", "half", "all", "B a player", "of the second half", "of those who come again"];
  return [
    `Memory: ${formatCount(players)} players connected and resumed, then ${settleMs / 1_000} s at rest`,
    renderTable([[...headings, "CPU % at rest"], ...rows]),
  ].join("\n\n");
}

export function renderIdleCpu({ parameters, shares }: IdleCpuResult): string {
  const percent = medianInterval(shares.map((share) => share * 100));
  const times = `${shares.length} times ${parameters.seconds} s`;
  return `An empty server takes ${renderInterval(percent)} % of a core (${times}).`;
}

export function renderHeartbeat(result: HeartbeatResult): string {
  const { parameters, falsePositives, modernNoticedMs, existingNoticedMs, unnoticed, lostSegments, bareNetwork } =
    result;
  const { pairs, existing, heartbeatMs, pongMs, loss, delayMs, jitterMs, aliveSeconds } = parameters;
  const { exchanges, late } = bareNetwork;
  const slowest = (bareNetwork.slowestMs / 1_000).toFixed(2);
  const rows = [
    ["modern", modernNoticedMs],
    ["existing", existingNoticedMs],
  ] as const;
  const noticed = rows
    .filter(([, times]) => times.length > 0)
    .map(([what, times]) => {
      const { count, min, median, max } = summarise(times);
      return [what, String(count), ...[min, median, max].map((ms) => (ms / 1_000).toFixed(2))];
    });
  return [
    `Heartbeat of ${heartbeatMs / 1_000} s, pong within ${pongMs / 1_000} s; a relay between:`,
    `${loss * 100} % lost (${lostSegments} segments), each packet ${delayMs} ± ${jitterMs} ms late.`,
    `${pairs * 2} modern and ${existing} existing clients, all alive for ${aliveSeconds} s:`,
    `${falsePositives.length} taken for dead.`,
    `Of ${exchanges} pings and pongs over the bare network ${late} took longer than that; the slowest ${slowest} s.`,
    "",
    renderTable([["cut off", "count", "noticed after, s, first", "median", "last"], ...noticed]),
    ...(unnoticed === 0 ? [] : [`${unnoticed} were not noticed`]),
  ].join("\n");
}

function peak(values: readonly (number | null)[]): number {
  return Math.max(0, ...values.filter((value) => value !== null));
}

function restingPercent({ cpuPercent }: RecordedSeries): number | undefined {
  const values = cpuPercent.filter((value) => value !== null);
  return values.length === 0 ? undefined : summarise(values).median;
}
