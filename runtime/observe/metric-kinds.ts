// Counters, gauges and histograms that are read from plain fields when somebody asks, in the exposition's own terms.
import { Counter, Gauge, type Metric, type Registry } from "prom-client";

import { DURATION_BOUNDS_S, type DurationBuckets } from "../base/duration-buckets.ts";

type Labels = Readonly<Record<string, string>>;
export type Reading = readonly [value: number, labels?: Labels];

export function counter(registry: Registry, name: string, help: string, read: () => readonly Reading[]): void {
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

export function gauge(registry: Registry, name: string, help: string, read: () => readonly Reading[]): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: ["type", "role"],
    registers: [registry],
    collect() {
      metric.reset();
      for (const [value, labels] of read()) metric.set(labels ?? {}, value);
    },
  });
}

/** prom-client's own histogram wants every observation; ours are counted already, so only the exposition is its. */
export function histogram(
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

/** Counts by reason, each with the labels of whatever they belong to. */
export function byReason(counts: ReadonlyMap<string, number>, labels: Labels = {}): Reading[] {
  return Array.from(counts, ([reason, count]) => [count, { ...labels, reason }]);
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
