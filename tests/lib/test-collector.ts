// A collector of traces: takes OTLP as JSON over HTTP, and keeps the spans.
import { eventually } from "./eventually.ts";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code: number };
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: CollectedSpan["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}

export class TestCollector {
  readonly spans: CollectedSpan[] = [];
  readonly resources: CollectedSpan["attributes"][] = [];
  requests = 0;
  /** What it answers, where that is not that it has taken them. */
  answer: (() => Response | Promise<Response>) | undefined;
  readonly #server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#take(request) });

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.port}/v1/traces`;
  }

  stop(): void {
    void this.#server.stop(true);
  }

  /** The first span of this name, once there is one that fits. */
  async span(name: string, fits: (span: CollectedSpan) => boolean = () => true): Promise<CollectedSpan> {
    const find = (): CollectedSpan | undefined => this.spans.find((span) => span.name === name && fits(span));
    await eventually(`a span "${name}"`, () => find() !== undefined);
    return find() as CollectedSpan;
  }

  async #take(request: Request): Promise<Response> {
    this.requests++;
    if (this.answer !== undefined) return this.answer();
    const { resourceSpans } = (await request.json()) as Body;
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(resource.attributes);
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
    return Response.json({});
  }
}

/** As plain values. */
export function attributesOf(attributes: CollectedSpan["attributes"]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
