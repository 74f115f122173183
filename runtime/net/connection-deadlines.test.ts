// What is too late, and when to look again: a table of times.
import { describe, expect, test } from "bun:test";

import { type ConnectionTimes, judgeDeadlines, type Verdict } from "./connection-deadlines.ts";

const settings = { handshakeMs: 10, firstByteMs: 20, messageMs: 30, writeStallMs: 40, idleMs: 50, answerMs: 45 };

/** Nothing is going on. */
const calm: ConnectionTimes = {
  partialSinceMs: undefined,
  blockedSinceMs: undefined,
  quietSinceMs: undefined,
  unansweredSinceMs: undefined,
};

type Case = readonly [what: string, times: Partial<ConnectionTimes>, nowMs: number, verdict: Verdict];

const CASES: readonly Case[] = [
  ["nothing is going on: look again after the idle time", {}, 9_000, { lookAgainMs: 50 }],
  ["a message within its time", { partialSinceMs: 2_000 }, 2_029.5, { lookAgainMs: 0.5 }],
  ["a message at the end of its time", { partialSinceMs: 2_000 }, 2_030, { reason: "message_timeout" }],
  ["a peer that takes nothing, within its time", { blockedSinceMs: 2_000 }, 2_039, { lookAgainMs: 1 }],
  ["a peer that takes nothing, at the end", { blockedSinceMs: 2_000 }, 2_040, { reason: "peer_not_reading" }],
  ["nothing more is read, within the time of a turn", { unansweredSinceMs: 2_000 }, 2_044, { lookAgainMs: 1 }],
  ["nothing more is read, at the end of the time", { unansweredSinceMs: 2_000 }, 2_045, { reason: "answer_timeout" }],
  ["quiet, within the time", { quietSinceMs: 2_000 }, 2_049, { lookAgainMs: 1 }],
  ["quiet, at the end of the time", { quietSinceMs: 2_000 }, 2_050, { reason: "idle_timeout" }],
  [
    "the next of several that run",
    { quietSinceMs: 2_000, partialSinceMs: 2_015, blockedSinceMs: 2_009 },
    2_010,
    { lookAgainMs: 35 },
  ],
  [
    "a peer that does not read is named first",
    { quietSinceMs: 0, partialSinceMs: 0, blockedSinceMs: 0 },
    9_000,
    { reason: "peer_not_reading" },
  ],
];

describe("a connection's deadlines", () => {
  test.each(CASES)("%s", (_, times, nowMs, verdict) => {
    expect(judgeDeadlines({ ...calm, ...times }, settings, nowMs)).toEqual(verdict);
  });
});
