// ZMTP with something wrong in it, always the same: whatever comes, nothing throws, and little is kept.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "../testing/times-runs.ts";
import type { WireFault } from "./protocol.ts";
import { splitAt } from "./test-frames.ts";
import { greeting, MORE, octets, ready, TestDecoder, zmtpCommand, zmtpFrame, zmtpMessage } from "./test-zmtp.ts";
import type { ZmtpIdentity } from "./zmtp-handshake.ts";

const KEPT_BYTES_MAX = 10_000;
/** All that can be wrong with a stream of this length. */
const FAULTS: readonly WireFault[] = [
  "wire.frame_too_large",
  "wire.zmtp_command",
  "wire.zmtp_frame",
  "wire.zmtp_greeting",
  "wire.zmtp_handshake",
  "wire.zmtp_mechanism",
  "wire.zmtp_refused_by_peer",
  "wire.zmtp_socket_type",
  "wire.zmtp_version",
  "wire.zmtp_wrong_password",
];
/** Enough for each of them to be met. */
const RUNS = 3_000;
const hello = zmtpCommand("HELLO", "\u0003ana\u0007segredo");

interface Phase {
  readonly own: ZmtpIdentity;
  /** The peer has said this. */
  readonly before: Buffer;
}

const admits = ({ password }: { password: string }): boolean => password === "segredo";
const server = (socketType: ZmtpIdentity["socketType"]): ZmtpIdentity => ({ socketType, role: "server" });
const plain = greeting({ mechanism: "PLAIN" });
const credentials = { username: "ana", password: "segredo" };
const welcome = zmtpCommand("WELCOME");
const phases: readonly Phase[] = [
  { own: server("REP"), before: Buffer.alloc(0) },
  { own: server("REP"), before: greeting().subarray(0, 10) },
  { own: server("REP"), before: greeting() },
  { own: server("REP"), before: Buffer.concat([greeting(), ready("REQ")]) },
  { own: server("ROUTER"), before: Buffer.concat([greeting(), ready("REQ", "ana"), zmtpFrame(MORE, "a")]) },
  { own: server("XPUB"), before: Buffer.concat([greeting(), ready("SUB"), zmtpFrame(MORE, "a").subarray(0, 2)]) },
  { own: { ...server("REP"), admits }, before: plain },
  { own: { ...server("REP"), admits }, before: Buffer.concat([plain, hello]) },
  { own: { socketType: "REQ", role: "client", credentials }, before: plain },
  { own: { socketType: "REQ", role: "client", credentials }, before: Buffer.concat([plain, welcome]) },
];

const subscribed = Buffer.concat([ready("XSUB", "ana"), zmtpCommand("SUBSCRIBE", "news"), zmtpMessage("\u0001x")]);
const ping = zmtpCommand("PING", octets("000f", "aabb"));
const interrupted = Buffer.concat([zmtpFrame(MORE, "y".repeat(300)), ping, zmtpFrame(0, "z")]);
const ended = Buffer.concat([zmtpCommand("CANCEL", "news"), zmtpCommand("ERROR", "\u0003400")]);
const whole = Buffer.concat([greeting(), subscribed, zmtpMessage("a", "", "b"), ping, interrupted, ended]);

/** Feeds it, and says how it ended; what the decoder keeps and gives out is bounded by what it was given. */
function read({ own, before }: Phase, chunks: readonly Uint8Array[], counts: readonly number[]): WireFault | undefined {
  const reader = new TestDecoder(own);
  let given = before.length;
  reader.feed([before]);
  for (const [index, chunk] of chunks.entries()) {
    given += chunk.length;
    reader.feed([chunk], counts[index % counts.length]);
    const { partialBytes, holding, fault } = reader.decoder;
    expect(holding).toBe(false);
    // Until it has shaken hands the connection counts as one octet.
    expect(partialBytes).toBeLessThanOrEqual(fault === undefined ? Math.min(given + 1, KEPT_BYTES_MAX) : 0);
  }
  expect(reader.heard.flat().reduce((sum, each) => sum + each.length, 0)).toBeLessThanOrEqual(given + 10);
  const { fault } = reader.decoder;
  if (fault !== undefined) expect(FAULTS).toContain(fault);
  return fault;
}

type Change = readonly [how: string, place: number, count: number, mask: number];

const counts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
const cuts = fc.array(fc.nat(1_000), { maxLength: 10 });

describe("whatever comes", () => {
  test("in each phase: random octets, and frames of random octets", () => {
    const faults = new Set<WireFault | undefined>();
    const flags = fc.constantFrom(0, 1, 2, 3, 4, 4, 4, 6);
    const names = fc.constantFrom("READY", "PING", "HELLO", "WELCOME", "INITIATE", "ERROR", "SUBSCRIBE", "x");
    const noise = fc.uint8Array({ maxLength: 40 });
    const chunk = fc.oneof(
      noise,
      fc.tuple(flags, noise).map(([each, body]) => zmtpFrame(each, body)),
      fc.tuple(names, noise).map(([name, data]) => zmtpCommand(name, data)),
      fc.constantFrom(greeting(), ready("REQ"), ready("SUB"), hello, zmtpCommand("HELLO", "\u0001a\u0001b")),
    );
    const chunks = fc.array(chunk, { minLength: 1, maxLength: 8 });
    const property = fc.property(fc.constantFrom(...phases), chunks, counts, (phase, all, some) => {
      faults.add(read(phase, all, some));
    });
    fc.assert(property, { seed: 1, numRuns: Math.max(RUNS, timesRuns(RUNS)) });
    expect(FAULTS.filter((fault) => !faults.has(fault))).toEqual([]);
  });

  test("of a stream that is right but for some octets: changed, left out, said twice or put in", () => {
    const faults = new Set<WireFault | undefined>();
    const how = fc.constantFrom("change", "leave out", "repeat", "put in");
    const change = fc.tuple(how, fc.nat(whole.length - 1), fc.integer({ min: 1, max: 12 }), fc.nat(255));
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    const phase: Phase = { own: server("XPUB"), before: Buffer.alloc(0) };
    const property = fc.property(changes, cuts, counts, (all, offsets, some) => {
      const stream = all.reduce((bytes: Buffer, each) => changed(bytes, each), whole);
      faults.add(read(phase, splitAt(stream, offsets), some));
    });
    fc.assert(property, { seed: 2, numRuns: Math.max(RUNS, timesRuns(RUNS)) });
    expect(FAULTS.filter((fault) => !faults.has(fault))).toEqual(["wire.zmtp_wrong_password"]);
  });
});

function changed(bytes: Buffer, [how, place, count, mask]: Change): Buffer {
  const offset = Math.min(place, bytes.length);
  const [head, some, tail] = [
    bytes.subarray(0, offset),
    bytes.subarray(offset, offset + count),
    bytes.subarray(offset + count),
  ];
  if (how === "leave out") return Buffer.concat([head, tail]);
  if (how === "repeat") return Buffer.concat([head, some, some, tail]);
  if (how === "put in") return Buffer.concat([head, Buffer.alloc(count, mask), some, tail]);
  return Buffer.concat([head, some.map((octet) => octet ^ mask), tail]);
}
