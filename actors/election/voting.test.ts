// What a server promises as a voter: to vote once, to take nothing back, and not to vote while it is bound.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { epochOf } from "./epoch.ts";
import type { Announcement, Answer, ElectionMemory, VoteRequest } from "./messages.ts";
import { Elector, epochBy, FRESH, TIMES } from "./test-elector.ts";
import { CLOCK_SLACK } from "./times.ts";

const KNOWN = "abcD";
const { timeoutMs, voteMs } = TIMES;
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((counter) => epochBy(KNOWN, "c", counter)) as [number, number, number];

const request = (change: Partial<VoteRequest> = {}): VoteRequest => ({
  kind: "vote",
  epoch: FIRST,
  coordinator: "c",
  known: 3,
  votes: ["c"],
  ...change,
});
const announcement = (change: Partial<Announcement> = {}): Announcement => ({
  kind: "announcement",
  epoch: FIRST,
  coordinator: "c",
  votes: ["a", "c"],
  ...change,
});
const granted = (epoch: number): Answer => ({ kind: "vote", granted: true, epoch, boundTo: undefined });
const refused = (epoch: number, boundTo?: string): Answer => ({ kind: "vote", granted: false, epoch, boundTo });
const accepted = (epoch: number): Answer => ({ kind: "acceptance", accepted: true, epoch });
const notAccepted = (epoch: number): Answer => ({ kind: "acceptance", accepted: false, epoch });

/** `b` of `abcD`, bound to nobody. */
function voter(memory: ElectionMemory = FRESH): Elector {
  const elector = new Elector({ name: "b", known: KNOWN, memory });
  elector.standBy("acD");
  return elector;
}

const started = (memory?: ElectionMemory): Elector => new Elector({ name: "b", known: KNOWN, memory });

/** It follows `c` in the first epoch. */
function follower(): Elector {
  const elector = voter();
  elector.hear("c", announcement());
  return elector;
}

/** Why the last message was refused. */
const refusalOf = ({ effects }: Elector): string | undefined =>
  effects.flatMap((effect) => (effect.kind === "refused" ? effect.reason : [])).at(-1);

describe("a voter", () => {
  test("remembers its vote before it says it", () => {
    const elector = voter();
    const effects = elector.step({ kind: "request", from: "c", message: request() });
    expect(effects.map(({ kind }) => kind)).toEqual(["remember", "reply"]);
    expect(elector.memory?.promised).toBe(FIRST);
    expect(effects[1]).toEqual({ kind: "reply", message: granted(FIRST) });
  });

  test("votes once in an epoch, for the same coordinator too", () => {
    const elector = voter();
    elector.hear("c", request());
    expect(elector.hear("c", request())).toEqual(refused(FIRST));
    expect(elector.hear("c", request({ coordinator: "D" }))).toEqual(refused(FIRST));
    expect(refusalOf(elector)).toBe("stale_epoch");
  });

  test("votes in a later epoch, and in no earlier one again", () => {
    const elector = voter();
    elector.hear("c", request({ epoch: SECOND }));
    expect(elector.hear("c", request())).toEqual(refused(SECOND));
    expect(elector.hear("c", request({ epoch: THIRD }))).toEqual(granted(THIRD));
  });

  test("keeps its promise over a restart", () => {
    const elector = voter({ promised: SECOND, ownCounter: 0, accepted: undefined });
    expect(elector.hear("c", request({ epoch: SECOND }))).toEqual(refused(SECOND));
    expect(elector.hear("c", request({ epoch: THIRD }))).toEqual(granted(THIRD));
  });

  test.each([
    ["bad_epoch", "c", { epoch: Number.NaN }],
    ["bad_epoch", "c", { epoch: FIRST + 0.5 }],
    ["bad_epoch", "c", { epoch: -FIRST }],
    ["bad_epoch", "c", { epoch: 2 ** 53 }],
    ["bad_epoch", "c", { epoch: "65539" as unknown as number }],
    ["bad_epoch", "c", { epoch: 3 }],
    ["epoch_leap", "c", { epoch: epochOf(limits.electionEpochLeapMax + 1, 3) }],
    ["wrong_rank", "c", { epoch: epochBy(KNOWN, "a", 1) }],
    ["not_a_voter", "x", {}],
    ["not_a_voter", "b", { epoch: epochBy(KNOWN, "b", 1), coordinator: "b" }],
    ["not_a_voter", "D", { epoch: epochBy(KNOWN, "D", 1), coordinator: "D" }],
    ["wrong_coordinator", "c", { coordinator: "a" }],
    ["wrong_coordinator", "c", { coordinator: "b" }],
    ["wrong_coordinator", "c", { coordinator: "x" }],
    ["fewer_known", "c", { known: 2 }],
    ["fewer_known", "c", { known: Number.NaN }],
  ])("refuses what nobody could ask, for it is %s: from %s with %p", (reason, from, change) => {
    const elector = voter();
    expect(elector.hear(from, request(change))).toEqual(refused(0));
    expect([refusalOf(elector), elector.memory]).toEqual([reason, FRESH]);
  });

  test("votes for what is as far ahead as may be, for a foreign server, and where more are known", () => {
    const epoch = epochOf(limits.electionEpochLeapMax, 3);
    expect(voter().hear("c", request({ epoch }))).toEqual(granted(epoch));
    expect(voter().hear("c", request({ coordinator: "D" }))).toEqual(granted(FIRST));
    expect(voter().hear("c", request({ known: 4 }))).toEqual(granted(FIRST));
  });

  test("refuses the epoch of a server that has another rank by now", () => {
    const elector = voter();
    elector.step({ kind: "known", members: [{ name: "c", rank: 7, votes: true }] });
    expect(elector.hear("c", request({ known: 9 }))).toEqual(refused(0));
    expect(refusalOf(elector)).toBe("wrong_rank");
  });
});

