// Servers that fall from office again and again: who counts as fallen, and what is not done for them then.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { Announcement } from "./messages.ts";
import { Elector, epochBy, FRESH, TIMES } from "./test-elector.ts";

const KNOWN = "abcD";
const { timeoutMs } = TIMES;
const TOO_OFTEN = limits.electionFallsMax + 1;

const announcementBy = (sponsor: string, counter: number, coordinator = sponsor): Announcement => ({
  kind: "announcement",
  epoch: epochBy(KNOWN, sponsor, counter),
  coordinator,
  votes: ["a", "b", "c"],
});

/** It has seen this one come into office, and fall silent, too often. */
function witness(name: string, fallen: string): Elector {
  const elector = new Elector({ name, known: KNOWN, memory: FRESH });
  for (let counter = 1; counter <= TOO_OFTEN; counter++) {
    elector.hear(fallen, announcementBy(fallen, counter));
    elector.advance(timeoutMs);
  }
  return elector;
}

/** Whose sponsor has announced itself instead of it, too often. */
function followerOf(name: string): Elector {
  const elector = new Elector({ name, known: KNOWN, memory: FRESH });
  for (let counter = 1; counter <= 2 * TOO_OFTEN; counter += 2) {
    elector.hear("c", announcementBy("c", counter, "D"));
    elector.hear("c", announcementBy("c", counter + 1));
  }
  return elector;
}

/** Of this sponsor, in an epoch that is above all. */
function voteFor(elector: Elector, sponsor: string, coordinator = sponsor): unknown {
  const epoch = epochBy(KNOWN, sponsor, 100);
  return elector.hear(sponsor, { kind: "vote", epoch, coordinator, known: 3, votes: [sponsor] });
}

const isDamped = ({ election, nowMs }: Elector, name: string): boolean => election.isDamped(name, nowMs);

describe("a server that has fallen silent in office too often", () => {
  test("is damped for those that followed it", () => {
    const elector = witness("b", "c");
    expect([isDamped(elector, "c"), isDamped(elector, "a")]).toEqual([true, false]);
  });

  test("is not waited for", () => {
    const elector = witness("b", "c");
    elector.waitForQuery();
    elector.standBy("acD");
    expect(elector.askedSince(0, "vote")).toBe("ac");
  });

  test("has no vote of those below it, and has that of those above it", () => {
    expect(voteFor(witness("b", "c"), "c")).toMatchObject({ granted: false, boundTo: "b" });
    expect(voteFor(witness("b", "a"), "a")).toMatchObject({ granted: true });
  });
});

describe("nobody falls", () => {
  test("by being voted for anew", () => {
    const elector = new Elector({ name: "b", known: KNOWN, memory: FRESH });
    for (let counter = 1; counter <= TOO_OFTEN + 1; counter++) {
      const { epoch, coordinator } = announcementBy("c", counter);
      elector.hear("c", { kind: "vote", epoch, coordinator, known: 3, votes: ["c"] });
      elector.hear("c", announcementBy("c", counter));
    }
    expect(isDamped(elector, "c")).toBe(false);
  });

  test("by handing over to a higher one", () => {
    const elector = new Elector({ name: "a", known: KNOWN, memory: FRESH });
    for (let counter = 1; counter <= 2 * TOO_OFTEN; counter += 2) {
      elector.hear("b", announcementBy("b", counter));
      elector.hear("c", announcementBy("c", counter + 1));
    }
    expect([isDamped(elector, "b"), isDamped(elector, "c")]).toEqual([false, false]);
  });

  test("because the sponsor of a foreign coordinator does", () => {
    const elector = new Elector({ name: "b", known: KNOWN, memory: FRESH });
    for (let counter = 1; counter <= TOO_OFTEN; counter++) {
      elector.hear("c", announcementBy("c", counter, "D"));
      elector.advance(timeoutMs);
    }
    expect([isDamped(elector, "c"), isDamped(elector, "D")]).toEqual([false, false]);
  });
});

describe("a foreign coordinator", () => {
  test("falls when a lower one follows it", () => {
    const elector = followerOf("b");
    expect([isDamped(elector, "c"), isDamped(elector, "D")]).toEqual([false, true]);
  });

  test("has the votes that its sponsor asks for: that one knows best", () => {
    expect(voteFor(followerOf("b"), "c", "D")).toMatchObject({ granted: true });
  });
});
