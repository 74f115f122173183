// The pipelined protocol's own frames: responses and refusals, octet by octet.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { createFramesProtocol, encodeResponse } from "./frames-protocol.ts";
import { feed, frame } from "./test-frames.ts";
import { TightSink } from "./test-sink.ts";
import type { TextPart } from "./text-parts.ts";

function reference(parts: readonly TextPart[]): Buffer {
  const texts = parts.map((part) => Buffer.from(typeof part === "number" ? String(part) : part));
  return frame(Buffer.concat(texts), { type: 2 });
}

describe("a response", () => {
  test.each([
    ["nothing", []],
    ["ASCII", ['{"ok":true}']],
    ["text of several octets a letter", ['{"client_id":"joão📮"}']],
    ["octets, numbers and text", [Buffer.from('{"id":'), 2 ** 53 - 1, ',"n":', 0, "}"]],
  ])("of %s is a frame of type 2 with the length in octets", (_, parts: TextPart[]) => {
    const sink = new TightSink(0);
    encodeResponse(parts, sink);
    expect(sink.written).toEqual(reference(parts));
  });

  test("after response follows without a gap, over any growth of the sink", () => {
    const part = fc.oneof(fc.string({ unit: anyCodePoint }), fc.maxSafeNat(), fc.uint8Array());
    const responses = fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 20 });
    const property = fc.property(responses, fc.nat(200), (all, spareBytes) => {
      const sink = new TightSink(spareBytes);
      for (const parts of all) encodeResponse(parts, sink);
      expect(sink.written).toEqual(Buffer.concat(all.map(reference)));
    });
    fc.assert(property, { seed: 12, numRuns: timesRuns(250) });
  });
});

describe("the frames protocol", () => {
  test("refuses with a response that says why, as JSON", () => {
    const refusal = Buffer.from(createFramesProtocol().refusal('too many "connections"') ?? []);
    const payload = refusal.subarray(12);
    expect(refusal).toEqual(frame(payload, { type: 2 }));
    expect(JSON.parse(payload.toString())).toEqual({ status: "error", error: 'too many "connections"' });
  });

  test("gives each connection a decoder of its own", () => {
    const protocol = createFramesProtocol();
    const decoders = [protocol.createDecoder(), protocol.createDecoder()];
    expect(decoders[0]).not.toBe(decoders[1]);
    decoders[0]?.push(frame("", { type: 2 }), 0);
    decoders[0]?.next(1);
    expect(decoders.map((decoder) => decoder.fault)).toEqual(["wire.unknown_frame_type", undefined]);
    expect(feed(decoders[1] as never, [frame("still read")])).toEqual(["still read"]);
  });
});
