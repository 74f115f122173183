// Spans on their way to a collector: bounded in number; one that is dead, slow or refuses costs spans and nothing else.
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

import type { Clock } from "../base/clock.ts";
import { settlesWithin } from "../base/settles-within.ts";
import { limits } from "../limits.ts";
import type { Log } from "./log.ts";

export interface TraceFigures {
  /** Spans that the collector has taken. */
  exported: number;
  /** Spans given up: too many waited, or the collector did not take them. */
  dropped: number;
  /** Spans that wait, or are on their way. */
  pending: number;
}

export interface ExportOptions {
  /** Where the collector takes OTLP as JSON over HTTP. */
  readonly endpoint: string;
  readonly serverId: string;
  readonly clock: Clock;
  readonly log: Log;
}

export type SpanExport = ReturnType<typeof startExport>;

const SUCCESS = 0;

export function startExport({ endpoint, serverId, clock, log }: ExportOptions) {
  const figures: TraceFigures = { exported: 0, dropped: 0, pending: 0 };
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: limits.traceExportMs });
  const batches = new BatchSpanProcessor(counting(exporter, figures, log, new URL(endpoint).host), {
    // Never full: spans are counted before they get there.
    maxQueueSize: limits.traceSpansMax + limits.traceBatchSpansMax,
    maxExportBatchSize: limits.traceBatchSpansMax,
    scheduledDelayMillis: limits.traceDelayMs,
    exportTimeoutMillis: limits.traceExportMs,
  });
  const bounded = {
    onStart: () => undefined,
    onEnd(span: Parameters<typeof batches.onEnd>[0]): void {
      if (figures.pending >= limits.traceSpansMax) return void figures.dropped++;
      figures.pending++;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      "service.name": "correio",
      "service.instance.id": serverId,
    }),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [bounded],
  });
  return {
    figures,
    tracer: provider.getTracer("correio"),
    /** What waits goes out first, as far as there is time for it. */
    stop: async () => void (await settlesWithin(clock, provider.shutdown(), limits.traceFlushMs).catch(() => false)),
  };
}

/**
 * `collector` is its host alone: an address may have a password in it. Told once when it begins to fail, and once when
 * it takes spans again.
 */
function counting(exporter: SpanExporter, figures: TraceFigures, log: Log, collector: string): SpanExporter {
  const state = { failing: false, lost: 0 };
  const taken = (count: number): void => {
    figures.exported += count;
    if (state.failing) log.limited("warn", "traces.collector_back", { collector, lost: state.lost });
    state.failing = false;
    state.lost = 0;
  };
  const refused = (count: number, error: unknown): void => {
    figures.dropped += count;
    state.lost += count;
    if (!state.failing) log.limited("warn", "traces.collector_failed", { collector, err: error });
    state.failing = true;
  };
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        figures.pending -= spans.length;
        if (result.code === SUCCESS) taken(spans.length);
        else refused(spans.length, result.error);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
