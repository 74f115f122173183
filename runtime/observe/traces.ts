// Traces: a message followed from its session through every actor that is asked and told, as OpenTelemetry spans.
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { TracedTurn, TraceOrigin, TurnSpan, TurnTracer } from "../core/ports.ts";
import { limits } from "../limits.ts";
import type { SpanExport } from "./trace-export.ts";
import { parentOf } from "./trace-parent.ts";
import { TURN_OUTCOMES } from "./view.ts";

interface TracesOptions {
  readonly out: Pick<SpanExport, "tracer" | "figures">;
  readonly clock: Clock;
  readonly random: Random;
  /** Of messages that say nothing of it, and of such calls from outside, how many are followed: 0 to 1. */
  readonly share: number;
}

/** Seconds and nanoseconds, as OpenTelemetry has times. */
type SpanTime = [seconds: number, nanoseconds: number];

export class Traces implements TurnTracer {
  readonly #options: TracesOptions;
  /** Of the Unix time at which the monotonic clock was 0, so that times within a trace never go back. */
  readonly #zeroMs: number;
  /** What was sent in this step, and has not left. */
  #leaving: Span[] = [];
  /** Traces, in the time that runs. */
  #begun = 0;

  constructor(options: TracesOptions) {
    const { clock } = options;
    this.#options = options;
    this.#zeroMs = clock.unixMs() - clock.monotonicMs();
  }

  message(turn: TracedTurn): TurnSpan | undefined {
    const traceparent = turn.cell.connection?.traceparent;
    // Nearly always, under load: nothing else is looked at.
    if (traceparent === undefined && this.#begun >= limits.tracesBegunMax) return undefined;
    const from = this.outside(traceparent);
    return from === undefined ? undefined : this.#begin(turn, from as OutsideOrigin, SpanKind.SERVER);
  }

  call(turn: TracedTurn, from: TraceOrigin): TurnSpan {
    const isTold = turn.envelope?.asking === undefined;
    return this.#begin(turn, from as FollowedTurn | OutsideOrigin, isTold ? SpanKind.CONSUMER : SpanKind.SERVER);
  }

  /** Nothing new is followed while as many spans wait as may. */
  outside(traceparent: string | undefined): TraceOrigin | undefined {
    const { random, share, out } = this.#options;
    const parent = traceparent === undefined ? undefined : parentOf(traceparent);
    if (parent === "not_followed" || out.figures.pending >= limits.traceSpansMax) return undefined;
    if (parent === undefined && !this.#mayBegin(random.next() < share)) return undefined;
    return { context: parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent) };
  }

  /** The sockets have been given what the step's turns have sent. */
  flushed(): void {
    if (this.#leaving.length === 0) return;
    const leaving = this.#leaving;
    this.#leaving = [];
    for (const span of leaving) span.end(this.now());
  }

  now(): SpanTime {
    const unixMs = this.#zeroMs + this.#options.clock.monotonicMs();
    const seconds = Math.floor(unixMs / 1_000);
    return [seconds, Math.floor((unixMs - seconds * 1_000) * 1_000_000)];
  }

  /** One part of a turn, or what follows it. */
  part(name: string, context: Context): Span {
    return this.#options.out.tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: this.now() }, context);
  }

  leaves(span: Span): void {
    this.#leaving.push(span);
  }

  /** Spread over each second, and never more than are of use, whatever the share is. */
  #mayBegin(isChosen: boolean): boolean {
    if (!isChosen || this.#begun >= limits.tracesBegunMax) return false;
    if (this.#begun++ === 0) this.#options.clock.after(limits.tracesBegunMs, () => void (this.#begun = 0));
    return true;
  }

  #begin(turn: TracedTurn, from: FollowedTurn | OutsideOrigin, kind: SpanKind): FollowedTurn {
    const { tracer } = this.#options.out;
    const { host, key, connection } = turn.cell;
    const { name, options } = host.type;
    const method = `${name}/${turn.method.name}`;
    const attributes = {
      "rpc.system.name": "correio",
      "rpc.method": method,
      "correio.actor.type": name,
      "correio.wait_ms": turn.waitMs,
      ...(options.private === true ? {} : { "correio.actor.key": key }),
      ...(connection === undefined ? {} : { "correio.transport": connection.transport }),
    };
    const span = tracer.startSpan(method, { kind, startTime: this.now(), attributes }, from.context);
    return new FollowedTurn(this, span, from.context);
  }
}

interface OutsideOrigin extends TraceOrigin {
  readonly context: Context;
}

class FollowedTurn implements TurnSpan {
  readonly context: Context;
  readonly #traces: Traces;
  readonly #span: Span;
  /** Of its reply, while that has not left. */
  #reply: Span | undefined;

  constructor(traces: Traces, span: Span, from: Context) {
    this.#traces = traces;
    this.#span = span;
    this.context = trace.setSpan(from, span);
  }

  sends(): void {
    if (this.#reply?.isRecording() === true) return;
    this.#reply = this.#traces.part("reply", this.context);
    this.#traces.leaves(this.#reply);
  }

  commit(): ReturnType<TurnSpan["commit"]> {
    const span = this.#traces.part("commit", this.context);
    return {
      release: () => span.end(this.#traces.now()),
      discard: ({ code }) => {
        span.setAttribute("error.type", code).setStatus({ code: SpanStatusCode.ERROR });
        span.end(this.#traces.now());
      },
    };
  }

  ended(outcome: Parameters<TurnSpan["ended"]>[0]): void {
    const name = TURN_OUTCOMES[outcome] as string;
    this.#span.setAttribute("correio.outcome", name);
    if (name !== "answered" && name !== "refused") {
      this.#span.setAttribute("error.type", name).setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end(this.#traces.now());
  }
}
