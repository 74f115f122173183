// Publications are counted however their octets are cut, and what is missing, doubled or damaged among them is seen.

import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { PUBLICATION_PROTOCOLS } from "./messaging-protocols.ts";
import { createRecord, PROBE, RecordReader, TOPIC, writeRecords } from "./messaging-records.ts";

const BODY_BYTES = 40;
const PING = Buffer.from("PING\r\n");
const envelope = PUBLICATION_PROTOCOLS.nats.delivered(TOPIC, BODY_BYTES);
const record = createRecord(envelope, BODY_BYTES);
const headBytes = envelope.head.length;

const from = (first: number, count: number): Buffer => writeRecords(record, headBytes, first, count);

function read(...chunks: readonly Buffer[]) {
  const counts = { pings: 0 };
  const reader = new RecordReader({ record, headBytes, aside: { said: PING, answer: () => void counts.pings++ } });
  for (const chunk of chunks) reader.read(chunk);
  const { received, lost, wrong, probes } = reader;
  return { received, lost, wrong, probes, ...counts };
}

/** Cut behind each of these offsets, in order. */
function cut(octets: Buffer, offsets: readonly number[]): Buffer[] {
  const ends = [...new Set(offsets), octets.length].sort((left, right) => left - right);
  return ends.map((end, index) => octets.subarray(ends[index - 1] ?? 0, end)).filter((chunk) => chunk.length > 0);
}

describe("numbered publications", () => {
  test("are counted wherever they are cut, with what stands between them", () => {
    const octets = Buffer.concat([from(PROBE, 1), PING, from(1, 3), PING, from(4, 2)]);
    const offsets = fc.array(fc.integer({ min: 1, max: octets.length - 1 }));
    fc.assert(
      fc.property(offsets, (ends) => {
        expect(read(...cut(octets, ends))).toEqual({ received: 5, lost: 0, wrong: 0, probes: 1, pings: 2 });
      }),
      { seed: 1 },
    );
  });

  test("are counted where each octet comes alone", () => {
    const octets = Buffer.concat([from(1, 2), PING, from(3, 1)]);
    expect(read(...cut(octets, [...octets.keys()]))).toMatchObject({ received: 3, wrong: 0, pings: 1 });
  });

  test("are missed where numbers are passed over", () => {
    expect(read(from(1, 2), from(5, 1))).toMatchObject({ received: 3, lost: 2, wrong: 0 });
  });

  test("are wrong where they come twice", () => {
    expect(read(from(1, 2), from(2, 1))).toMatchObject({ received: 2, lost: 0, wrong: 1 });
  });

  test("are wrong where an octet is missing", () => {
    const octets = from(1, 3);
    expect(read(Buffer.concat([octets.subarray(0, 60), octets.subarray(61)])).wrong).toBeGreaterThan(0);
  });

  test("are wrong where one that is compared whole is damaged", () => {
    const octets = from(1_024, 1);
    octets[record.length - 5] = 0;
    expect(read(octets)).toMatchObject({ received: 0, wrong: 1 });
  });
});
