// One value for many connections: encoded once for each protocol among them, and no more often.
import { describe, expect, test } from "bun:test";

import { SharedValue } from "./shared-value.ts";

/** Counts how often it encodes; the bytes say for whom and when. */
function countingEncoder(text: string) {
  const counting = { count: 0, encode: () => Buffer.from(`${text} ${++counting.count}`) };
  return counting;
}

function broken(): never {
  throw new Error("no bytes for this");
}

describe("a shared value", () => {
  test("is encoded once for each protocol, whatever the order of those who ask", () => {
    const shared = new SharedValue("news");
    const [frames, lines] = [{}, {}];
    const [asFrames, asLines] = [countingEncoder("frame"), countingEncoder("line")];
    const first = shared.encodedFor(frames, asFrames.encode);
    const other = shared.encodedFor(lines, asLines.encode);
    expect(shared.encodedFor(frames, asFrames.encode)).toBe(first);
    expect(shared.encodedFor(lines, asLines.encode)).toBe(other);
    expect([String(first), String(other)]).toEqual(["frame 1", "line 1"]);
    expect([asFrames.count, asLines.count]).toEqual([1, 1]);
  });

  test("that could not be encoded is tried again", () => {
    const shared = new SharedValue("news");
    const protocol = {};
    expect(() => shared.encodedFor(protocol, broken)).toThrow("no bytes for this");
    expect(String(shared.encodedFor(protocol, countingEncoder("frame").encode))).toBe("frame 1");
  });

  test("no bytes at all are bytes too", () => {
    const shared = new SharedValue("news");
    const counting = { count: 0 };
    const encode = (): Uint8Array => {
      counting.count++;
      return new Uint8Array(0);
    };
    const protocol = {};
    shared.encodedFor(protocol, encode);
    expect(shared.encodedFor(protocol, encode)).toHaveLength(0);
    expect(counting.count).toBe(1);
  });
});
