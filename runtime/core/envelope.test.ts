// The life of one message: it is answered once, or given up once.
import { describe, expect, test } from "bun:test";

import { TimerWheel } from "../base/timer-wheel.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/stepped-system.ts";
import { Envelope } from "./envelope.ts";

const method = { name: "note", kind: "write", handler: () => undefined } as const;

function asked(timeoutMs = 100) {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  const envelope = new Envelope(method, "text", "notes/1", clock.monotonicMs() + timeoutMs);
  const answer = watch(envelope.expectAnswer(wheel, timeoutMs, undefined));
  return { clock, wheel, envelope, answer };
}

describe("an envelope that is asked with", () => {
  test("gives its answer", async () => {
    const { clock, envelope, answer } = asked();
    envelope.resolve(7);
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("gives the first of two answers", async () => {
    const { clock, envelope, answer } = asked();
    envelope.resolve(7);
    envelope.reject(new Error("second thoughts"));
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("gives an answer that came before its deadline though the deadline passes later", async () => {
    const { clock, envelope, answer } = asked();
    envelope.resolve(7);
    await clock.advance(1_000);
    expect(answer.outcome).toEqual({ kind: "answered", value: 7 });
  });

  test("takes its timer off the wheel with the answer", () => {
    const { wheel, envelope } = asked();
    envelope.resolve(7);
    expect(wheel.count).toBe(0);
  });

  test("starts before its deadline", () => {
    const { clock, envelope } = asked(100);
    clock.block(99);
    expect(envelope.start(clock)).toBe(true);
  });

  test("does not start at its deadline", () => {
    const { clock, envelope } = asked(100);
    clock.block(100);
    expect(envelope.start(clock)).toBe(false);
  });

  test("does not start when it was answered for already", () => {
    const { clock, envelope } = asked();
    envelope.reject(new Error("refused"));
    expect(envelope.start(clock)).toBe(false);
  });

  test("names the call that was given up, and why", async () => {
    const { clock, answer } = asked();
    await clock.advance(101);
    expect(answer.outcome).toMatchObject({
      error: { message: "Gave up notes/1.note: its deadline passed while queued" },
    });
  });

  test("has the same signal whenever it is looked at", () => {
    const { envelope } = asked();
    expect(envelope.signal).toBe(envelope.signal);
  });
});

describe("an envelope that is told with", () => {
  test("starts whatever the time", () => {
    const clock = new FakeClock();
    const envelope = new Envelope(method, "text", "notes/1");
    clock.block(1e12);
    expect(envelope.start(clock)).toBe(true);
  });

  test("takes an answer that nobody wants", () => {
    const envelope = new Envelope(method, "text", "notes/1");
    envelope.reject(new Error("nobody hears"));
    expect(envelope.settled).toBe(true);
  });
});
