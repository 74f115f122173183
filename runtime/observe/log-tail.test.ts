// The log in memory: so many lines, so many characters, and listeners that cannot hurt it.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { createTestLog } from "../testing/test-log.ts";
import { LogTail } from "./log-tail.ts";
import type { LogEntry } from "./log-view.ts";

function lineOf(text: string): string {
  return `${JSON.stringify({ level: 30, time: "2026-11-22T00:00:00.000Z", reason: "a", msg: text })}\n`;
}

function numbersIn(tail: LogTail): number[] {
  return tail.tail({ limit: Number.MAX_SAFE_INTEGER }).items.map(({ number }) => number);
}

describe("the log in memory", () => {
  test("has as many lines as it may, and forgets the oldest for the next", () => {
    const tail = new LogTail();
    for (let count = 0; count < limits.logTailLinesMax; count++) tail.add(lineOf(""));
    expect(numbersIn(tail)).toHaveLength(limits.logTailLinesMax);
    expect(numbersIn(tail).at(-1)).toBe(1);
    for (let count = 0; count < 2 * limits.logTailLinesMax; count++) {
      tail.add(lineOf(""));
      expect(tail.tail({ limit: 1 }).items[0]?.number).toBe(limits.logTailLinesMax + count + 1);
    }
    expect(numbersIn(tail)).toHaveLength(limits.logTailLinesMax);
    expect(numbersIn(tail).at(-1)).toBe(2 * limits.logTailLinesMax + 1);
  });

  test("has as many characters as it may", () => {
    const tail = new LogTail();
    const most = Math.floor(limits.logTailCharsMax / lineOf("x".repeat(5_000)).length);
    for (let count = 0; count < most; count++) tail.add(lineOf("x".repeat(5_000)));
    expect(numbersIn(tail).at(-1)).toBe(1);
    tail.add(lineOf("x".repeat(5_000)));
    expect(numbersIn(tail).at(-1)).toBe(2);
  });
});

describe("who listens to the log", () => {
  test("hears each line from then on, until it stops", () => {
    const tail = new LogTail();
    const heard: LogEntry[] = [];
    tail.add(lineOf("before"));
    const stop = tail.subscribe((entry) => void heard.push(entry));
    tail.add(lineOf("now"));
    stop();
    tail.add(lineOf("after"));
    expect(heard).toEqual([
      { number: 2, at: Date.UTC(2026, 10, 22), level: "info", reason: "a", text: "now", fields: {} },
    ]);
  });

  test("and throws is not told again, and nobody else notices", () => {
    const tail = new LogTail();
    const heard: string[] = [];
    tail.subscribe(() => {
      throw new Error("gone");
    });
    tail.subscribe(({ text }) => void heard.push(text));
    for (const text of ["a", "b"]) tail.add(lineOf(text));
    expect(heard).toEqual(["a", "b"]);
  });

  test("may log itself: that is kept, and not told", () => {
    const log = createTestLog();
    const heard: string[] = [];
    log.view.subscribe(({ text }) => {
      heard.push(text);
      log.logger.info(`heard ${text}`);
    });
    log.logger.info("a");
    expect(heard).toEqual(["a"]);
    expect(log.view.tail({ limit: 9 }).items.map(({ text }) => text)).toEqual(["heard a", "a"]);
  });
});

describe("a line of the log", () => {
  test("is as long as it may be, and one that is longer keeps the beginnings of its texts", () => {
    const log = createTestLog();
    const long = "x".repeat(limits.logLineCharsMax);
    log.logger.info({ key: "a", long }, "long");
    log.logger.info(Object.fromEntries(Array.from({ length: 99 }, (_, field) => [`field${field}`, long])), "many");
    const [many, one] = log.view.tail({ limit: 9 }).items;
    expect(one).toMatchObject({ text: "long", fields: { key: "a", long: "x".repeat(limits.logFieldCharsMax) } });
    expect(many).toMatchObject({ text: "many", fields: { cutFrom: expect.any(Number) } });
    expect(Object.keys(many?.fields ?? {})).toEqual(["cutFrom"]);
  });
});
