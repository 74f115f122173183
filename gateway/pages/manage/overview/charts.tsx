// The charts of the last five minutes.

import { useMemo } from "preact/hooks";

import type { LiveSnapshot } from "#runtime/observe/live-view.ts";

import { formatBytes, formatCount, formatMs, formatShare } from "../format.ts";
import { snapshots } from "../live.ts";
import { Chart, type Series } from "./chart.tsx";

const TRANSPORTS = ["tcp", "tls", "udp", "datagram", "web"] as const;
const QUANTILES = [
  { name: "p50", of: "p50Ms" },
  { name: "p90", of: "p90Ms" },
  { name: "p99", of: "p99Ms" },
] as const;
/** More lines than this cannot be told from each other. */
const PROTOCOLS_MAX = 5;
/** From one byte up, by twos. */
const BYTE_STEPS = Array.from({ length: 42 }, (_, power) => 2 ** power);

export function Charts() {
  const history = snapshots.value;
  const lines = useMemo(() => linesOf(history), [history]);
  return (
    <section class="charts" aria-label="The last five minutes">
      <Chart title="Connections" times={lines.times} series={lines.connections} format={formatCount} />
      <Chart title="Messages per second" times={lines.times} series={lines.messages} format={formatCount} />
      <Chart title="Latency of the slowest protocol" times={lines.times} series={lines.latency} format={formatMs} />
      <Chart
        title="Bytes per second"
        times={lines.times}
        series={lines.traffic}
        format={formatBytes}
        steps={BYTE_STEPS}
      />
      <Chart title="CPU, of one core" times={lines.times} series={lines.cpu} format={formatShare} />
      <Chart title="Memory" times={lines.times} series={lines.memory} format={formatBytes} steps={BYTE_STEPS} />
    </section>
  );
}

function linesOf(history: readonly LiveSnapshot[]) {
  const line = (name: string, of: (snapshot: LiveSnapshot) => number | null): Series => ({
    name,
    values: history.map(of),
  });
  return {
    times: history.map(({ at }) => at / 1_000),
    connections: TRANSPORTS.map((name) => line(name, ({ connections }) => connections[name])),
    messages: busiestProtocols(history).map((type) => line(type, (snapshot) => messagesOf(snapshot, type))),
    latency: QUANTILES.map(({ name, of }) => line(name, ({ protocols }) => slowest(protocols.map((one) => one[of])))),
    traffic: [
      line("in", ({ bytesInPerSecond }) => bytesInPerSecond),
      line("out", ({ bytesOutPerSecond }) => bytesOutPerSecond),
    ],
    cpu: [line("CPU", ({ cpuShare }) => cpuShare)],
    memory: [line("in all", ({ rssBytes }) => rssBytes), line("heap", ({ heapBytes }) => heapBytes)],
  };
}

/** Those with the most messages in all that is shown, in the order of their names, so that a line keeps its colour. */
function busiestProtocols(history: readonly LiveSnapshot[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { protocols } of history) {
    for (const { type, messagesPerSecond } of protocols) sums.set(type, (sums.get(type) ?? 0) + messagesPerSecond);
  }
  const most = [...sums].sort((one, other) => other[1] - one[1]).slice(0, PROTOCOLS_MAX);
  return most.map(([type]) => type).sort();
}

function messagesOf({ protocols }: LiveSnapshot, type: string): number {
  return protocols.find((protocol) => protocol.type === type)?.messagesPerSecond ?? 0;
}

function slowest(values: readonly (number | undefined)[]): number | null {
  const measured = values.filter((value) => value !== undefined);
  return measured.length === 0 ? null : Math.max(...measured);
}
