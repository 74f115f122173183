// Foreign servers: the highest voting one sponsors the one that is above all, and looks whether it lives.
import { describe, expect, test } from "bun:test";

import { Elector, epochBy, TIMES } from "./test-elector.ts";

const KNOWN = "aBcDE";
const { heartbeatMs, timeoutMs, askMs, voteMs } = TIMES;
const epochOf = (counter: number): number => epochBy(KNOWN, "c", counter);

/** `c` has asked around, and these have answered. */
function sponsor(answering: string): Elector {
  const elector = new Elector({ name: "c", known: KNOWN });
  elector.standBy(answering);
  elector.advance(askMs);
  return elector;
}

/** The foreign one of this name has been elected, and `a` accepts it. */
function sponsorOf(coordinator: "D" | "E"): Elector {
  const elector = sponsor(coordinator === "E" ? "aBDE" : "aBD");
  elector.grant("a");
  elector.accept("a");
  return elector;
}

/** Heartbeats are answered by `a`, questions by these. */
function live(elector: Elector, beats: number, answering: string): void {
  for (let beat = 0; beat < beats; beat++) {
    elector.advance(heartbeatMs);
    elector.accept("a");
    elector.standBy(answering);
  }
}

describe("the highest voting server", () => {
  test("gathers the votes for the highest foreign one that lives, and announces it", () => {
    const elector = sponsor("aBDE");
    expect(elector.askedSince(0, "vote")).toBe("a");
    expect(elector.asked("vote", "a")?.message).toMatchObject({ coordinator: "E", known: 2, votes: ["c"] });
    elector.grant("a");
    const announced = elector.effects.find(({ kind }) => kind === "announce");
    expect(announced).toMatchObject({ coordinator: "E", rank: 5, epoch: epochOf(1), votes: ["a", "c"] });
    expect(elector.askedSince(0, "announcement")).toBe("aBDE");
  });

  test("follows it, and does not act itself", () => {
    const elector = sponsorOf("E");
    expect([elector.role, elector.election.coordinator, elector.actingEpoch]).toEqual(["follower", "E", undefined]);
  });

  test("passes by one that does not answer", () => {
    expect(sponsor("aBD").asked("vote", "a")?.message).toMatchObject({ coordinator: "D" });
  });

  test("does not hand over to one that has just not answered, though it was heard before", () => {
    const elector = new Elector({ name: "c", known: KNOWN });
    elector.step({ kind: "heard", name: "E" });
    elector.standBy("aBD");
    elector.advance(askMs);
    elector.grant("a");
    expect(elector.election.coordinator).toBe("D");
    elector.step({ kind: "tick" });
    expect(elector.askedSince(0, "vote")).toBe("a");
  });

  test("is coordinator where those that live are below it", () => {
    expect(sponsor("aB").asked("vote", "a")?.message).toMatchObject({ coordinator: "c" });
  });

  test("asks those above it whether they live, and those below it not", () => {
    const elector = sponsorOf("E");
    const before = elector.effects.length;
    elector.advance(heartbeatMs);
    expect([elector.askedSince(before, "heartbeat"), elector.askedSince(before, "query")]).toEqual(["a", "DE"]);
  });
});

describe("the sponsor of a foreign coordinator", () => {
  test("keeps it while it answers", () => {
    const elector = sponsorOf("E");
    live(elector, 10, "DE");
    expect([elector.election.coordinator, elector.election.epoch]).toEqual(["E", epochOf(1)]);
  });

  test("takes the next when it has been silent for the timeout", () => {
    const elector = sponsorOf("E");
    const answeredAtMs = elector.nowMs - askMs;
    live(elector, timeoutMs / heartbeatMs, "D");
    expect(elector.nowMs - answeredAtMs).toBeLessThan(timeoutMs + heartbeatMs);
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochOf(2), coordinator: "D" });
    expect(elector.election.coordinator).toBe("E");
    elector.grant("a");
    expect(elector.election.coordinator).toBe("D");
  });

  test("hands over to a higher one that is heard of", () => {
    const elector = sponsorOf("D");
    elector.step({ kind: "heard", name: "E" });
    expect(elector.asked("vote", "a")?.message).toMatchObject({ epoch: epochOf(2), coordinator: "E" });
    elector.grant("a");
    expect(elector.election.coordinator).toBe("E");
  });

  test("leaves its office when too few answer it, and has no coordinator then", () => {
    const elector = sponsorOf("E");
    elector.advance(timeoutMs);
    expect([elector.role, elector.election.coordinator]).toEqual(["unsure", undefined]);
  });
});

describe("a coordinator", () => {
  test("hands over to a foreign server above it that it hears of, and acts until that is elected", () => {
    const elector = sponsor("aB");
    elector.grant("a");
    elector.accept("a");
    elector.step({ kind: "heard", name: "D" });
    expect(elector.actingEpoch).toBe(epochOf(1));
    elector.grant("a");
    expect([elector.actingEpoch, elector.election.coordinator]).toEqual([undefined, "D"]);
  });

  test("tries that again after a while where it had no votes for it", () => {
    const elector = sponsor("aB");
    elector.grant("a");
    elector.accept("a");
    elector.step({ kind: "heard", name: "D" });
    const before = elector.effects.length;
    elector.advance(voteMs);
    elector.step({ kind: "heard", name: "D" });
    expect(elector.askedSince(before, "vote")).toBe("");
    elector.advance(heartbeatMs - voteMs);
    expect(elector.askedSince(before, "vote")).toBe("a");
  });
});
