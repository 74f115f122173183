// Which texts are names of users and channels.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { actor, limits } from "#runtime/mod.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { parseChannelName, parseUserName } from "./names.ts";

const most = limits.messagingNameLengthMax;

test.each(["ana", "Ana", "bot-4f2k", "José", "日本", "a:b", "a/b", "x".repeat(most), "server", "a@b"])(
  "%p is a name of a user, and of a channel",
  (name) => expect<unknown>([parseUserName(name), parseChannelName(name)]).toEqual([name, name]),
);

test.each(["ana maria", "ana  maria", "a b c"])("%p is a name of a user, and of no channel", (name) => {
  expect<unknown>([parseUserName(name), parseChannelName(name)]).toEqual([name, undefined]);
});

test.each([
  ["", " ", " ana", "ana ", "ana\n", "ana\tmaria", "ana\u00A0maria", "a\u2028b"],
  ["a\u0000b", "a\u007Fb", "a\u0085b", "a\uD800", "\uDC00a"],
  ["servers", "servers2", "servers are down", "@ana", "@"],
  [".", ".."],
  ["x".repeat(most + 1), "\u{1F600}".repeat(most / 2 + 1)],
  [undefined, null, 5, ["ana"], { name: "ana" }],
])("none of these is a name: %p …", (...texts) => {
  expect(texts.flatMap((text) => [parseUserName(text), parseChannelName(text)]).filter(Boolean)).toEqual([]);
});

describe("a name in Unicode's normal form D", () => {
  test("is the same as in form C", () => {
    expect<unknown>(parseUserName("Jose\u0301")).toBe("Jos\u00E9");
    expect<unknown>(parseChannelName("Jose\u0301")).toBe("Jos\u00E9");
  });

  test("may be as long as a name in form C, and not where it is longer in that form", () => {
    expect<unknown>(parseUserName("e\u0301".repeat(most / 2))).toBe("\u00E9".repeat(most / 2));
    // Its form C is of two characters.
    expect(parseUserName("\u0958".repeat(most / 2))).toHaveLength(most);
    expect(parseUserName("\u0958".repeat(most / 2 + 1))).toBeUndefined();
  });
});

test("every name is a key of an actor", () => {
  const type = actor("thing", { state: () => ({}) });
  const { system } = new SteppedSystem([type]);
  const property = fc.property(fc.string({ unit: "binary", maxLength: most + 1 }), (text) => {
    for (const name of [parseUserName(text), parseChannelName(text)]) {
      if (name !== undefined) expect(system.address("thing", name).key).toBe(name);
    }
  });
  fc.assert(property, { numRuns: 2_000, seed: 1, examples: [["."], [".."], ["\u0344"]] });
});
