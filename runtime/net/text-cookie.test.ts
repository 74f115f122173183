// The cookie that people copy: good for who got it, for so long, and for nobody else.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { countedSecrets } from "./test-messages.ts";
import { TextCookies } from "./text-cookie.ts";

const START_MS = 5_000;
const ADDRESS = "127.0.0.1:50000";

function createCookies(): TextCookies {
  return new TextCookies(countedSecrets(), START_MS);
}

describe("a cookie of text", () => {
  test("is 27 characters that can be copied", () => {
    expect(createCookies().give(ADDRESS, START_MS)).toMatch(/^[A-Za-z0-9_-]{27}$/);
  });

  test("is good at its address for udpTextCookieMs", () => {
    const cookies = createCookies();
    const cookie = cookies.give(ADDRESS, START_MS);
    expect(cookies.isGood(cookie, ADDRESS, START_MS)).toBe(true);
    expect(cookies.isGood(cookie, ADDRESS, START_MS + limits.udpTextCookieMs)).toBe(true);
    expect(cookies.isGood(cookie, ADDRESS, START_MS + limits.udpTextCookieMs + 1_000)).toBe(false);
  });

  test.each(["127.0.0.1:50001", "127.0.0.2:50000", ""])("is nothing at %p", (address) => {
    const cookies = createCookies();
    expect(cookies.isGood(cookies.give(ADDRESS, START_MS), address, START_MS)).toBe(false);
  });

  test.each(["", "x", "ok", "=".repeat(27), "A".repeat(27), "A".repeat(26), "ção".repeat(9), "A".repeat(4_096)])(
    "is not %p",
    (text) => expect(createCookies().isGood(text, ADDRESS, START_MS)).toBe(false),
  );

  test("is not good with one character changed", () => {
    const cookies = createCookies();
    const cookie = cookies.give(ADDRESS, START_MS);
    for (let index = 0; index < cookie.length - 1; index++) {
      const other = cookie[index] === "A" ? "B" : "A";
      const changed = cookie.slice(0, index) + other + cookie.slice(index + 1);
      expect(cookies.isGood(changed, ADDRESS, START_MS)).toBe(false);
    }
  });
});
