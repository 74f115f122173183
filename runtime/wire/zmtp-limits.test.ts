// The bounds of a ZMTP stream, each at its limit and one past it, whether it comes in one chunk or octet by octet.
import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import type { WireFault } from "./protocol.ts";
import { singleBytes } from "./test-frames.ts";
import { COMMAND, greeting, LONG, MORE, TestDecoder, zmtpCommand, zmtpFrame, zmtpMessage } from "./test-zmtp.ts";
import { MESSAGE_OCTETS_MAX } from "./zmtp-gathered-message.ts";

const { zmtpFramesMax, zmtpMessageBytesMax, zmtpCommandBytesMax } = limits;
const SHORT_HEADER_BYTES = 2;
const LONG_HEADER_BYTES = 9;

/** What becomes of a stream in one chunk, and cut behind its first octet: then it is gathered. */
function faultsOf(stream: Buffer, ...also: readonly (readonly Uint8Array[])[]): readonly (WireFault | undefined)[] {
  const ways = [[stream], [stream.subarray(0, 1), stream.subarray(1)], ...also];
  return ways.map((chunks) => TestDecoder.open().feed(chunks).decoder.fault);
}

const frames = (count: number): Buffer => zmtpMessage(...Array.from({ length: count }, () => "x"));

describe("the frames of a message", () => {
  test("are at most zmtpFramesMax", () => {
    const most = frames(zmtpFramesMax);
    expect(faultsOf(most, singleBytes(most))).toEqual([undefined, undefined, undefined]);
    expect(
      TestDecoder.open()
        .feed([most, most])
        .heard.map((each) => each.length),
    ).toEqual([zmtpFramesMax, zmtpFramesMax]);
  });

  test("and one past that are a fault, as soon as it is announced", () => {
    const announced = frames(zmtpFramesMax + 1).subarray(0, -3);
    const fault = "wire.zmtp_frames_max";
    expect(faultsOf(announced, singleBytes(announced))).toEqual([fault, fault, fault]);
  });

  test("and one past that are a fault too where all of them are there, and are given out by nobody", () => {
    const open = TestDecoder.open().feed([frames(zmtpFramesMax + 1)]);
    expect([open.heard, open.decoder.fault]).toEqual([[], "wire.zmtp_frames_max"]);
  });

  test("without end, a million of them, are over at the bound, and nothing of them is kept", () => {
    const open = TestDecoder.open();
    const chunk = Buffer.concat(Array.from({ length: 10_000 }, () => zmtpFrame(MORE, "")));
    for (let round = 0; round < 100; round++) open.feed([chunk.subarray(0, 1), chunk.subarray(1)]);
    expect([open.heard, open.decoder.partialBytes, open.decoder.holding]).toEqual([[], 0, false]);
    expect(open.decoder.fault).toBe("wire.zmtp_frames_max");
  });
});

describe("the octets of one frame", () => {
  test("are at most zmtpMessageBytesMax", () => {
    const most = zmtpFrame(0, Buffer.alloc(zmtpMessageBytesMax));
    expect(faultsOf(most)).toEqual([undefined, undefined]);
    expect(TestDecoder.open().feed([most]).heard[0]?.[0]?.length).toBe(zmtpMessageBytesMax);
  });

  test.each([
    ["one past that", BigInt(zmtpMessageBytesMax) + 1n],
    ["2^31", 2n ** 31n],
    ["2^32 - 1", 2n ** 32n - 1n],
    ["2^32", 2n ** 32n],
    ["2^32 + 5, of which the lower half is small", 2n ** 32n + 5n],
    ["2^53", 2n ** 53n],
    ["2^56", 2n ** 56n],
    ["2^63", 2n ** 63n],
    ["2^64 - 1", 2n ** 64n - 1n],
  ])("that are %s are a fault on the header alone", (_, size) => {
    const header = zmtpFrame(LONG, "", size);
    const fault = "wire.frame_too_large";
    expect(faultsOf(header, singleBytes(header))).toEqual([fault, fault, fault]);
  });

  test("take memory as they come, whatever was announced", () => {
    const announced = zmtpFrame(MORE, Buffer.alloc(200), BigInt(zmtpMessageBytesMax));
    Bun.gc(true);
    const before = heapStats().heapSize;
    const open = Array.from({ length: 200 }, () => TestDecoder.open().feed([announced]));
    Bun.gc(true);
    expect(open.every(({ decoder }) => decoder.partialBytes === announced.length)).toBe(true);
    expect(heapStats().heapSize - before).toBeLessThan(200 * 32_768);
  });
});

