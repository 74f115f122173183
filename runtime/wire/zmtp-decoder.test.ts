// The decoder of ZMTP: the same messages on any split, nothing copied that arrived whole, and commands that pass by.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { singleBytes, splitAt } from "./test-frames.ts";
import {
  greeting,
  type Heard,
  MORE,
  octets,
  ready,
  TestDecoder,
  zmtpCommand,
  zmtpFrame,
  zmtpMessage,
} from "./test-zmtp.ts";
import type { ZmtpBatch } from "./zmtp-batch.ts";
import type { ZmtpDecoder } from "./zmtp-decoder.ts";
import type { ZmtpMessage } from "./zmtp-message.ts";
import { createZmtpProtocol } from "./zmtp-protocol.ts";

const large = "x".repeat(300);
const messages: readonly (readonly string[])[] = [["one"], ["", "two", ""], [""], [large, "três"]];
const stream = Buffer.concat(
  messages.map((frames) => zmtpMessage(...frames.map((frame) => Buffer.from(frame, "latin1")))),
);
const ping = zmtpCommand("PING", octets("0000", "aabb"));
const pong = octets("04 07 04 504f4e47 aabb");
/** What is seen of a decoder from outside when nothing is left in it. */
const EMPTY = { holding: false, partialBytes: 0, fault: undefined, finished: false, quietMs: undefined };

describe("a stream of messages", () => {
  test("gives their frames in order, empty ones too", () => {
    const { decoder, heard } = TestDecoder.open().feed([stream]);
    expect(heard).toEqual([...messages]);
    expect(decoder).toMatchObject(EMPTY);
  });

  test("gives the same one octet at a time, and at each single split", () => {
    expect(TestDecoder.open().feed(singleBytes(stream)).heard).toEqual([...messages]);
    for (let offset = 1; offset < stream.length; offset++) {
      const { decoder, heard } = TestDecoder.open().feed(splitAt(stream, [offset]));
      expect(heard).toEqual([...messages]);
      expect(decoder).toMatchObject(EMPTY);
    }
  });

  test("may begin in the chunk that ends the handshake", () => {
    const open = new TestDecoder().feed([Buffer.concat([greeting(), ready("REQ", "ana"), stream])]);
    expect(open.heard).toEqual(["REQ/ana 3.1", ...messages]);
  });

  test("ends between messages or within one: what is not whole is counted, and given out by nobody", () => {
    const open = TestDecoder.open().feed([stream, zmtpMessage("", "cut").subarray(0, 5)]);
    expect(open.heard).toEqual([...messages]);
    open.decoder.flush();
    expect(open.take().decoder).toMatchObject({ ...EMPTY, partialBytes: 5 });
    expect(open.feed([zmtpMessage("", "cut").subarray(5)]).heard.at(-1)).toEqual(["", "cut"]);
    expect(open.decoder.partialBytes).toBe(0);
  });

  test("of LONG frames that need not be is understood", () => {
    const long = Buffer.concat([zmtpFrame(MORE | 2, "a"), zmtpFrame(2, "")]);
    expect(TestDecoder.open().feed([long]).heard).toEqual([["a", ""]]);
  });

  test("is partial until the peer has shaken hands: the whole connection is a message that is not whole", () => {
    const open = new TestDecoder();
    expect(open.decoder.partialBytes).toBe(1);
    expect(open.feed([greeting(), ready("REQ")]).decoder.partialBytes).toBe(0);
  });
});

