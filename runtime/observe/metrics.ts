// The node's figures in Prometheus form: read from plain counters when somebody asks, never pushed.
import { Registry } from "prom-client";

import type { ActorSystem } from "../core/system.ts";
import { addActorMetrics } from "./actor-metrics.ts";
import type { NetFigures, ServerFigures, UdpFigures } from "./figures.ts";
import { byReason, counter, gauge } from "./metric-kinds.ts";
import { addServerMetrics } from "./server-metrics.ts";
import type { TraceFigures } from "./trace-export.ts";

export interface MetricSources {
  readonly system: ActorSystem;
  readonly net: NetFigures;
  readonly ledger: { readonly lines: number; readonly failures: number; readonly lost: number };
  /** Given where there is a UDP port. */
  readonly udp?: UdpFigures | undefined;
  /** Given where memory has a budget: actors that left it before their time. */
  readonly memory?: { readonly hibernated: number } | undefined;
  /** Given where messages are followed. */
  readonly traces?: TraceFigures | undefined;
  /** Of the log's file. */
  readonly log?: { readonly linesLost: number };
  /** Given where this node is one of the servers of the messaging family. */
  readonly servers?: (() => Promise<ServerFigures | undefined>) | undefined;
  readonly processStartedAt: number;
}

/** Prometheus text exposition, format 0.0.4; rendered anew at each call. */
export function createMetrics(sources: MetricSources): () => Promise<string> {
  const { system, net, ledger, memory, udp, processStartedAt } = sources;
  const registry = new Registry();
  addNetMetrics(registry, net);
  if (udp !== undefined) addUdpMetrics(registry, udp);
  addActorMetrics(registry, system);
  if (memory !== undefined) {
    const help = "Actors that left memory because it was short";
    counter(registry, "correio_memory_hibernations_total", help, () => [[memory.hibernated]]);
  }
  counter(registry, "correio_ledger_rows_total", "Session rows in the ledger file", () => [[ledger.lines]]);
  counter(registry, "correio_ledger_failures_total", "Failed writes to the ledger", () => [[ledger.failures]]);
  counter(registry, "correio_ledger_rows_lost_total", "Session rows given up", () => [[ledger.lost]]);
  gauge(registry, "process_resident_memory_bytes", "Resident memory", () => [[process.memoryUsage.rss()]]);
  gauge(registry, "process_start_time_seconds", "Unix time of the start", () => [[processStartedAt / 1_000]]);
  counter(registry, "process_cpu_seconds_total", "CPU time, user and system", () => [[cpuSeconds()]]);
  if (sources.traces !== undefined) addTraceMetrics(registry, sources.traces);
  const { log = { linesLost: 0 } } = sources;
  counter(registry, "correio_log_lines_lost_total", "Lines that the log's file did not take", () => [[log.linesLost]]);
  const readServers = sources.servers && addServerMetrics(registry, sources.servers);
  return async () => {
    await readServers?.();
    return registry.metrics();
  };
}

function addNetMetrics(registry: Registry, net: NetFigures): void {
  const { stats } = net;
  gauge(registry, "correio_connections", "Open connections", () => [[net.connectionCount()]]);
  counter(registry, "correio_connections_accepted_total", "Connections admitted", () => [[stats.accepted]]);
  counter(registry, "correio_connections_ended_total", "Connections ended, by reason", () => byReason(stats.ended));
  counter(registry, "correio_connections_refused_total", "Connections turned away, by reason", () =>
    byReason(stats.refused),
  );
  counter(registry, "correio_dials_failed_total", "Connections to clients that could not be made, by reason", () =>
    byReason(stats.dialFailed),
  );
  counter(registry, "correio_bytes_total", "Bytes over all connections", () => [
    [stats.bytesIn, { direction: "in" }],
    [net.bytesOut(), { direction: "out" }],
  ]);
  counter(registry, "correio_frames_total", "Frames, lines and messages over all connections", () => [
    [stats.messagesIn, { direction: "in" }],
    [stats.messagesOut, { direction: "out" }],
  ]);
  counter(registry, "correio_socket_pauses_total", "Sockets paused because a session was full", () => [[stats.pauses]]);
  gauge(registry, "correio_outbound_queue_bytes", "Bytes that peers have not taken", () => [[net.outboundBytes()]]);
}

function addTraceMetrics(registry: Registry, traces: TraceFigures): void {
  counter(registry, "correio_spans_exported_total", "Spans that the collector has taken", () => [[traces.exported]]);
  counter(registry, "correio_spans_dropped_total", "Spans that it has not", () => [[traces.dropped]]);
  gauge(registry, "correio_spans_pending", "Spans that wait for the collector", () => [[traces.pending]]);
}

function addUdpMetrics(registry: Registry, udp: UdpFigures): void {
  counter(registry, "correio_udp_datagrams_total", "Datagrams over the UDP port", () => [
    [udp.datagramsIn, { direction: "in" }],
    [udp.datagramsOut, { direction: "out" }],
  ]);
  counter(registry, "correio_udp_dropped_total", "Datagrams not sent, or not answered, by reason", () => [
    [udp.dropped, { reason: "kernel_full" }],
    [udp.ignored, { reason: "not_answered" }],
  ]);
  const help = "Times that the kernel told of a closed port at the other end";
  counter(registry, "correio_udp_refused_total", help, () => [[udp.refused]]);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
