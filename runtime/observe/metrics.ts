// The node's figures in Prometheus form: read from plain counters when somebody asks, never pushed.
import { Counter, Gauge, type Metric, Registry } from "prom-client";

import { DURATION_BOUNDS_S, type DurationBuckets } from "../base/duration-buckets.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import type { NetFigures } from "./figures.ts";

export interface MetricSources {
  readonly system: ActorSystem;
  readonly net: NetFigures;
  readonly ledger: { readonly lines: number; readonly failures: number; readonly lost: number };
  readonly processStartedAt: number;
}

type Labels = Readonly<Record<string, string>>;
type Reading = readonly [value: number, labels?: Labels];

/** Prometheus text exposition, format 0.0.4; rendered anew at each call. */
export function createMetrics(sources: MetricSources): () => Promise<string> {
  const registry = new Registry();
  addNetMetrics(registry, sources.net);
  addActorMetrics(registry, sources.system);
  counter(registry, "correio_ledger_rows_total", "Session rows in the ledger file", () => [[sources.ledger.lines]]);
  counter(registry, "correio_ledger_failures_total", "Failed writes to the ledger", () => [[sources.ledger.failures]]);
  counter(registry, "correio_ledger_rows_lost_total", "Session rows given up", () => [[sources.ledger.lost]]);
  gauge(registry, "process_resident_memory_bytes", "Resident memory", () => [[process.memoryUsage.rss()]]);
  gauge(registry, "process_start_time_seconds", "Unix time of the start", () => [[sources.processStartedAt / 1_000]]);
  counter(registry, "process_cpu_seconds_total", "CPU time, user and system", () => [[cpuSeconds()]]);
  return () => registry.metrics();
}

function addNetMetrics(registry: Registry, net: NetFigures): void {
  const { stats } = net;
  gauge(registry, "correio_connections", "Open connections", () => [[net.connectionCount()]]);
  counter(registry, "correio_connections_accepted_total", "Connections admitted", () => [[stats.accepted]]);
  counter(registry, "correio_connections_ended_total", "Connections ended, by reason", () => byReason(stats.ended));
  counter(registry, "correio_connections_refused_total", "Connections turned away, by reason", () =>
    byReason(stats.refused),
  );
  counter(registry, "correio_bytes_total", "Bytes over all connections", () => [
    [stats.bytesIn, { direction: "in" }],
    [net.bytesOut(), { direction: "out" }],
  ]);
  counter(registry, "correio_frames_total", "Frames over all connections", () => [
    [stats.messagesIn, { direction: "in" }],
    [stats.messagesOut, { direction: "out" }],
  ]);
  counter(registry, "correio_socket_pauses_total", "Sockets paused because a session was full", () => [[stats.pauses]]);
  gauge(registry, "correio_outbound_queue_bytes", "Bytes that peers have not taken", () => [[net.outboundBytes()]]);
}

function addActorMetrics(registry: Registry, system: ActorSystem): void {
  const each = (read: (host: TypeHost) => number) => (): Reading[] =>
    system.hosts.map((host) => [read(host), { type: host.type.name }]);
  gauge(
    registry,
    "correio_actors",
    "Resident actors",
    each((host) => host.cells.size),
  );
  gauge(registry, "correio_mailbox_messages", "Messages waiting in mailboxes", each(depth));
  counter(
    registry,
    "correio_turns_total",
    "Turns run",
    each((host) => host.stats.turns),
  );
  counter(
    registry,
    "correio_crashes_total",
    "Turns that threw",
    each((host) => host.stats.crashes),
  );
  counter(
    registry,
    "correio_discarded_total",
    "Messages dropped: connection gone",
    each((host) => host.stats.discarded),
  );
  counter(registry, "correio_refusals_total", "Messages refused, by reason", () =>
    system.hosts.flatMap((host): Reading[] => [
      ...byReason(host.stats.refusals).map(([count, labels]): Reading => [count, { type: host.type.name, ...labels }]),
      ...byReason(host.stats.rejected).map(([count, labels]): Reading => [count, { type: host.type.name, ...labels }]),
    ]),
  );
  const turns = { name: "correio_turn_duration_seconds", help: "Time of one turn" };
  histogram(registry, turns, () => system.hosts.map((host) => [host.type.name, host.stats.durations]));
  const requests = { name: "correio_request_duration_seconds", help: "From a message's arrival to its turn's end" };
  histogram(registry, requests, () => system.hosts.map((host) => [host.type.name, host.stats.latencies]));
}

function counter(registry: Registry, name: string, help: string, read: () => readonly Reading[]): void {
  const labelNames = ["type", "reason", "direction"];
  const metric = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      metric.reset();
      for (const [value, labels] of read()) metric.inc(labels ?? {}, value);
    },
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => readonly Reading[]): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: ["type"],
    registers: [registry],
    collect() {
      for (const [value, labels] of read()) metric.set(labels ?? {}, value);
    },
  });
}

/** prom-client's own histogram wants every observation; ours are counted already, so only the exposition is its. */
function histogram(
  registry: Registry,
  { name, help }: { readonly name: string; readonly help: string },
  read: () => readonly (readonly [type: string, buckets: DurationBuckets])[],
): void {
  const get = async () => ({
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    values: read().flatMap(([type, buckets]) => bucketValues(name, type, buckets)),
  });
  registry.registerMetric({ name, get } as unknown as Metric);
}

function bucketValues(name: string, type: string, buckets: DurationBuckets): object[] {
  let below = 0;
  const values = DURATION_BOUNDS_S.map((bound, index) => {
    below += buckets.counts[index] as number;
    return { metricName: `${name}_bucket`, labels: { type, le: bound }, value: below };
  });
  return [
    ...values,
    { metricName: `${name}_bucket`, labels: { type, le: "+Inf" }, value: buckets.count },
    { metricName: `${name}_sum`, labels: { type }, value: buckets.sumMs / 1_000 },
    { metricName: `${name}_count`, labels: { type }, value: buckets.count },
  ];
}

function depth(host: TypeHost): number {
  return Array.from(host.cells.values(), (cell) => cell.mailbox.count).reduce((total, count) => total + count, 0);
}

function byReason(counts: ReadonlyMap<string, number>): Reading[] {
  return Array.from(counts, ([reason, count]) => [count, { reason }]);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
