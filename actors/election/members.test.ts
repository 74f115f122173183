// Lists of the known servers: which are none, and who counts in a majority.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { type Member, Members, parseMembers } from "./members.ts";
import { membersOf } from "./test-elector.ts";

const named = (count: number): readonly Member[] =>
  Array.from({ length: count }, (_, index) => ({ name: `s${index}`, rank: index + 1, votes: true }));

describe("a list", () => {
  test("has as many servers as may be, and none with one more", () => {
    expect(parseMembers("s0", named(limits.electionMembersMax))?.votersCount).toBe(limits.electionMembersMax);
    expect(parseMembers("s0", named(limits.electionMembersMax + 1))).toBeUndefined();
  });

  test.each([
    ["a rank twice", { name: "c", rank: 2, votes: true }],
    ["a name twice", { name: "b", rank: 3, votes: true }],
    ["a rank of 0", { name: "c", rank: 0, votes: true }],
    ["a rank over 65,535", { name: "c", rank: 65_536, votes: true }],
    ["a rank that is not whole", { name: "c", rank: 2.5, votes: false }],
  ])("is none with %s", (_, member) => {
    expect(parseMembers("a", [...membersOf("ab"), member])).toBeUndefined();
  });
});

describe("a majority", () => {
  test("is of those that vote", () => {
    const members = new Members("a", membersOf("aBcDe"));
    expect(members.isMajority((name) => "aBD".includes(name))).toBe(false);
    expect(members.isMajority((name) => "ac".includes(name))).toBe(true);
  });

  test("counts the server itself, listed or not", () => {
    const members = new Members("x", membersOf("abc"));
    expect([members.votersCount, members.me]).toEqual([4, undefined]);
    expect(members.isMajority((name) => "xa".includes(name))).toBe(false);
    expect(members.isMajority((name) => "xab".includes(name))).toBe(true);
  });

  test("of one is itself", () => {
    expect(new Members("a", membersOf("a")).isMajority((name) => name === "a")).toBe(true);
  });
});

test("a voter is another that is listed and not foreign", () => {
  const members = new Members("a", membersOf("abC"));
  expect(["a", "b", "C", "d"].map((name) => members.isVoter(name))).toEqual([false, true, false, false]);
});
