// What an office is worth: how long a coordinator may act, for whom it leaves, and how it keeps those that follow it.
import { describe, expect, test } from "bun:test";

import type { Ask } from "./messages.ts";
import { Elector, epochBy, FRESH, membersOf, TIMES } from "./test-elector.ts";

const KNOWN = "abcde";
const { heartbeatMs, timeoutMs, leaseMs, askMs, voteMs } = TIMES;
const FIRST = epochBy(KNOWN, "e", 1);
const QUERY = { kind: "query", promised: 0 } as const;

/** `e` of five, with the votes of `a` and `b`. */
function elected(): Elector {
  const elector = new Elector({ name: "e", known: KNOWN });
  elector.standBy("abcd");
  elector.grant("ab");
  return elector;
}

/** They have accepted it too. */
function inOffice(): Elector {
  const elector = elected();
  elector.accept("ab");
  return elector;
}

/** `d` of five, of which `e` is silent. */
function belowOne(): Elector {
  const elector = new Elector({ name: "d", known: KNOWN, memory: FRESH });
  elector.advance(timeoutMs);
  elector.waitForQuery();
  elector.standBy("abc");
  elector.advance(askMs);
  elector.grant("ab");
  return elector;
}

/** `c`, which follows `b` in its first epoch, and of which nobody is above it but those that are silent. */
function followingLower(known = "abc"): Elector {
  const elector = new Elector({ name: "c", known, memory: FRESH });
  const epoch = epochBy(known, "b", 1);
  elector.hear("b", { kind: "announcement", epoch, coordinator: "b", votes: ["a", "b", "d"] });
  return elector;
}

const lastReason = ({ effects }: Elector): string | undefined =>
  effects.flatMap((effect) => (effect.kind === "became" ? effect.reason : [])).at(-1);

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
    const elector = elected();
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
    const elector = belowOne();
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
    const elector = new Elector({ name: "a", known: "a" });
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

  test("goes on though it is not listed itself", () => {
    const elector = inOffice();
    const before = elector.effects.length;
    elector.step({ kind: "known", members: membersOf("abcd") });
    expect([elector.actingEpoch, elector.effects.length]).toEqual([FIRST, before]);
  });

  test("goes on in a later epoch where those that voted for it are no majority any more", () => {
    const elector = inOffice();
    elector.step({ kind: "known", members: membersOf("abcdefg") });
    elector.answer("c", { kind: "acceptance", accepted: false, epoch: FIRST });
    expect(elector.asked("vote", "c")?.message).toMatchObject({ epoch: epochBy(KNOWN, "e", 2), known: 7 });
  });

  test("does not believe that one has promised what is too far ahead", () => {
    const elector = inOffice();
    elector.answer("c", { kind: "acceptance", accepted: false, epoch: epochBy(KNOWN, "c", 2 ** 36) });
    expect(elector.asked("vote", "c")?.message).toMatchObject({ epoch: FIRST });
  });

  test("does not announce itself again to one that has refused just that", () => {
    const elector = elected();
    const before = elector.effects.length;
    elector.answer("c", { kind: "acceptance", accepted: false, epoch: 0 });
    expect(elector.effects.length).toBe(before);
  });

  test("reckons with one that is listed again as with a new one, and with its former vote no more", () => {
    const elector = inOffice();
    elector.step({ kind: "known", members: membersOf("xbxxe").filter(({ name }) => name !== "x") });
    elector.advance(leaseMs - 1);
    elector.accept("b");
    elector.step({ kind: "known", members: membersOf("abxxe").filter(({ name }) => name !== "x") });
    elector.advance(leaseMs - 1);
    expect(elector.actingEpoch).toBe(FIRST);
    elector.answer("a", { kind: "acceptance", accepted: false, epoch: 0 });
    expect(elector.asked("announcement", "a")?.message).toMatchObject({ votes: ["b", "e"] });
  });

  test("says that it has an office, and that it would leave it for a higher one alone", () => {
    const standing = { coordinator: "d", epoch: epochBy(KNOWN, "d", 1), claims: true };
    const elector = belowOne();
    expect(elector.hear("c", QUERY)).toMatchObject({ ...standing, boundTo: "d" });
    expect(elector.hear("e", QUERY)).toMatchObject({ ...standing, boundTo: undefined });
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

  test("is not elected without its own vote, whoever else votes for it", () => {
    const elector = followingLower("abcde");
    elector.standBy("a", { boundTo: "b" });
    elector.standBy("b");
    elector.advance(askMs);
    elector.grant("ade");
    expect([elector.role, elector.actingEpoch]).toEqual(["follower", undefined]);
  });

  test("says which epoch it tries before it has voted in it, and votes for no third while it is bound", () => {
    const elector = followingLower("abcde");
    elector.standBy("a", { boundTo: "b" });
    elector.standBy("b");
    elector.advance(askMs);
    expect(elector.hear("a", QUERY)).toMatchObject({ promised: epochBy(KNOWN, "c", 2), boundTo: "c" });
    const request = { kind: "vote", epoch: epochBy(KNOWN, "e", 7), coordinator: "e", known: 5, votes: [] } as const;
    expect(elector.hear("e", request)).toMatchObject({ granted: false, boundTo: "b" });
  });
});