describe("the octets of a whole message, with its headers", () => {
  const lastBytes = MESSAGE_OCTETS_MAX - (LONG_HEADER_BYTES + 900_000) - LONG_HEADER_BYTES;
  const first = zmtpFrame(MORE, Buffer.alloc(900_000));

  test("are at most as many as the largest frame and 64 headers have", () => {
    expect(MESSAGE_OCTETS_MAX).toBe(zmtpMessageBytesMax + zmtpFramesMax * LONG_HEADER_BYTES);
    expect(faultsOf(Buffer.concat([first, zmtpFrame(0, Buffer.alloc(lastBytes))]))).toEqual([undefined, undefined]);
  });

  test("and one past that are a fault", () => {
    const whole = Buffer.concat([first, zmtpFrame(0, Buffer.alloc(lastBytes + 1))]);
    expect(faultsOf(whole)).toEqual(["wire.message_too_large", "wire.message_too_large"]);
    expect(TestDecoder.open().feed([zmtpMessage("before"), whole]).heard).toEqual([["before"]]);
  });

  test("and one past that are a fault before they have come, where the message is gathered", () => {
    const announced = zmtpFrame(0, "", BigInt(lastBytes + 1));
    expect(TestDecoder.open().feed([first, announced]).decoder.fault).toBe("wire.message_too_large");
  });
});

describe("the octets of a command", () => {
  const NAME_BYTES = 1 + "UNKNOWN".length;

  test("are at most zmtpCommandBytesMax", () => {
    expect(faultsOf(zmtpCommand("UNKNOWN", Buffer.alloc(zmtpCommandBytesMax - NAME_BYTES)))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("and one past that are a fault, on the header alone", () => {
    const header = zmtpFrame(COMMAND, "", BigInt(zmtpCommandBytesMax) + 1n);
    expect(faultsOf(header)).toEqual(["wire.frame_too_large", "wire.frame_too_large"]);
  });

  test("are bounded in the handshake too", () => {
    const open = new TestDecoder().feed([greeting(), zmtpFrame(COMMAND, "", BigInt(zmtpCommandBytesMax) + 1n)]);
    expect(open.decoder.fault).toBe("wire.frame_too_large");
  });
});

describe("the flags of a frame", () => {
  const allowed = [0, MORE, LONG, MORE | LONG, COMMAND, COMMAND | LONG];

  test("are MORE, LONG and COMMAND; a command is never one part of several", () => {
    for (let flags = 0; flags < 256; flags++) {
      const frame = zmtpFrame(flags, "\u0001xy");
      const fault = allowed.includes(flags) ? undefined : "wire.zmtp_frame";
      expect([flags, ...faultsOf(frame)]).toEqual([flags, fault, fault]);
    }
  });

  test("are judged before anything else has come", () => {
    expect(TestDecoder.open().feed([Buffer.of(0x08)]).decoder.fault).toBe("wire.zmtp_frame");
    expect(TestDecoder.open().feed([zmtpFrame(MORE, "a"), Buffer.of(0x80)]).decoder.fault).toBe("wire.zmtp_frame");
  });
});

test("the frames and octets of one message count anew for the next", () => {
  const half = zmtpMessage(...Array.from({ length: zmtpFramesMax - 1 }, () => Buffer.alloc(10_000)));
  const open = TestDecoder.open().feed([
    half,
    half,
    half.subarray(0, SHORT_HEADER_BYTES),
    half.subarray(SHORT_HEADER_BYTES),
  ]);
  expect([open.heard.length, open.decoder.fault]).toEqual([3, undefined]);
});