describe("batches", () => {
  test("hold countMax messages at most; the chunk is held until the rest is asked for", () => {
    const open = TestDecoder.open();
    open.decoder.push(stream, 7);
    expect(open.decoder.next(0)).toBeUndefined();
    expect(open.decoder.holding).toBe(true);
    const batch = open.decoder.next(2) as ZmtpBatch;
    expect(batch).toMatchObject({ remaining: 2, arrivedMs: 7, bytes: 2 + 3 + (2 + 2 + 3 + 2) });
    expect(open.decoder.holding).toBe(true);
    expect(open.take().heard).toEqual(messages.slice(2) as Heard[]);
    expect(open.decoder).toMatchObject(EMPTY);
  });

  test("hold zmtpMessagesPerBatch messages at most, whatever is asked for", () => {
    const { decoder } = TestDecoder.open();
    decoder.push(Buffer.concat(Array.from({ length: limits.zmtpMessagesPerBatch + 1 }, () => zmtpMessage("x"))), 0);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(limits.zmtpMessagesPerBatch);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(1);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  test("that take exactly all of a chunk leave nothing held", () => {
    const { decoder } = TestDecoder.open();
    decoder.push(stream, 0);
    expect(decoder.next(messages.length)?.remaining).toBe(messages.length);
    expect(decoder.holding).toBe(false);
  });

  test("a batch keeps its messages while the next chunk is decoded", () => {
    const open = TestDecoder.open();
    open.decoder.push(zmtpMessage("first"), 0);
    const batch = open.decoder.next(10) as ZmtpBatch;
    expect(open.feed([zmtpMessage("second")]).heard).toEqual([["second"]]);
    expect((batch.take() as ZmtpMessage).frames().map(String)).toEqual(["first"]);
  });

  test("released ones are used again, by every decoder of the protocol", () => {
    const protocol = createZmtpProtocol({ socketType: "ROUTER", role: "server" });
    const [left, right] = [protocol.createDecoder() as ZmtpDecoder, protocol.createDecoder() as ZmtpDecoder];
    left.push(Buffer.concat([greeting(), ready("REQ")]), 0);
    const batch = left.next(10) as ZmtpBatch;
    batch.release();
    right.push(Buffer.concat([greeting(), ready("DEALER")]), 0);
    expect(right.next(10)).toBe(batch);
    expect(batch.take()).toMatchObject({ socketType: "DEALER" });
    batch.release();
    left.push(zmtpMessage("m"), 0);
    expect(left.next(10)).toBe(batch);
    expect((batch.take() as ZmtpMessage).frames().map(String)).toEqual(["m"]);
  });

  test("a message that arrived whole is not copied: it is read where the socket put it", () => {
    const { decoder } = TestDecoder.open();
    const chunk = Buffer.concat([zmtpMessage("before"), zmtpMessage("cut").subarray(0, 3)]);
    decoder.push(chunk, 0);
    const batch = decoder.next(10) as ZmtpBatch;
    chunk.write("edited", 2);
    expect((batch.take() as ZmtpMessage).frames().map(String)).toEqual(["edited"]);
  });

  test("a message that was cut lies in memory of its own: the chunk is free for others", () => {
    const open = TestDecoder.open();
    const chunk = zmtpMessage("", "a cut message").subarray(0, 9);
    open.decoder.push(chunk, 0);
    expect(open.decoder.next(10)).toBeUndefined();
    expect(open.decoder.holding).toBe(false);
    chunk.fill(0);
    expect(open.feed([zmtpMessage("", "a cut message").subarray(9)]).heard).toEqual([["", "a cut message"]]);
  });
});

describe("a PING", () => {
  test("is answered with its context, before, between and behind messages, and within one", () => {
    const within = Buffer.concat([zmtpFrame(MORE, "a"), ping, zmtpFrame(MORE, "b"), ping, ping, zmtpFrame(0, "c")]);
    const all = Buffer.concat([ping, zmtpMessage("x"), ping, within, zmtpMessage("y"), ping]);
    for (const chunks of [[all], singleBytes(all)]) {
      const { decoder, heard, sent } = TestDecoder.open().feed(chunks);
      expect(heard).toEqual([["x"], ["a", "b", "c"], ["y"]]);
      expect(sent).toEqual(Buffer.concat(Array.from({ length: 6 }, () => pong)));
      expect(decoder).toMatchObject(EMPTY);
    }
  });

  test("that was cut has what stands behind it in the chunk that completes it given out at once", () => {
    const all = Buffer.concat([ping, zmtpMessage("x"), ping, zmtpMessage("", "y")]);
    for (let offset = 1; offset < ping.length; offset++) {
      const { decoder, heard } = TestDecoder.open().feed(splitAt(all, [offset]));
      expect(heard).toEqual([["x"], ["", "y"]]);
      expect(decoder).toMatchObject(EMPTY);
    }
  });

  test("is answered while there is no room for a message; the message behind it waits", () => {
    const open = TestDecoder.open();
    open.feed([Buffer.concat([ping, ping, zmtpMessage("x"), ping])], 0);
    expect([open.heard, open.sent]).toEqual([[], Buffer.concat([pong, pong])]);
    expect(open.decoder.holding).toBe(true);
    expect(open.take(1).heard).toEqual([["x"]]);
    expect([open.sent.length, open.decoder.holding]).toEqual([3 * pong.length, false]);
  });

  test("alone, without room, leaves nothing held: more can be read", () => {
    expect(TestDecoder.open().feed([ping], 0).decoder).toMatchObject(EMPTY);
  });

  test("says how long a silence the peer allows itself, in tenths of a second; 0 = any", () => {
    const { decoder } = TestDecoder.open();
    const silences = ["0001", "000f", "ffff", "0000"].map((ttl) => {
      decoder.push(zmtpCommand("PING", octets(ttl)), 0);
      decoder.next(1);
      return decoder.silenceMaxMs;
    });
    expect(silences).toEqual([100, 1_500, 6_553_500, Number.POSITIVE_INFINITY]);
  });

  test("of ours is asked for from 3.1 on, and not of a peer that has not shaken hands", () => {
    expect(new TestDecoder().feed([greeting()]).decoder.ping()).toBe(false);
    expect(TestDecoder.open({}, "DEALER", 0).decoder.ping()).toBe(false);
    const open = TestDecoder.open({}, "DEALER", 1);
    expect(open.decoder.ping()).toBe(true);
    expect(open.sent).toEqual(octets("04 07 04 50494e47 0000"));
    expect(open.feed([zmtpCommand("PONG")]).decoder).toMatchObject(EMPTY);
  });
});

describe("a subscription", () => {
  const news = zmtpCommand("SUBSCRIBE", "news");

  test("is a message to a publisher, in order with the others, however it comes", () => {
    const all = Buffer.concat([
      zmtpMessage("a"),
      news,
      zmtpMessage("\u0001x"),
      zmtpCommand("CANCEL"),
      zmtpMessage("b"),
    ]);
    for (const chunks of [[all], singleBytes(all)]) {
      const open = TestDecoder.open({ socketType: "XPUB" }, "XSUB").feed(chunks);
      expect(open.heard).toEqual([["a"], "+news", ["\u0001x"], "-", ["b"]]);
    }
  });

  test("to another socket is a command that means nothing", () => {
    for (const chunks of [[news, zmtpMessage("a")], singleBytes(Buffer.concat([news, zmtpMessage("a")]))]) {
      const { decoder, heard, sent } = TestDecoder.open().feed(chunks);
      expect([heard, sent.length, decoder.fault]).toEqual([[["a"]], 0, undefined]);
    }
  });

  test("within a message is a fault: it would come before what was sent before it", () => {
    const within = Buffer.concat([zmtpMessage("a"), zmtpFrame(MORE, "b"), news, zmtpFrame(0, "c")]);
    for (const chunks of [[within], singleBytes(within)]) {
      const { decoder, heard } = TestDecoder.open({ socketType: "PUB" }, "SUB").feed(chunks);
      expect([heard, decoder.fault]).toEqual([[["a"]], "wire.zmtp_command"]);
    }
  });

  test.each(["SUBSCRIB", "SUBSCRIBER", "subscribe", "CANCE", "CANCELS"])("is not what is called %s", (name) => {
    const { decoder, heard } = TestDecoder.open({ socketType: "PUB" }, "SUB").feed([zmtpCommand(name, "news")]);
    expect([heard, decoder.fault]).toEqual([[], undefined]);
  });
});

describe("a command", () => {
  test.each(["PONG", "READY", "HELLO", "X", "n".repeat(255)])("called %.9s changes nothing", (name) => {
    const { decoder, heard, sent } = TestDecoder.open().feed([zmtpCommand(name, "data"), zmtpMessage("a")]);
    expect([heard, sent.length, decoder.fault]).toEqual([[["a"]], 0, undefined]);
  });

  test.each([
    ["without a body", zmtpFrame(4, "")],
    ["with an empty name", zmtpFrame(4, "\u0000rest")],
    ["with a name that is longer than its body", zmtpFrame(4, "\u0005PING")],
    ["PING without a time to live", zmtpCommand("PING", "\u0000")],
    ["PING with 17 octets of context", zmtpCommand("PING", Buffer.alloc(2 + 17))],
  ])("%s is a fault", (_, malformed) => {
    for (const chunks of [[zmtpMessage("a"), malformed], singleBytes(Buffer.concat([zmtpMessage("a"), malformed]))]) {
      const { decoder, heard } = TestDecoder.open().feed(chunks);
      expect([heard, decoder.fault]).toEqual([[["a"]], "wire.zmtp_command"]);
    }
  });

  test("PING with 16 octets of context has all of them back", () => {
    const { sent } = TestDecoder.open().feed([zmtpCommand("PING", Buffer.alloc(2 + 16, 0x63))]);
    expect(sent).toEqual(zmtpCommand("PONG", "c".repeat(16)));
  });

  test.each([
    ["", [zmtpCommand("ERROR", "\u0003400")]],
    [" within a message", [zmtpFrame(MORE, "a"), zmtpCommand("ERROR")]],
  ])("ERROR%s says that the peer has given us up", (_, chunks) => {
    expect(TestDecoder.open().feed(chunks).decoder.fault).toBe("wire.zmtp_refused_by_peer");
  });
});

describe("the end of a stream", () => {
  const bad = zmtpFrame(8, "x");

  test("messages before a fault are given out even when they are asked for one by one", () => {
    const { decoder, heard } = TestDecoder.open().feed([Buffer.concat([stream, bad])], 1);
    expect([heard, decoder.fault]).toEqual([[...messages], "wire.zmtp_frame"]);
  });

  test("whatever comes after a fault is ignored, in the same chunk and in later ones", () => {
    const open = TestDecoder.open().feed([Buffer.concat([bad, stream, ping]), stream, ...singleBytes(ping)]);
    expect([open.heard, open.sent.length]).toEqual([[], 0]);
    expect(open.decoder).toMatchObject({ ...EMPTY, fault: "wire.zmtp_frame" });
  });
});
