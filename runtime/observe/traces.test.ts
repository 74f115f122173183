// Which messages are followed: those whose senders say so, and a share of the others, as long as they are few.
import { describe, expect, test } from "bun:test";

import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

import { createRandom } from "../base/random.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Traces } from "./traces.ts";

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

function createTraces(share: number) {
  const clock = new FakeClock();
  const figures = { exported: 0, dropped: 0, pending: 0 };
  const out = { figures, tracer: new BasicTracerProvider().getTracer("test") };
  const traces = new Traces({ out, clock, random: createRandom(7), share });
  const followed = (count: number, traceparent?: string): number =>
    Array.from({ length: count }, () => traces.outside(traceparent)).filter((origin) => origin !== undefined).length;
  return { clock, figures, followed };
}

describe("messages that say nothing of it", () => {
  test("are followed up to a bound, and anew after a tenth of a second", async () => {
    const { clock, followed } = createTraces(1);
    expect(followed(limits.tracesBegunMax)).toBe(limits.tracesBegunMax);
    expect(followed(1)).toBe(0);
    await clock.advance(limits.tracesBegunMs - 1);
    expect(followed(1)).toBe(0);
    await clock.advance(1);
    expect(followed(limits.tracesBegunMax + 1)).toBe(limits.tracesBegunMax);
  });

  test("are followed by a share of them", async () => {
    const { clock, followed } = createTraces(0.25);
    let count = 0;
    for (let round = 0; round < 1_000; round++) {
      count += followed(4);
      await clock.advance(limits.tracesBegunMs);
    }
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1_100);
  });

  test("are not followed where the share is 0", () => {
    expect(createTraces(0).followed(1_000)).toBe(0);
  });
});

describe("a message whose sender follows it", () => {
  test("is followed, however many there are and whatever the share is", () => {
    expect(createTraces(0).followed(1_000, TRACEPARENT)).toBe(1_000);
  });

  test("is not while as many spans wait for the collector as may", () => {
    const { figures, followed } = createTraces(0);
    figures.pending = limits.traceSpansMax - 1;
    expect(followed(1, TRACEPARENT)).toBe(1);
    figures.pending++;
    expect(followed(1, TRACEPARENT)).toBe(0);
  });
});
