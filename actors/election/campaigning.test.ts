// How a server comes to an office: whom it asks, for whom it waits, when it tries again, and whose votes it counts.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { Ask, ElectionMemory } from "./messages.ts";
import { Elector, epochBy, FRESH, membersOf, STANDING, TIMES } from "./test-elector.ts";

const KNOWN = "abcde";
const { heartbeatMs, timeoutMs, askMs, voteMs, waitMs, backoffMs, backoffMaxMs } = TIMES;
const FIRST = epochBy(KNOWN, "e", 1);

/** The highest of five that vote, unless it is another. */
const starting = (name = "e", known = KNOWN, memory?: ElectionMemory): Elector => new Elector({ name, known, memory });

/** It is bound to nobody, as nobody has answered it for so long, and is asking around. */
function unbound(name: string, memory?: ElectionMemory): Elector {
  const elector = starting(name, KNOWN, memory);
  elector.advance(timeoutMs);
  elector.waitForQuery();
  return elector;
}

/** It gathers votes. */
function campaigning(): Elector {
  const elector = starting();
  elector.standBy("abcd");
  return elector;
}

describe("a server that wants office", () => {
  test("that is alone has it at once", () => {
    const elector = starting("a", "a");
    expect([elector.role, elector.actingEpoch]).toEqual(["coordinator", epochBy("a", "a", 1)]);
  });

  test("tries nothing before it is listed", () => {
    const elector = starting("a", "");
    elector.advance(2 * timeoutMs);
    expect([elector.effects, elector.role]).toEqual([[], "unsure"]);
    elector.step({ kind: "known", members: membersOf("a") });
    expect(elector.role).toBe("coordinator");
  });

  test("asks all others, and for votes only where a majority would give them", () => {
    const elector = starting();
    expect(elector.askedSince(0, "query")).toBe("abcd");
    elector.standBy("a");
    elector.standBy("bcd", { boundTo: "d" });
    expect(elector.asked("vote", "a")).toBeUndefined();
  });

  test("reckons with those that are bound to one who would vote", () => {
    const elector = starting();
    elector.standBy("ab", { boundTo: "c" });
    elector.standBy("c", { boundTo: "d" });
    elector.standBy("d");
    expect(elector.askedSince(0, "vote")).toBe("abcd");
  });

  test("does not wait for who is unreachable, and for who is silent only so long", () => {
    const elector = unbound("e", FRESH);
    elector.standBy("ab");
    elector.step({ kind: "unreachable", name: "c" });
    elector.advance(askMs - 1);
    expect(elector.asked("vote", "a")).toBeUndefined();
    elector.step({ kind: "unreachable", name: "d" });
    expect(elector.askedSince(0, "vote")).toBe("abcd");
  });

  test("tries again after twice as long each time, up to a bound, and one try at a time", () => {
    const elector = starting();
    const asked: number[] = [];
    for (let tries = 0; tries < 6; tries++) {
      const before = elector.effects.length;
      elector.standBy("abcd", { boundTo: "d" });
      const from = elector.nowMs;
      while (elector.askedSince(before, "query") === "") elector.advance(1);
      expect(elector.askedSince(before, "query")).toBe("abcd");
      asked.push(elector.nowMs - from);
    }
    const most = backoffMaxMs / 2;
    expect(asked).toEqual([backoffMs / 2, backoffMs, 2 * backoffMs, most, most, most]);
  });

  test("waits for a higher one that lives, and passes over it where nothing comes of that", () => {
    const elector = starting("c");
    elector.standBy("abde");
    elector.advance(waitMs - 1);
    expect([elector.askedSince(0, "query"), elector.askedSince(0, "vote")]).toEqual(["abde", ""]);
    elector.advance(1);
    elector.standBy("abde");
    expect(elector.askedSince(0, "vote")).toBe("abde");
  });

  test("does not wait for a higher one that is silent", () => {
    const elector = unbound("c", FRESH);
    elector.standBy("ab");
    elector.advance(askMs);
    expect(elector.askedSince(0, "vote")).toBe("abde");
  });

  test("asks for no vote before it may vote for itself", () => {
    const elector = starting();
    elector.standBy("abc");
    elector.advance(askMs);
    expect(elector.askedSince(0, "vote")).toBe("");
  });

  test("does not reckon with answers to what it asked before", () => {
    const elector = starting();
    const asks = Array.from("abcd", (name) => elector.asked("query", name) as Ask);
    elector.waitForQuery();
    for (const ask of asks) elector.step({ kind: "answer", ask, message: STANDING });
    expect(elector.askedSince(0, "vote")).toBe("");
  });

  test("hesitates by chance, for as long as the first backoff at most", () => {
    const elector = new Elector({ name: "e", known: KNOWN, random: () => 0.5 });
    elector.advance(backoffMs / 2 - 1);
    expect(elector.askedSince(0, "query")).toBe("");
    elector.advance(1);
    expect(elector.askedSince(0, "query")).toBe("abcd");
  });

  test("takes an epoch above all that it has heard of", () => {
    const elector = starting();
    elector.standBy("abc");
    elector.standBy("d", { promised: epochBy(KNOWN, "b", 41) });
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochBy(KNOWN, "e", 42) });
  });

  test("does not believe an epoch that is too far ahead", () => {
    const elector = starting("e", KNOWN, { promised: FIRST, ownCounter: 1, accepted: undefined });
    elector.standBy("abc");
    elector.standBy("d", { promised: epochBy(KNOWN, "b", limits.electionEpochLeapMax + 2) });
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochBy(KNOWN, "e", 2) });
  });
});

