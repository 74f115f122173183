// How a server comes into office and leaves it: whom it asks, when it waits, when it may act, and when no more.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { Ask, ElectionMemory } from "./messages.ts";
import { Elector, epochBy, membersOf, TIMES } from "./test-elector.ts";

const KNOWN = "abcde";
const { heartbeatMs, timeoutMs, leaseMs, askMs, voteMs, waitMs, backoffMs, backoffMaxMs } = TIMES;
const FIRST = epochBy(KNOWN, "e", 1);
/** It knows that it has used no epoch. */
const FRESH: ElectionMemory = { promised: 0, ownCounter: 0, accepted: undefined };

/** The highest of five that vote, unless it is another. */
const starting = (name = "e", known = KNOWN, memory?: ElectionMemory): Elector =>
  new Elector({ name, known, ...(memory && { memory }) });

/** Until it asks around again. */
function waitForQuery(elector: Elector): void {
  const before = elector.effects.length;
  while (elector.askedSince(before, "query") === "") elector.advance(1);
}

/** It is bound to nobody, as nobody has answered it for so long, and is asking around. */
function unbound(name: string, memory?: ElectionMemory): Elector {
  const elector = starting(name, KNOWN, memory);
  elector.advance(timeoutMs);
  waitForQuery(elector);
  return elector;
}

/** It gathers votes. */
function campaigning(): Elector {
  const elector = starting();
  elector.standBy("abcd");
  return elector;
}

/** With the votes of `a` and `b`, which have accepted it too. */
function inOffice(): Elector {
  const elector = campaigning();
  elector.grant("ab");
  elector.accept("ab");
  return elector;
}

/** `c`, which follows `b` in its first epoch. */
function followingLower(known = "abc"): Elector {
  const elector = starting("c", known);
  const [votes, epoch] = [["a", "b"], epochBy(known, "b", 1)];
  elector.hear("b", { kind: "announcement", epoch, coordinator: "b", votes });
  return elector;
}

const lastReason = ({ effects }: Elector): string | undefined =>
  effects.flatMap((effect) => (effect.kind === "became" ? effect.reason : [])).at(-1);

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
});

