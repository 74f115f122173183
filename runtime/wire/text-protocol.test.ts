// Text as a listener speaks it: written as it is, and what is said to those who are refused or let go.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { feed } from "./test-frames.ts";
import { TightSink } from "./test-sink.ts";
import { createTextProtocol } from "./text-protocol.ts";

const protocol = createTextProtocol();
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

describe("the text protocol", () => {
  test("writes texts one behind the other as UTF-8, and adds nothing", () => {
    const all = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 20 });
    const property = fc.property(all, fc.nat(100), (texts, spareBytes) => {
      const sink = new TightSink(spareBytes);
      for (const text of texts) protocol.encode(text, sink);
      expect(sink.written.toString()).toBe(texts.join(""));
    });
    fc.assert(property, { seed: 4_096, numRuns: 500 });
  });

  test("gives each connection a decoder of its own", () => {
    const [one, other] = [protocol.createDecoder(), protocol.createDecoder()];
    expect(feed(one, [Buffer.from("EC")])).toEqual([]);
    expect(feed(other, [Buffer.from("TIME\n")])).toEqual(["TIME\n"]);
    expect(feed(one, [Buffer.from("HO\n")])).toEqual(["ECHO\n"]);
  });

  test.each([
    ["net.connections_max", "ERROR: Servidor cheio (net.connections_max).\n"],
    ["net.connections_per_address_max", "ERROR: Conexões demais deste endereço (net.connections_per_address_max).\n"],
    ["net.draining", "ERROR: Servidor encerrando (net.draining).\n"],
    ["constructor", "ERROR: Conexão recusada (constructor).\n"],
  ])("says %s in one line to who is refused", (reason, line) => {
    expect(textOf(protocol.refusal(reason))).toBe(line);
  });

  test.each([
    ["idle_timeout", "* ! idle_timeout Conexão encerrada por inatividade.\n"],
    ["shutdown", "* ! shutdown Servidor encerrando.\n"],
    ["wire.line_too_long", "ERROR: Linha longa demais (wire.line_too_long).\n"],
  ])("says %s in one line to whose connection is ended for that", (reason, line) => {
    expect(textOf(protocol.farewell?.(reason))).toBe(line);
  });

  test.each(["disconnect", "exit", "close", "constructor"])("says nothing where the reason is %s", (reason) => {
    expect(protocol.farewell?.(reason)).toBeUndefined();
  });
});
