// The readable report at the end of a run.

import type { LoadOptions } from "./config.ts";
import type { LatencyBucket, LatencySummary } from "./latency-record.ts";
import type { LoadResult } from "./result.ts";
import type { ReasonCount } from "./tally.ts";

const BAR_WIDTH = 40;

/** One line that says what is about to be done. */
export function loadTitle(options: LoadOptions): string {
  const { host, port, clients, messages } = options;
  return `${counted(clients, "client")} x ${counted(messages, "message")} to ${host}:${port}, ${loadMode(options)}`;
}

export function reportText(result: LoadResult): string {
  const lastEvent = result.right + result.wrong > 0 ? "last reply" : "end, without any reply";
  const lines = [
    result.isInterrupted ? "Totals, until the interruption" : "Totals",
    `  clients       ${whole(result.options.clients)}`,
    `  connections   ${whole(result.connectionsOpened)} opened, ${whole(result.connectionsFailed)} failed`,
    `  messages      ${whole(result.expected)} expected, ${whole(result.sent)} sent`,
    `  replies       ${whole(result.right)} right, ${whole(result.wrong)} wrong, ${whole(result.missing)} missing`,
    `  bytes         ${byteText(result.bytesSent)} sent, ${byteText(result.bytesReceived)} received`,
    `  duration      ${(result.durationMs / 1_000).toFixed(3)} s, from the first connect to the ${lastEvent}`,
    `  throughput    ${whole(Math.round(result.messagesPerSecond))} messages/s`,
    `  success rate  ${percent(result.successRate)} of those expected`,
    "",
    ...latencyLines(result),
    ...reasonLines("Wrong replies", result.wrongReasons),
    ...reasonLines("Missing replies", result.missingReasons),
    ...reasonLines("Failed connections", result.failureReasons),
  ];
  return lines.join("\n").trimEnd();
}

function loadMode({ pipelining, maxWorkers, batchSize }: LoadOptions): string {
  if (!pipelining) return `one connection per message, ${whole(maxWorkers)} at a time`;
  if (batchSize === 0) return "pipelined, all requests before the first reply is read";
  return `pipelined, ${whole(batchSize)} in flight per connection`;
}

function latencyLines(result: LoadResult): string[] {
  const summary = result.latency;
  if (summary === null) return ["Latency: nothing to show, no right reply came", ""];
  const [span = "", ...remarks] = result.latencyMeaning.split("; ");
  return [
    `Latency: ${span}`,
    ...remarks.map((remark) => `  (${remark})`),
    `  ${percentileLine(summary)}`,
    ...barLines(result.latencyBuckets),
    "",
  ];
}

function percentileLine({ minUs, p50Us, p90Us, p99Us, maxUs }: LatencySummary): string {
  const values = { min: minUs, p50: p50Us, p90: p90Us, p99: p99Us, max: maxUs };
  return Object.entries(values)
    .map(([name, us]) => `${name} ${latencyText(us)}`)
    .join("   ");
}

function barLines(buckets: readonly LatencyBucket[]): string[] {
  const largest = Math.max(...buckets.map((bucket) => bucket.count));
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const countWidth = whole(largest).length;
  return buckets.map(({ fromUs, toUs, count }) => {
    const range = `${durationText(fromUs).padStart(7)} to ${durationText(toUs).padEnd(7)}`;
    const bar = barText(count / largest).padEnd(BAR_WIDTH);
    return `  ${range} |${bar}| ${whole(count).padStart(countWidth)}  ${percent(count / total).padStart(8)}`;
  });
}

function reasonLines(title: string, reasons: readonly ReasonCount<string>[]): string[] {
  if (reasons.length === 0) return [];
  const rows = reasons.map(({ reason, count, example }) => `  ${whole(count)} ${reason}, for example: ${example}`);
  return [title, ...rows, ""];
}

/** A bucket bound: at most two digits, with the unit that keeps it short. */
function durationText(us: number): string {
  if (us >= 1_000_000) return `${us / 1_000_000} s`;
  return us >= 1_000 ? `${us / 1_000} ms` : `${us} µs`;
}

function latencyText(us: number): string {
  return us >= 1_000 ? `${significant(us / 1_000)} ms` : `${significant(us)} µs`;
}

/** In eighths of a character, so that the tail stays visible; empty only for a share of nothing. */
function barText(share: number): string {
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
}

function significant(value: number): string {
  if (value >= 100) return whole(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Rounded down, so that 100 % means all and 0 % means none. */
function percent(share: number): string {
  if (share > 0 && share < 0.0001) return "< 0.01 %";
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

function byteText(bytes: number): string {
  if (bytes >= 1_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return bytes >= 10_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${bytes} B`;
}

function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function whole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}