describe("a voter that is bound", () => {
  const other = request({ epoch: epochBy(KNOWN, "a", 2), coordinator: "a", votes: ["a"] });

  test("votes for no other until the coordinator that it follows has been silent for the timeout", () => {
    const elector = follower();
    elector.advance(timeoutMs - 1);
    expect(elector.hear("a", other)).toEqual(refused(FIRST, "c"));
    elector.advance(1);
    expect(elector.hear("a", other)).toEqual(granted(other.epoch));
  });

  test("is bound anew by each heartbeat", () => {
    const elector = follower();
    elector.advance(timeoutMs - 1);
    expect(elector.hear("c", { kind: "heartbeat", epoch: FIRST })).toEqual(accepted(FIRST));
    elector.advance(timeoutMs - 1);
    expect(elector.hear("a", other)).toEqual(refused(FIRST, "c"));
  });

  test("votes for the one that it is bound to", () => {
    expect(follower().hear("c", request({ epoch: SECOND }))).toEqual(granted(SECOND));
  });

  test("votes for another for whom the one that it is bound to has voted", () => {
    const votes = ["a", "c"];
    expect(follower().hear("a", { ...other, votes })).toEqual(granted(other.epoch));
  });

  test("is so by its vote, for longer than that counts by any clock", () => {
    const elector = voter();
    elector.hear("c", request());
    elector.advance(voteMs * CLOCK_SLACK - 1);
    expect(elector.hear("a", other)).toEqual(refused(FIRST, "c"));
    elector.advance(1);
    expect(elector.hear("a", other)).toEqual(granted(other.epoch));
  });

  test("is not bound for less long because it votes for the same again", () => {
    const elector = follower();
    elector.hear("c", request({ epoch: SECOND }));
    elector.advance(timeoutMs - 1);
    expect(elector.hear("a", { ...other, epoch: epochBy(KNOWN, "a", 3) })).toEqual(refused(SECOND, "c"));
  });
});

describe("a voter that has just started", () => {
  test.each([undefined, FRESH])("votes for nobody for the timeout, as it may be bound: with memory %p", (memory) => {
    const elector = started(memory);
    elector.advance(timeoutMs - 1);
    expect(elector.hear("c", request({ votes: ["a", "b", "c"] }))).toEqual(refused(0, "b"));
    elector.advance(1);
    expect(elector.hear("c", request())).toEqual(granted(FIRST));
  });

  test("votes as soon as all others have said that they neither hold nor want an office", () => {
    const elector = started();
    elector.standBy("aD");
    expect(elector.hear("c", request())).toEqual(refused(0, "b"));
    elector.standBy("c");
    expect(elector.hear("c", request())).toEqual(granted(FIRST));
  });

  test("votes for the only one that does, and for no other", () => {
    const elector = started();
    elector.standBy("aD");
    elector.standBy("c", { claims: true });
    const epoch = epochBy(KNOWN, "a", 1);
    expect(elector.hear("a", request({ epoch, coordinator: "a", votes: ["a"] }))).toEqual(refused(0, "c"));
    expect(elector.hear("c", request())).toEqual(granted(FIRST));
  });

  test("votes for none of two that do", () => {
    const elector = started();
    elector.standBy("D");
    elector.standBy("ac", { claims: true });
    expect(elector.hear("c", request())).toEqual(refused(0, "b"));
  });

  test("follows a coordinator at once", () => {
    const elector = started();
    expect(elector.hear("c", announcement())).toEqual(accepted(FIRST));
    expect([elector.role, elector.election.coordinator]).toEqual(["follower", "c"]);
  });

  test("stays bound to whom it follows, whatever the others say", () => {
    const elector = started();
    elector.hear("c", announcement());
    elector.waitForQuery();
    elector.standBy("acD");
    const epoch = epochBy(KNOWN, "a", 2);
    expect(elector.hear("a", request({ epoch, coordinator: "a", votes: ["a"] }))).toEqual(refused(FIRST, "c"));
  });

  test("believes what is far ahead where it knows nothing and has asked, and else does not", () => {
    const promised = epochOf(2 * limits.electionEpochLeapMax, 1);
    const knowing = started({ promised: FIRST, ownCounter: undefined, accepted: undefined });
    const ignorant = started();
    for (const elector of [knowing, ignorant]) elector.standBy("aDc", { promised });
    const later = request({ epoch: promised + 65_538 });
    expect(ignorant.hear("c", later)).toEqual(granted(later.epoch));
    expect(knowing.hear("c", later)).toEqual(refused(FIRST));
  });
});

