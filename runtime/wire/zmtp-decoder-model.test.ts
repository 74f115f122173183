// Any sequence of messages and commands, cut anywhere and asked for in any portions, against a model of what was sent.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { WireFault } from "./protocol.ts";
import { splitAt } from "./test-frames.ts";
import { greeting, type Heard, heardOf, MORE, ready, TestDecoder, zmtpCommand, zmtpFrame } from "./test-zmtp.ts";
import { ZmtpMessage } from "./zmtp-message.ts";

/** A part of a stream, and what has to come of it. */
interface Part {
  readonly bytes: Buffer;
  readonly heard: readonly Heard[];
  readonly answers: readonly Buffer[];
}

interface End {
  readonly bytes: Buffer;
  readonly fault: WireFault | undefined;
  readonly partialBytes: number;
}

const body = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 2, arbitrary: fc.constant(new Uint8Array()) },
  { weight: 1, arbitrary: fc.integer({ min: 250, max: 2_000 }).map((length) => new Uint8Array(length).fill(0x62)) },
);
const bodies = fc.array(body, { minLength: 1, maxLength: 6 });

const pings: fc.Arbitrary<Part> = fc.uint8Array({ maxLength: 16 }).map((context) => ({
  bytes: zmtpCommand("PING", Buffer.concat([Buffer.of(0, 9), context])),
  heard: [],
  answers: [zmtpCommand("PONG", context)],
}));
const unknown = fc.constantFrom("PONG", "READY", "SUBSCRIBED", "x");
const commands = fc.oneof(
  pings,
  fc.tuple(unknown, body).map(([name, data]): Part => ({ bytes: zmtpCommand(name, data), heard: [], answers: [] })),
);
const subscriptions = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 })).map(([subscribes, topic]): Part => {
  const heard = `${subscribes ? "+" : "-"}${Buffer.from(topic).toString("latin1")}`;
  return { bytes: zmtpCommand(subscribes ? "SUBSCRIBE" : "CANCEL", topic), heard: [heard], answers: [] };
});

/** A message as our own side writes it. */
const written = bodies.map((frames): Part => {
  const heard = frames.map((frame) => Buffer.from(frame).toString("latin1"));
  return { bytes: Buffer.from(ZmtpMessage.of(frames).encodedFor()), heard: [heard], answers: [] };
});
/** One with commands between its frames. */
const interrupted = fc.tuple(bodies, fc.array(fc.tuple(fc.nat(5), commands), { maxLength: 4 })).map(([frames, put]) => {
  const bytes: Buffer[] = [];
  const answers: Buffer[] = [];
  for (const [index, frame] of frames.entries()) {
    for (const [before, command] of put) {
      if (before !== index) continue;
      bytes.push(command.bytes);
      answers.push(...command.answers);
    }
    bytes.push(zmtpFrame(index < frames.length - 1 ? MORE : 0, frame));
  }
  const heard = frames.map((frame) => Buffer.from(frame).toString("latin1"));
  return { bytes: Buffer.concat(bytes), heard: [heard], answers };
});

const parts = fc.array(fc.oneof(written, interrupted, commands, subscriptions), { maxLength: 20, size: "max" });
const rest = fc.uint8Array({ maxLength: 30 });
const open: End = { bytes: Buffer.alloc(0), fault: undefined, partialBytes: 0 };
const faulty = (bytes: Buffer, fault: WireFault) =>
  rest.map((behind) => ({ bytes: Buffer.concat([bytes, behind]), fault, partialBytes: 0 }));
const cutFrame = zmtpFrame(MORE, "cut here");
const ends: fc.Arbitrary<End> = fc.oneof(
  fc.constant(open),
  fc
    .integer({ min: 1, max: cutFrame.length })
    .map((cut) => ({ ...open, bytes: cutFrame.subarray(0, cut), partialBytes: cut })),
  faulty(zmtpFrame(0x40, "x"), "wire.zmtp_frame"),
  faulty(zmtpFrame(5, "x"), "wire.zmtp_frame"),
  faulty(zmtpFrame(4, ""), "wire.zmtp_command"),
  faulty(zmtpCommand("ERROR"), "wire.zmtp_refused_by_peer"),
  fc
    .bigInt({ min: BigInt(limits.zmtpMessageBytesMax) + 1n, max: 2n ** 64n - 1n })
    .chain((size) => faulty(zmtpFrame(0, "x", size), "wire.frame_too_large")),
);
const portions = fc
  .array(fc.nat(8), { minLength: 1, maxLength: 20 })
  .filter((counts) => counts.some((count) => count > 0));

const shaken: Part = { bytes: Buffer.concat([greeting(), ready("XSUB", "ana")]), heard: ["XSUB/ana 3.1"], answers: [] };

describe("any stream of messages and commands", () => {
  test("gives the messages, the answers and the end of the model, however it is cut and asked for", () => {
    const cuts = fc.array(fc.nat(20_000), { maxLength: 60 });
    const property = fc.property(parts, ends, cuts, portions, (sent, end, offsets, counts) => {
      const all = [shaken, ...sent];
      const bytes = Buffer.concat([...all.map((part) => part.bytes), end.bytes]);
      const reader = new TestDecoder({ socketType: "XPUB" });
      const { decoder } = reader;
      const before = reader.sent.length;
      let asked = 0;
      for (const chunk of splitAt(
        bytes,
        offsets.map((offset) => offset % (bytes.length + 1)),
      )) {
        decoder.push(Buffer.from(chunk), asked);
        // Where it was asked for none, the rest waits.
        while (decoder.holding) takeOne(reader, counts[asked++ % counts.length] as number);
      }
      expect(reader.heard).toEqual(all.flatMap((part) => part.heard));
      const answers = Buffer.concat(all.flatMap((part) => part.answers));
      expect(reader.sent.subarray(before + ready("XPUB").length).toString("hex")).toBe(answers.toString("hex"));
      expect(decoder).toMatchObject({ fault: end.fault, partialBytes: end.partialBytes });
    });
    fc.assert(property, { seed: 20_261_122, numRuns: timesRuns(500) });
  });
});

/** One batch, which may have no more than was asked for; without one, all that was asked for is there or is to come. */
function takeOne({ decoder, heard }: TestDecoder, countMax: number): void {
  const batch = decoder.next(countMax);
  if (batch === undefined) return void (countMax > 0 && expect(decoder.holding).toBe(false));
  expect(batch.remaining).toBeWithin(1, countMax + 1);
  while (batch.remaining > 0) heard.push(heardOf(batch.take()));
  batch.release();
}
