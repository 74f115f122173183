// Messages as they travel: shorter where deflate makes them so, and never longer than may be when they come out.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { packMessage, unpackMessage } from "./compression.ts";

const bomb = (length: number) => unpackMessage({ wire: deflateRawSync(Buffer.alloc(length)), compressed: true });
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a message", () => {
  test("is compressed where that is shorter", () => {
    const line = octets("* lobby 43 2026-11-21T12:00:00.123Z ana: ECHO: Comando recebido com sucesso.");
    const { wire, compressed } = packMessage(line);
    expect(compressed).toBe(true);
    expect(wire.length).toBeLessThan(line.length / 2);
    expect(unpackMessage({ wire, compressed })).toEqual(Buffer.from(line));
  });

  test("can be inflated by whoever has read docs/datagrams.md", () => {
    const document = readFileSync(join(import.meta.dir, "../../docs/datagrams.md"), "utf8");
    const [, block = ""] = /^```text\n(WHO [^`]*)\n```$/m.exec(document) ?? [];
    const line = "* lobby 43 2026-11-21T12:00:00.123Z ana: ECHO: Comando recebido com sucesso.";
    const { wire } = packMessage(octets(line));
    expect(inflateRawSync(wire, { dictionary: octets(block.replaceAll("\n", "")) }).toString()).toBe(line);
  });

  test("stays as it is where that is not longer", () => {
    const noise = Uint8Array.from({ length: 200 }, (_, index) => (index * index * 151 + index * 7) % 251);
    expect(packMessage(noise)).toEqual({ wire: noise, compressed: false });
  });

  test("is not even tried below datagramCompressBytesMin", () => {
    const long = octets("x".repeat(limits.datagramCompressBytesMin));
    expect(packMessage(long).compressed).toBe(true);
    expect(packMessage(long.subarray(1)).compressed).toBe(false);
  });

  test("comes out as it went in, never longer on its way", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 3_000 }), fc.string({ maxLength: 500 }).map(octets)),
        (message) => {
          const packed = packMessage(message);
          expect(packed.wire.length).toBeLessThanOrEqual(message.length);
          expect([...(unpackMessage(packed) as Uint8Array)]).toEqual([...message]);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("what claims to be compressed", () => {
  test("may become as long as a message may be, and not one octet longer", () => {
    expect(bomb(limits.datagramMessageBytesMax)?.length).toBe(limits.datagramMessageBytesMax);
    expect(bomb(limits.datagramMessageBytesMax + 1)).toBeUndefined();
    expect(bomb(50_000_000)).toBeUndefined();
  });

  test("and is not, is no message; it never throws", () => {
    const { wire } = packMessage(octets("ECHO ".repeat(100)));
    expect(unpackMessage({ wire: wire.subarray(0, -1), compressed: true })).toBeUndefined();
    expect(unpackMessage({ wire: new Uint8Array(0), compressed: true })).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array(), (garbage) => void unpackMessage({ wire: garbage, compressed: true })),
      { seed: 4, numRuns: 300 },
    );
  });
});
