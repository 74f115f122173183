// The reader gives the same payloads whatever way the stream was cut, and names what is not a reply.

import { describe, expect, test } from "bun:test";

import { array, assert, nat, property, string } from "fast-check";

import { anyCodePoint } from "#runtime/testing/code-points.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { REPLY_PAYLOAD_BYTES_MAX } from "./limits.ts";
import { ResponseReader } from "./response-reader.ts";
import { replyFrame } from "./stand-in-server.ts";

function readAll(reader: ResponseReader, chunks: readonly Buffer[]): string[] {
  const payloads: string[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    while (reader.next()) payloads.push(reader.payloadBytes.toString("utf8", reader.payloadStart, reader.payloadEnd));
  }
  return payloads;
}

function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const bounds = [0, ...positions.map((position) => position % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return bounds.slice(1).map((end, index) => Buffer.from(bytes.subarray(bounds[index], end)));
}

function header(type: number, payloadBytes: number): Buffer {
  const frame = replyFrame("", type);
  frame.writeUInt32BE(payloadBytes, 8);
  return frame;
}

describe("the response reader", () => {
  test("gives the same payloads on any split of the stream", () => {
    const payloads = array(string({ maxLength: 2_000, unit: anyCodePoint }), { maxLength: 20 });
    const positions = array(nat(), { maxLength: 40 });
    assert(
      property(payloads, positions, (expected, splits) => {
        const stream = Buffer.concat(expected.map((payload) => replyFrame(payload)));
        const reader = new ResponseReader();
        expect(readAll(reader, cut(stream, splits))).toEqual(expected);
        expect(reader.fault).toBeUndefined();
        expect(reader.isInsideFrame).toBe(false);
      }),
      { seed: 20_261_120, numRuns: timesRuns(150) },
    );
  });

  test("gives the same payloads one byte at a time", () => {
    const expected = ["{}", "", '{"data":"ação"}', "x".repeat(5_000)];
    const stream = Buffer.concat(expected.map((payload) => replyFrame(payload)));
    const bytes = [...stream].map((byte) => Buffer.from([byte]));
    expect(readAll(new ResponseReader(), bytes)).toEqual(expected);
  });

  test("accepts a payload of exactly the limit, cut in two", () => {
    const stream = replyFrame("x".repeat(REPLY_PAYLOAD_BYTES_MAX));
    const [payload] = readAll(new ResponseReader(), cut(stream, [70_000]));
    expect(payload?.length).toBe(REPLY_PAYLOAD_BYTES_MAX);
  });

  test.each([REPLY_PAYLOAD_BYTES_MAX + 1, 0xffff_ffff])("refuses a declared payload of %d bytes", (payloadBytes) => {
    const reader = new ResponseReader();
    expect(readAll(reader, [header(2, payloadBytes)])).toEqual([]);
    expect(reader.fault?.reason).toBe("reply_too_large");
  });

  test("refuses a stream that does not begin with the magic, before a whole header has come", () => {
    const reader = new ResponseReader();
    readAll(reader, [Buffer.from("HT")]);
    expect(reader.fault).toEqual({ reason: "bad_magic", detail: "bytes 4854 where the magic 12345678 should be" });
  });

  test("refuses garbage after a right reply, and reads nothing more", () => {
    const reader = new ResponseReader();
    const chunk = Buffer.concat([replyFrame("{}"), Buffer.from("garbage and more"), replyFrame("{}")]);
    expect(readAll(reader, [chunk, replyFrame("{}")])).toEqual(["{}"]);
    expect(reader.fault?.reason).toBe("bad_magic");
  });

  test.each([0, 1, 3, 4])("refuses a frame of type %d", (type) => {
    const reader = new ResponseReader();
    readAll(reader, cut(header(type, 0), [5]));
    expect(reader.fault?.reason).toBe("unexpected_type");
  });

  test("knows that it stands inside a frame", () => {
    const reader = new ResponseReader();
    readAll(reader, [replyFrame("{}").subarray(0, 13)]);
    expect(reader.isInsideFrame).toBe(true);
  });
});
