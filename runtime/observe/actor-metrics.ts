// What the actors of a node have done and hold, by type, and what their store, their alarms and their topics have done.
import type { Registry } from "prom-client";

import type { DurationBuckets } from "../base/duration-buckets.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import { byReason, counter, gauge, histogram, type Reading } from "./metric-kinds.ts";

type AddByType = (name: string, help: string, read: (host: TypeHost) => number) => void;

export function addActorMetrics(registry: Registry, system: ActorSystem): void {
  const each = (read: (host: TypeHost) => number) => (): Reading[] =>
    system.hosts.map((host) => [read(host), { type: host.type.name }]);
  const gauges: AddByType = (name, help, read) => gauge(registry, name, help, each(read));
  const counters: AddByType = (name, help, read) => counter(registry, name, help, each(read));
  addResidency(gauges, counters);
  addTurns(counters);
  addReasons(registry, system);
  addDurations(registry, system);
  addServices(registry, system);
  counters("correio_dead_letters_total", "Messages put aside", ({ type }) => system.letters.counts.get(type.name) ?? 0);
}

function addResidency(gauges: AddByType, counters: AddByType): void {
  gauges("correio_actors", "Resident actors", (host) => host.cells.size);
  gauges("correio_idle_actors", "Resident actors that may leave memory", (host) => host.idle.count);
  gauges("correio_quarantined_keys", "Keys that are shut until someone releases them", (host) => host.quarantined.size);
  gauges("correio_mailbox_messages", "Messages waiting in mailboxes", depth);
  counters("correio_activations_total", "Times an actor came into memory", (host) => host.stats.activations);
  counters("correio_hibernations_total", "Times an idle actor left memory", (host) => host.stats.hibernations);
}

function addTurns(counters: AddByType): void {
  counters("correio_turns_total", "Turns run", (host) => host.stats.turns);
  counters("correio_crashes_total", "Turns that threw", (host) => host.stats.crashes);
  counters(
    "correio_discarded_total",
    "Messages dropped: nobody waits for them any more",
    ({ stats }) => stats.discarded,
  );
  counters(
    "correio_missed_ticks_total",
    "Ticks of a timer while its last one waited",
    ({ stats }) => stats.missedTicks,
  );
}

function addReasons(registry: Registry, system: ActorSystem): void {
  counter(registry, "correio_refusals_total", "Messages that actors refused, by reason", () =>
    system.hosts.flatMap(({ type, stats }) => byReason(stats.refusals, { type: type.name })),
  );
  counter(registry, "correio_rejections_total", "Messages that were not let in, by code", () =>
    system.hosts.flatMap(({ type, stats }) => byReason(stats.rejected, { type: type.name })),
  );
}

function addDurations(registry: Registry, system: ActorSystem): void {
  const turns = { name: "correio_turn_duration_seconds", help: "Time of one turn" };
  histogram(registry, turns, () => system.hosts.flatMap((host) => used(host, "durations")));
  const requests = { name: "correio_request_duration_seconds", help: "From a message's arrival to its turn's end" };
  histogram(registry, requests, () => system.hosts.flatMap((host) => used(host, "latencies")));
}

function addServices(registry: Registry, { commits, records, alarms, topics }: ActorSystem): void {
  counter(registry, "correio_commits_total", "Batches given to the store", () => [[commits.batches]]);
  counter(registry, "correio_commit_failures_total", "Batches the store refused", () => [[commits.failures]]);
  counter(registry, "correio_records_dropped_total", "Letters, quarantines and releases given up", () => [
    [records.dropped],
  ]);
  gauge(registry, "correio_armed_alarms", "Alarms in memory, those that are due next", () => [[alarms.count]]);
  counter(registry, "correio_alarms_fired_total", "Alarms sent to their actors", () => [[alarms.fired]]);
  counter(registry, "correio_publications_total", "Values published", () => [[topics.published]]);
  counter(registry, "correio_notifications_total", "Messages that publications became", () => [[topics.notified]]);
}

/** Of types that nobody uses it would be a thousand lines of nothing. */
function used({ type, stats }: TypeHost, name: "durations" | "latencies"): [string, DurationBuckets][] {
  const buckets = stats[name];
  return buckets.count === 0 ? [] : [[type.name, buckets]];
}

function depth(host: TypeHost): number {
  return Array.from(host.cells.values(), (cell) => cell.mailbox.count).reduce((total, count) => total + count, 0);
}
