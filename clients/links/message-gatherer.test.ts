// Messages without an end: what comes in one piece, what is cut anywhere, and what is too long.
import { describe, expect, test } from "bun:test";

import { MESSAGE_LENGTH_MAX, MessageGatherer, SILENCE_MS, UNFINISHED_MS } from "./message-gatherer.ts";

const grammar = { whole: /^p[io]ng/, unfinished: /^play;\d*;?$/ };

function gathered(...chunks: readonly string[]): readonly (readonly string[] | undefined)[] {
  const gatherer = new MessageGatherer(grammar);
  return [...chunks.map((chunk) => gatherer.take(Buffer.from(chunk))), [gatherer.rest()]];
}

describe("a message", () => {
  test("without an end is what came before the silence", () => {
    expect(gathered("play;1;2")).toEqual([[], ["play;1;2"]]);
  });

  test.each(["play;1;2\n", "play;1;2\r\n"])("may be a line: %j", (line) => {
    expect(gathered(line)).toEqual([["play;1;2"], [""]]);
  });

  test("may be cut anywhere", () => {
    const gatherer = new MessageGatherer(grammar);
    const messages = Array.from("play;1;2\nolá\npingpong", (part) => gatherer.take(Buffer.from(part)) ?? ["?"]).flat();
    expect(messages).toEqual(["play;1;2", "olá", "ping", "pong"]);
    expect(gatherer.rest()).toBe("");
  });

  test("may be cut within a character", () => {
    const gatherer = new MessageGatherer(grammar);
    for (const octet of Buffer.from("é")) gatherer.take(Uint8Array.of(octet));
    expect(gatherer.rest()).toBe("é");
  });

  test("that nothing can follow needs no silence, also where others follow at once", () => {
    expect(gathered("pingpon", "g")).toEqual([["ping"], ["pong"], [""]]);
    expect(gathered("ping\npong\n")).toEqual([["ping", "pong"], [""]]);
  });

  test("that is empty is one too", () => {
    expect(gathered("\n\n")).toEqual([["", ""], [""]]);
  });

  test("that cannot be whole is waited for longer", () => {
    const gatherer = new MessageGatherer(grammar);
    expect(gatherer.silenceMs).toBeUndefined();
    gatherer.take(Buffer.from("play;1;"));
    expect(gatherer.silenceMs).toBe(UNFINISHED_MS);
    gatherer.take(Buffer.from("2"));
    expect(gatherer.silenceMs).toBe(SILENCE_MS);
    gatherer.rest();
    expect(gatherer.silenceMs).toBeUndefined();
  });

  test("has so many characters and no more, with and without its end", () => {
    const longest = "x".repeat(MESSAGE_LENGTH_MAX);
    expect(gathered(longest)).toEqual([[], [longest]]);
    expect(gathered(`${longest}\n`)).toEqual([[longest], [""]]);
    expect(gathered(longest, "x")[1]).toBeUndefined();
    expect(gathered(`${longest}x\n`)[0]).toBeUndefined();
  });
});
