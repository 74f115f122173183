// What members are told is verified: every number, and the text now and then.

import { describe, expect, test } from "bun:test";

import { RoomLines, sayText } from "./room-lines.ts";

const textBytes = 100;

function lineOf(number: number, text = sayText("s01", number, textBytes)): string {
  return `* lobby ${number} 2026-11-21T12:00:00.123Z s01: ${text}\n`;
}

function readIn(pieces: readonly (string | Buffer)[]): { lines: RoomLines; replies: string[] } {
  const replies: string[] = [];
  const lines = new RoomLines(textBytes, (line) => replies.push(line));
  for (const piece of pieces) lines.read(Buffer.from(piece));
  return { lines, replies };
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => lineOf(from + index));

describe("what a member is told", () => {
  test("is right when each number follows the one before, however it is cut", () => {
    const bytes = Buffer.from(numbered(95, 1_205).join(""));
    for (const size of [1, 7, 150, 1_000, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const { lines } = readIn(pieces);
      expect([lines.messages, lines.wrong, lines.next]).toEqual([1_111, 0, 1_206]);
    }
  });

  test("is wrong when one is missing, comes twice or comes late", () => {
    expect(readIn([...numbered(1, 5), ...numbered(7, 9)]).lines.wrong).toBe(1);
    expect(readIn([...numbered(1, 5), ...numbered(5, 9)]).lines.wrong).toBe(1);
    expect(readIn([lineOf(1), lineOf(3), lineOf(2), lineOf(4)]).lines.wrong).toBeGreaterThan(0);
  });

  test("is wrong when a line has another length, or another text where it is looked at", () => {
    expect(readIn([lineOf(1), lineOf(2), lineOf(3, "short"), lineOf(4)]).lines.wrong).toBe(1);
    expect(readIn([lineOf(1, sayText("s01", 1, textBytes).replace("z", "Z"))]).lines.wrong).toBe(1);
  });

  test("is wrong when the server says that something is amiss", () => {
    expect(readIn([lineOf(1), "* ! crowded_out Demais.\n"]).lines.wrong).toBe(1);
  });

  test("has replies and those who come and go between the messages", () => {
    const { lines, replies } = readIn([lineOf(1), "SAY: lobby 1\n* lobby + ana 127.0.0.1:1/tcp\n", lineOf(2)]);
    expect([lines.messages, lines.wrong, replies]).toEqual([2, 0, ["SAY: lobby 1"]]);
  });
});

test("a text is as long as wanted, whoever says it", () => {
  expect(sayText("s01", 3, 100)).toHaveLength(100);
  expect(sayText("s999", 1_234_567, 400)).toHaveLength(400);
});