describe("a server that gathers votes", () => {
  test("remembers its counter and its own vote before it asks", () => {
    const elector = campaigning();
    const kinds = elector.effects.map((effect) => (effect.kind === "ask" ? effect.message.kind : effect.kind));
    expect(kinds.slice(kinds.lastIndexOf("query") + 1)).toEqual(["remember", "vote", "vote", "vote", "vote"]);
    expect(elector.memory).toEqual({ promised: FIRST, ownCounter: 1, accepted: undefined });
  });

  test("has no office before a majority has voted for it", () => {
    const elector = campaigning();
    elector.grant("a");
    expect([elector.role, elector.actingEpoch]).toEqual(["unsure", undefined]);
    elector.grant("b");
    expect([elector.role, elector.actingEpoch]).toEqual(["coordinator", FIRST]);
  });

  test("announces it with its votes, to all, after it has remembered it", () => {
    const elector = campaigning();
    elector.grant("b");
    const before = elector.effects.length;
    elector.grant("a");
    const votes = ["a", "b", "e"];
    expect(elector.effects.slice(before, before + 2)).toEqual([
      {
        kind: "remember",
        memory: { promised: FIRST, ownCounter: 1, accepted: { epoch: FIRST, coordinator: "e", sponsor: "e" } },
      },
      { kind: "announce", coordinator: "e", rank: 5, epoch: FIRST, votes },
    ]);
    expect(elector.askedSince(before, "announcement")).toBe("abcd");
    expect(elector.asked("announcement", "d")?.message).toMatchObject({ epoch: FIRST, coordinator: "e", votes });
  });

  test("counts each vote once, none of strangers, and none for another epoch", () => {
    const elector = campaigning();
    elector.grant("aaa");
    const ask = elector.asked("vote", "b") as Ask;
    const message = { kind: "vote", granted: true, epoch: FIRST, boundTo: undefined } as const;
    elector.step({ kind: "answer", ask: { ...ask, to: "x" }, message });
    const other = { ...ask, message: { ...ask.message, epoch: FIRST + 65_536 } as Ask["message"] };
    elector.step({ kind: "answer", ask: other, message });
    expect(elector.role).toBe("unsure");
  });

  test("counts none that comes too late", () => {
    const elector = campaigning();
    elector.grant("a");
    elector.advance(voteMs);
    elector.step({
      kind: "answer",
      ask: elector.effects.find((effect): effect is Ask => effect.kind === "ask" && effect.message.kind === "vote")!,
      message: { kind: "vote", granted: true, epoch: FIRST, boundTo: undefined },
    });
    expect(elector.role).toBe("unsure");
  });

  test("asks those again that a vote has freed, each once, and tells them whose votes it has", () => {
    const elector = campaigning();
    elector.answer("a", { kind: "vote", granted: false, epoch: 0, boundTo: "c" });
    const before = elector.effects.length;
    elector.grant("c");
    expect(elector.askedSince(before, "vote")).toBe("a");
    expect(elector.asked("vote", "a")?.message).toMatchObject({ votes: ["e", "c"] });
    elector.answer("a", { kind: "vote", granted: false, epoch: 0, boundTo: "c" });
    expect(elector.askedSince(before, "vote")).toBe("a");
  });

  test("lets a higher one have its vote, and comes to nothing itself", () => {
    const elector = unbound("d", FRESH);
    elector.standBy("abc");
    elector.advance(askMs);
    const epoch = epochBy(KNOWN, "e", 7);
    const reply = elector.hear("e", { kind: "vote", epoch, coordinator: "e", known: 5, votes: ["e"] });
    expect(reply).toMatchObject({ granted: true });
    elector.grant("abc");
    expect(elector.role).toBe("unsure");
  });

  test("does not vote for a lower one", () => {
    const elector = campaigning();
    const epoch = epochBy(KNOWN, "d", 7);
    const reply = elector.hear("d", { kind: "vote", epoch, coordinator: "d", known: 5, votes: ["d"] });
    expect(reply).toMatchObject({ granted: false, boundTo: "e" });
  });

  test("says so, and what it has promised; and that it would vote for a higher one alone", () => {
    const elector = unbound("d", FRESH);
    elector.standBy("abc");
    elector.advance(askMs);
    const query = { kind: "query", promised: 0 } as const;
    const standing = { coordinator: undefined, promised: epochBy(KNOWN, "d", 1), claims: true };
    expect(elector.hear("e", query)).toMatchObject({ ...standing, boundTo: undefined });
    expect(elector.hear("c", query)).toMatchObject({ ...standing, boundTo: "d" });
  });
});

describe("a server without its memory", () => {
  test("does not sponsor before so many have answered as know what it may have used", () => {
    const elector = unbound("e");
    elector.standBy("ab", { promised: FIRST });
    elector.advance(askMs);
    expect(elector.askedSince(0, "vote")).toBe("");
    elector.waitForQuery();
    elector.standBy("abc", { promised: FIRST });
    elector.advance(askMs);
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochBy(KNOWN, "e", 2) });
  });

  test("learns it while it follows another", () => {
    const elector = starting("a", "abc");
    elector.hear("c", { kind: "announcement", epoch: epochBy("abc", "c", 7), coordinator: "c", votes: ["b", "c"] });
    elector.waitForQuery();
    elector.standBy("bc");
    expect([elector.memory?.ownCounter, elector.role]).toEqual([7, "follower"]);
    const before = elector.effects.length;
    elector.advance(heartbeatMs);
    expect(elector.askedSince(before, "query")).toBe("");
  });

  test("with it needs no more answers than a majority", () => {
    const elector = unbound("e", FRESH);
    elector.standBy("ab");
    elector.advance(askMs);
    expect(elector.askedSince(0, "vote")).toBe("abcd");
  });
});
