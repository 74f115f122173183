// The driver's cheap verification finds what a full parse of every reply would find.

import { describe, expect, test } from "bun:test";

import { FRAME_TYPE_REQUEST, FRAME_TYPE_RESPONSE } from "#runtime/wire/frame-header.ts";

import { ReplyReader } from "./reply-reader.ts";
import { createFrame, scriptClientId } from "./request-script.ts";

describe("a reply reader", () => {
  test("finds the same replies however the stream is split", () => {
    const stream = Buffer.concat([1, 2, 3, 10, 11].map((id) => reply(id)));
    const whole = readAll([stream]);
    for (let size = 1; size < 40; size++) {
      const split = readAll(chunksOf(stream, size));
      expect([split.replies, split.wrong, split.idSum]).toEqual([whole.replies, whole.wrong, whole.idSum]);
    }
    expect([whole.replies, whole.wrong, whole.idSum]).toEqual([5, 2, 27]);
  });

  test("counts replies in another order as wrong, though their sum is right", () => {
    const reader = readAll([reply(2), reply(1)]);
    expect([reader.wrong, reader.idSum]).toEqual([2, 3]);
  });

  test("counts a first reply without success as wrong", () => {
    expect(readAll([reply(1, { status: "error" })]).wrong).toBe(1);
  });

  test("reads a reply that holds its id in another place than the first did", () => {
    const moved = JSON.stringify({ server_id: "s", ...fields(2) });
    const reader = readAll([reply(1), createFrame(FRAME_TYPE_RESPONSE, moved), reply(3)]);
    expect([reader.replies, reader.wrong]).toEqual([3, 0]);
  });

  test("counts a reply that is cut off, though its id is right, as wrong", () => {
    const cut = JSON.stringify(fields(2)).slice(0, -10);
    expect(readAll([reply(1), createFrame(FRAME_TYPE_RESPONSE, cut)]).wrong).toBe(1);
  });

  test("refuses a stream of anything but responses", () => {
    expect(new ReplyReader().read(createFrame(FRAME_TYPE_REQUEST, "{}"))).toBe(false);
    expect(new ReplyReader().read(Buffer.from("HTTP/1.1 400 Bad Request"))).toBe(false);
  });
});

function fields(id: number): Record<string, unknown> {
  return {
    client_id: scriptClientId,
    message_id: id,
    timestamp: 1.5,
    data: "Response from server",
    processing_time: 0,
    server_id: "s",
    status: "success",
  };
}

function reply(id: number, changes: Record<string, unknown> = {}): Buffer {
  return createFrame(FRAME_TYPE_RESPONSE, JSON.stringify({ ...fields(id), ...changes }));
}

function readAll(chunks: readonly Buffer[]): ReplyReader {
  const reader = new ReplyReader();
  for (const chunk of chunks) expect(reader.read(chunk)).toBe(true);
  return reader;
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
