// Gathers the runs of the chat: each with its percentiles, and all rounds of one way at one loss together.

import { build, type Histogram } from "hdr-histogram-js";

import type { ChatCell, ChatSample } from "./chat-cell.ts";
import type { ChatWay } from "./chat-member.ts";
import { type Level, levelOf } from "./level.ts";
import { pairedRatio } from "./statistics.ts";
import type { ChatRow, ChatRun } from "./tcp-udp-plan.ts";

/** Messages said later than this are the driver's lateness, not the network's. */
const LAG_MS_MAX = 10;
const UNITS_PER_MS = 1_000;
const CURVE_STEPS = 200;
const LEVEL_LOSS = 0.05;
const LEVEL_RATIO = 0.25;

interface Entry {
  readonly cell: ChatCell;
  readonly runs: ChatRun[];
  readonly histogram: Histogram;
}

const isLagged = ({ lagP99Ms }: ChatRun): boolean => lagP99Ms > LAG_MS_MAX;
const isCrowd = (row: ChatRow): boolean => row.network === "direct";
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export class ChatLedger {
  readonly #entries = new Map<string, Entry>();

  add(cell: ChatCell, round: number, sample: ChatSample): void {
    const key = `${cell.network} ${cell.loss} ${cell.talk.way}`;
    const entry = this.#entries.get(key) ?? { cell, runs: [], histogram: createHistogram() };
    this.#entries.set(key, entry);
    const histogram = createHistogram();
    for (const ms of sample.heard.latenciesMs) histogram.recordValue(Math.max(1, Math.round(ms * UNITS_PER_MS)));
    entry.histogram.add(histogram);
    entry.runs.push(createRun(cell, round, sample, histogram));
  }

  result() {
    const entries = [...this.#entries.values()];
    const runs = entries.flatMap((entry) => entry.runs);
    const rows = entries.map(createRow).sort((one, other) => one.loss - other.loss);
    const inRooms = rows.filter((row) => !isCrowd(row));
    const byNetwork = (["relay", "kernel"] as const).flatMap((name) =>
      inRooms.filter(({ network }) => network === name),
    );
    return { runs, rows: byNetwork, crowd: rows.filter(isCrowd), levels: levelsOf(runs) };
  }
}

function createHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 1_000_000_000, numberOfSignificantValueDigits: 3 });
}

function percentiles(histogram: Histogram) {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / UNITS_PER_MS;
  return { p50Ms: at(50), p90Ms: at(90), p99Ms: at(99), maxMs: at(100) };
}

function createRun(
  { network, loss, talk }: ChatCell,
  round: number,
  sample: ChatSample,
  histogram: Histogram,
): ChatRun {
  const { latenciesMs: _, ...heard } = sample.heard;
  return {
    ...heard,
    ...percentiles(histogram),
    network,
    way: talk.way,
    loss,
    round,
    octetsPerMessage: sample.wireOctets / heard.said,
    packetsPerMessage: sample.wirePackets / heard.said,
    cpuUsPerDelivery: (sample.serverCpuSeconds * 1e6) / Math.max(1, heard.arrived),
    serverBytes: sample.joinedBytes,
    bytesPerMember: (sample.joinedBytes - sample.emptyBytes) / talk.members,
  };
}

const SUMS = ["said", "expected", "arrived", "duplicates", "outOfOrder", "garbled", "errors", "lost"] as const;
const MEANS = [
  "driverCpuShare",
  "octetsPerMessage",
  "packetsPerMessage",
  "cpuUsPerDelivery",
  "serverBytes",
  "bytesPerMember",
  "seconds",
] as const;
const MOSTS = ["lagP99Ms", "lagMaxMs"] as const;

type Names = readonly (keyof ChatRun)[];

function createRow({ runs, histogram, cell }: Entry): ChatRow {
  const over = <Each extends Names>(names: Each, fold: (values: readonly number[]) => number) =>
    Object.fromEntries(names.map((name) => [name, fold(runs.map((run) => run[name] as number))])) as Record<
      Each[number],
      number
    >;
  const totals = over(SUMS, sum);
  return {
    ...totals,
    ...over(MEANS, (values) => sum(values) / values.length),
    ...over(MOSTS, (values) => Math.max(...values)),
    ...percentiles(histogram),
    network: cell.network,
    way: cell.talk.way,
    loss: cell.loss,
    rounds: runs.length,
    curve: curveOf(histogram, totals.arrived / totals.expected),
    laggedRuns: runs.filter(isLagged).length,
  };
}

/** Shares are of all deliveries that there should be: a way that loses messages never comes to 1. */
function curveOf(histogram: Histogram, arrivedShare: number): ChatRow["curve"] {
  if (histogram.totalCount === 0) return [];
  const shares = Array.from({ length: CURVE_STEPS }, (_, step) => (step + 1) / CURVE_STEPS);
  const tail = [0.996, 0.997, 0.998, 0.999, 1];
  return [...shares.slice(0, -1), ...tail].map((share) => ({
    share: share * arrivedShare,
    ms: histogram.getValueAtPercentile(share * 100) / UNITS_PER_MS,
  }));
}

/** Of the rounds in which neither way was said late by the driver. */
function levelsOf(runs: readonly ChatRun[]): readonly Level[] {
  return (["relay", "kernel"] as const).map((network) => {
    const at = (way: ChatWay) =>
      runs.filter((run) => run.network === network && run.way === way && run.loss === LEVEL_LOSS);
    const pairs = at("reliable").flatMap((ours) => {
      const theirs = at("tcp").find(({ round }) => round === ours.round);
      return theirs === undefined || isLagged(ours) || isLagged(theirs) ? [] : [[ours.p99Ms, theirs.p99Ms] as const];
    });
    const [ours, theirs] = [pairs.map(([our]) => our), pairs.map(([, their]) => their)];
    const ratio = pairs.length === 0 ? undefined : pairedRatio(ours, theirs);
    const what = `p99 of reliable datagrams / p99 of TCP at 5 % loss, ${network}, ${pairs.length} rounds`;
    return levelOf(what, "at most", LEVEL_RATIO, ratio);
  });
}
