// Which texts are names, and which names are one.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { type Id, idKey, isReserved, parseId, parseRoomName } from "./names.ts";

describe("an id", () => {
  test("keeps the letters its owner wrote", () => {
    expect(parseId("Ana.Maria-2")).toBe("Ana.Maria-2" as Id);
  });

  test.each(["", "-ana", "_ana", "ana maria", "ana\n", "ana:", "ána", "a".repeat(33), "\u202eana"])(
    "is not %j",
    (text) => {
      expect(parseId(text)).toBeUndefined();
    },
  );

  test("has a key that is an id too, and the key of a key is itself", () => {
    const ids = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/);
    fc.assert(
      fc.property(ids, (text) => {
        const key = idKey(text as Id);
        expect(parseId(key)).toBeDefined();
        expect(idKey(key as Id)).toBe(key);
      }),
    );
  });

  test("made of digits has a key of its own", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,12}$/), fc.stringMatching(/^\d{1,12}$/), (one, other) => {
        expect(idKey(one as Id) === idKey(other as Id)).toBe(one === other);
      }),
    );
  });

  test.each(["Admin", "server", "r00t", "SISTEMA", "s1stema"])("of the server's own is not for others: %s", (text) => {
    expect(isReserved(text as Id)).toBe(true);
    expect(isReserved(`${text}2` as Id)).toBe(false);
  });
});

describe("a room's name", () => {
  test("is the same in capitals", () => {
    expect(parseRoomName("Lobby")).toBe(parseRoomName("LOBBY"));
  });

  test.each(["", "@ana", "#lobby", "a b", "..", "a".repeat(33)])("is not %j", (text) => {
    expect(parseRoomName(text)).toBeUndefined();
  });
});
