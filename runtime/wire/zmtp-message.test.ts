// Messages of ZMTP: frames into octets and back, subscriptions in both forms, and the envelope of a request.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "../testing/times-runs.ts";
import { TightSink } from "./test-sink.ts";
import { latin1, octets, zmtpCommand, zmtpFrame, zmtpMessage } from "./test-zmtp.ts";
import { splitEnvelope } from "./zmtp-envelope.ts";
import { subscriptionMessage, ZmtpMessage } from "./zmtp-message.ts";
import { createZmtpProtocol } from "./zmtp-protocol.ts";

const received = (wire: Uint8Array): ZmtpMessage => new ZmtpMessage(Buffer.from(wire), 0, wire.length);

const buffers = (...frames: readonly string[]): Buffer[] => frames.map((frame) => Buffer.from(frame));

describe("a message", () => {
  // As libzmq 4.3.4 sends them.
  test.each([
    ["a request", ["", "Hello", "World"], "0100 0105 48656c6c6f 0005 576f726c64"],
    ["an empty frame", [""], "0000"],
    ["255 octets", ["y".repeat(255)], `00ff ${"79".repeat(255)}`],
    ["256 octets", ["a", "y".repeat(256)], `0101 61 02 0000000000000100 ${"79".repeat(256)}`],
    ["UTF-8", ["é"], "0002 c3a9"],
    ["octets", [Uint8Array.of(0xff, 0x00)], "0002 ff00"],
  ])("of %s has these octets", (_, frames: (string | Uint8Array)[], hex) => {
    expect(Buffer.from(ZmtpMessage.of(frames).encodedFor()).toString("hex")).toBe(octets(hex).toString("hex"));
  });

  test("gives back the frames that it was made of, whatever they are", () => {
    const sizes = fc.oneof(fc.nat(40), fc.integer({ min: 250, max: 260 }), fc.integer({ min: 65_000, max: 66_000 }));
    const frame = sizes.map((length) => Buffer.alloc(length, length));
    const property = fc.property(fc.array(frame, { minLength: 1, maxLength: 10 }), (frames) => {
      const message = ZmtpMessage.of(frames);
      expect(Buffer.concat(message.frames()).equals(Buffer.concat(frames))).toBe(true);
      expect(message.frames().map((each) => each.length)).toEqual(frames.map((each) => each.length));
      expect(message.octets.subarray(message.firstStart, message.firstEnd).equals(frames[0] as Buffer)).toBe(true);
      expect(Buffer.from(message.encodedFor()).equals(zmtpMessage(...frames))).toBe(true);
      expect(message.bytes).toBe(message.encodedFor().length);
    });
    fc.assert(property, { seed: 37, numRuns: timesRuns(100) });
  });

  test("is where it lies: what stands before and behind it is not of it", () => {
    const around = Buffer.concat([zmtpMessage("before"), zmtpMessage("a", "b"), zmtpMessage("behind")]);
    const message = new ZmtpMessage(around, 8, 8 + zmtpMessage("a", "b").length);
    expect(latin1(message.frames())).toEqual(["a", "b"]);
    expect(message.encodedFor()).toEqual(zmtpMessage("a", "b"));
    expect(message.value).toBe(message);
  });

  test("goes out as its octets, one behind the other, over any growth of the sink", () => {
    const { encode } = createZmtpProtocol({ socketType: "PUB", role: "server" });
    const sink = new TightSink(9);
    const all = [["a"], ["", "b".repeat(300)], ["c"]].map((frames) => ZmtpMessage.of(frames));
    for (const message of all) encode(message, sink);
    expect(sink.written).toEqual(Buffer.concat(all.map((message) => message.encodedFor())));
  });
});

test("a protocol is named for its socket, and says nothing to whom it does not admit", () => {
  const protocol = createZmtpProtocol({ socketType: "XPUB", role: "server" });
  expect([protocol.name, protocol.refusal("net.connections_max")]).toEqual(["zmtp-xpub", undefined]);
});

describe("a subscription", () => {
  const subscribing = { subscribes: true, topic: Buffer.from("news") };
  const cancelling = { subscribes: false, topic: Buffer.alloc(0) };

  test.each([
    ["a message", zmtpMessage("\u0001news"), subscribing],
    ["a message in a LONG frame", zmtpFrame(2, "\u0001news"), subscribing],
    ["a command", zmtpCommand("SUBSCRIBE", "news"), subscribing],
    ["a message that cancels all", zmtpMessage("\u0000"), cancelling],
    ["a command that cancels all", zmtpCommand("CANCEL"), cancelling],
  ])("may be %s", (_, wire, expected) => {
    expect(received(wire).subscription()).toEqual(expected);
  });

  test.each([
    ["an empty frame", zmtpMessage("")],
    ["one that begins with another octet", zmtpMessage("\u0002news")],
    ["the first of two frames", zmtpMessage("\u0001news", "")],
  ])("is not %s", (_, wire) => {
    expect(received(wire).subscription()).toBeUndefined();
  });

  test("of ours is a message, which every version understands", () => {
    expect(subscriptionMessage(subscribing).encodedFor()).toEqual(octets("0005 01 6e657773"));
    expect(subscriptionMessage(cancelling).encodedFor()).toEqual(octets("0001 00"));
  });
});

describe("the envelope of a request", () => {
  test.each([
    ["of REQ is the empty frame", ["", "ask"], [""], ["ask"]],
    [
      "with correlation has an id before that",
      ["\u0001\u0002\u0003\u0004", "", "ask", ""],
      ["\u0001\u0002\u0003\u0004", ""],
      ["ask", ""],
    ],
    ["over two brokers has two identities", ["a", "b", "", "", "c"], ["a", "b", ""], ["", "c"]],
    ["may have nothing behind it", ["a", ""], ["a", ""], []],
  ])("%s", (_, frames, envelope, body) => {
    expect(splitEnvelope(buffers(...frames))).toEqual({ envelope: buffers(...envelope), body: buffers(...body) });
  });

  test("is not there where no frame is empty", () => {
    expect(splitEnvelope(buffers("a", "b"))).toBeUndefined();
    expect(splitEnvelope([])).toBeUndefined();
  });
});