describe("a coordinator", () => {
  test("acts for the time of a lease after it sent what a majority has answered, and no longer", () => {
    const elector = inOffice();
    elector.advance(heartbeatMs + 700);
    elector.accept("ab");
    elector.advance(leaseMs - 701);
    expect(elector.actingEpoch).toBe(FIRST);
    elector.advance(1);
    expect([elector.actingEpoch, elector.role, lastReason(elector)]).toEqual([undefined, "unsure", "lease_over"]);
  });

  test("needs a majority of answers: one of four is too few", () => {
    const elector = inOffice();
    elector.advance(heartbeatMs);
    elector.accept("a");
    elector.advance(leaseMs - heartbeatMs);
    expect(elector.actingEpoch).toBeUndefined();
  });

  test("may act on votes alone for less long", () => {
    const elector = campaigning();
    elector.grant("ab");
    elector.advance(voteMs - 1);
    expect(elector.actingEpoch).toBe(FIRST);
    elector.advance(1);
    expect(elector.actingEpoch).toBeUndefined();
  });

  test("that has been stopped for longer knows it before it does anything", () => {
    const elector = inOffice();
    elector.nowMs += timeoutMs;
    expect(elector.actingEpoch).toBeUndefined();
    const ask = elector.asked("announcement", "a") as Ask;
    elector.step({ kind: "answer", ask, message: { kind: "acceptance", accepted: true, epoch: FIRST } });
    expect([elector.actingEpoch, elector.role]).toEqual([undefined, "unsure"]);
  });

  test("stops when it votes for a higher one, and tells so by its vote", () => {
    const elector = unbound("d", FRESH);
    elector.standBy("abc");
    elector.advance(askMs);
    elector.grant("ab");
    expect(elector.role).toBe("coordinator");
    const epoch = epochBy(KNOWN, "e", 7);
    const reply = elector.hear("e", { kind: "vote", epoch, coordinator: "e", known: 5, votes: [] });
    expect(reply).toMatchObject({ granted: true });
    expect([elector.actingEpoch, elector.role, lastReason(elector)]).toEqual([undefined, "unsure", "voted"]);
  });

  test("stops when another is announced in a later epoch", () => {
    const elector = inOffice();
    const epoch = epochBy(KNOWN, "d", 7);
    elector.hear("d", { kind: "announcement", epoch, coordinator: "d", votes: ["b", "c", "d"] });
    expect([elector.actingEpoch, elector.role, elector.election.coordinator]).toEqual([undefined, "follower", "d"]);
  });

  test("does not vote for a lower one", () => {
    const elector = inOffice();
    const epoch = epochBy(KNOWN, "d", 7);
    const reply = elector.hear("d", { kind: "vote", epoch, coordinator: "d", known: 5, votes: ["d"] });
    expect([reply, elector.actingEpoch]).toEqual([{ kind: "vote", granted: false, epoch: FIRST, boundTo: "e" }, FIRST]);
  });

  test("asks one that has promised less for its vote too where a majority is known no more", () => {
    const elector = inOffice();
    elector.step({ kind: "known", members: membersOf("abcdefg").map((member) => ({ ...member, votes: true })) });
    elector.answer("f", { kind: "acceptance", accepted: false, epoch: 0 });
    expect(elector.asked("vote", "f")?.message).toMatchObject({ epoch: FIRST, known: 7 });
    elector.grant("f");
    expect(elector.asked("announcement", "f")?.message).toMatchObject({ votes: ["a", "b", "e", "f"] });
  });

  test("announces itself again to one that has missed it", () => {
    const elector = inOffice();
    elector.advance(heartbeatMs);
    const before = elector.effects.length;
    elector.answer("c", { kind: "acceptance", accepted: false, epoch: 0 });
    expect(elector.askedSince(before, "announcement")).toBe("c");
  });

  test("goes on in a later epoch where one has promised more, without a gap", () => {
    const elector = inOffice();
    elector.advance(heartbeatMs);
    elector.answer("c", { kind: "acceptance", accepted: false, epoch: epochBy(KNOWN, "c", 8) });
    expect([elector.actingEpoch, elector.role]).toEqual([FIRST, "coordinator"]);
    elector.grant("cd");
    expect(elector.actingEpoch).toBe(epochBy(KNOWN, "e", 9));
  });

  test("goes on in an epoch of its new rank where the reference has given it one", () => {
    const elector = inOffice();
    elector.step({ kind: "known", members: membersOf("abecd") });
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochBy("abe", "e", 2), coordinator: "e" });
  });

  test("goes on for a lease's time where the list has grown, and as long as it lives where it is alone", () => {
    const elector = starting("a", "a");
    elector.advance(10 * timeoutMs);
    elector.step({ kind: "known", members: membersOf("abc") });
    elector.advance(leaseMs - 1);
    expect(elector.role).toBe("coordinator");
    elector.advance(1);
    expect(elector.role).toBe("unsure");
  });

  test("asks nobody around", () => {
    const elector = inOffice();
    const before = elector.effects.length;
    elector.advance(heartbeatMs);
    expect([elector.askedSince(before, "heartbeat"), elector.askedSince(before, "query")]).toEqual(["abcd", ""]);
  });
});

describe("a server above the coordinator", () => {
  const EPOCH = epochBy("abc", "c", 2);

  test("asks for its place, and votes for itself after that one has voted for it", () => {
    const elector = followingLower();
    elector.standBy("a", { boundTo: "b" });
    elector.standBy("b", { claims: true, promised: epochBy("abc", "b", 1) });
    expect(elector.asked("vote", "b")?.message).toMatchObject({ epoch: EPOCH, votes: [] });
    expect(elector.role).toBe("follower");
    elector.grant("b");
    expect([elector.role, elector.actingEpoch]).toEqual(["coordinator", EPOCH]);
  });

  test("leaves it where it is while that one would not vote for it", () => {
    const elector = followingLower();
    elector.standBy("ab", { boundTo: "b" });
    expect([elector.asked("vote", "b"), elector.role]).toEqual([undefined, "follower"]);
  });
});

describe("a server without its memory", () => {
  test("does not sponsor before so many have answered as know what it may have used", () => {
    const elector = unbound("e");
    elector.standBy("ab", { promised: FIRST });
    elector.advance(askMs);
    expect(elector.askedSince(0, "vote")).toBe("");
    waitForQuery(elector);
    elector.standBy("abc", { promised: FIRST });
    elector.advance(askMs);
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochBy(KNOWN, "e", 2) });
  });

  test("learns it while it follows another", () => {
    const elector = starting("a", "abc");
    elector.hear("c", { kind: "announcement", epoch: epochBy("abc", "c", 7), coordinator: "c", votes: ["b", "c"] });
    waitForQuery(elector);
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