describe("an announcement", () => {
  test("is accepted with the votes of a majority, remembered, and followed", () => {
    const elector = voter();
    expect(elector.hear("c", announcement())).toEqual(accepted(FIRST));
    const memory = { promised: FIRST, ownCounter: 0, accepted: { epoch: FIRST, coordinator: "c", sponsor: "c" } };
    expect(elector.memory).toEqual(memory);
    expect([elector.role, elector.election.coordinator, elector.election.epoch]).toEqual(["follower", "c", FIRST]);
  });

  test("again changes nothing", () => {
    const elector = follower();
    const effects = elector.step({ kind: "request", from: "c", message: announcement() });
    expect(effects).toEqual([{ kind: "reply", message: accepted(FIRST) }]);
  });

  test.each([
    ["too_few_votes", { votes: ["c"] }],
    ["too_few_votes", { votes: ["c", "c"] }],
    ["too_few_votes", { votes: ["c", "D", "x"] }],
    ["wrong_rank", { epoch: epochBy(KNOWN, "a", 1) }],
    ["wrong_coordinator", { coordinator: "a" }],
    ["bad_epoch", { epoch: Number.NaN }],
    ["epoch_leap", { epoch: epochOf(limits.electionEpochLeapMax + 1, 3) }],
  ])("is refused, for it has %s: with %p", (reason, change) => {
    const elector = voter();
    expect(elector.hear("c", announcement(change))).toEqual(notAccepted(0));
    expect([refusalOf(elector), elector.role, elector.memory]).toEqual([reason, "unsure", FRESH]);
  });

  test("of another coordinator in the same epoch is refused", () => {
    const elector = follower();
    expect(elector.hear("c", announcement({ coordinator: "D" }))).toEqual(notAccepted(FIRST));
    expect([refusalOf(elector), elector.election.coordinator]).toEqual(["wrong_coordinator", "c"]);
  });

  test("of an earlier epoch than was promised is refused", () => {
    const elector = voter();
    elector.hear("c", request({ epoch: SECOND }));
    expect(elector.hear("c", announcement())).toEqual(notAccepted(SECOND));
    expect(elector.hear("c", announcement({ epoch: SECOND }))).toEqual(accepted(SECOND));
  });
});

describe("a heartbeat", () => {
  const heartbeat = { kind: "heartbeat", epoch: FIRST } as const;

  test("is accepted from the sponsor that has been accepted, after a restart too", () => {
    const { memory } = follower();
    const again = voter(memory);
    expect([again.role, again.hear("c", heartbeat), again.role]).toEqual(["unsure", accepted(FIRST), "follower"]);
  });

  test("is not from another, nor in an epoch that has not been announced, nor after a vote in a later one", () => {
    const elector = follower();
    expect(elector.hear("a", heartbeat)).toEqual(notAccepted(FIRST));
    expect(elector.hear("c", { kind: "heartbeat", epoch: SECOND })).toEqual(notAccepted(FIRST));
    expect(refusalOf(elector)).toBe("not_accepted");
    elector.hear("c", request({ epoch: THIRD }));
    expect(elector.hear("c", heartbeat)).toEqual(notAccepted(THIRD));
    expect(refusalOf(elector)).toBe("stale_epoch");
  });

  test("is not from one that is not listed any more", () => {
    const elector = follower();
    elector.step({ kind: "known", members: [] });
    expect(elector.hear("c", heartbeat)).toEqual(notAccepted(FIRST));
  });
});

describe("a question of the sponsor that is followed", () => {
  test.each([0, FIRST, SECOND])("shows that it has left its office: with %i promised", (promised) => {
    const elector = follower();
    const reply = elector.hear("c", { kind: "query", promised });
    expect([elector.role, reply]).toMatchObject(["unsure", { coordinator: undefined, boundTo: "c" }]);
  });

  test("shows nothing where it is from before its election, or from another", () => {
    const elector = voter();
    elector.hear("c", announcement({ epoch: SECOND }));
    elector.hear("c", { kind: "query", promised: FIRST });
    elector.hear("a", { kind: "query", promised: SECOND });
    expect(elector.role).toBe("follower");
  });
});

test("a follower says whom it follows, and to whom it is bound", () => {
  const standing = { kind: "standing", coordinator: "c", epoch: FIRST, promised: FIRST, claims: false, boundTo: "c" };
  expect(follower().hear("a", { kind: "query", promised: 0 })).toEqual(standing as Answer);
});
