// When a coordinator begins a round of Berkeley.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { BerkeleyDuty } from "./berkeley-duty.ts";
import { NodeClocks } from "./node-clocks.ts";

const OTHERS = ["ana", "bia"];

/** A coordinator that has just held its first round. */
function dutyAfterRound() {
  const now = { ms: 1_000 };
  const clocks = new NodeClocks(() => now.ms);
  const duty = new BerkeleyDuty("me", clocks);
  expect(duty.duePolls(OTHERS, now.ms)).toEqual(OTHERS);
  now.ms += limits.berkeleyAnswerMs;
  duty.corrections(OTHERS, now.ms);
  return { now, clocks, duty };
}

describe("a round of Berkeley comes", () => {
  test("each ten seconds", () => {
    const { duty, now } = dutyAfterRound();
    const nextMs = now.ms - limits.berkeleyAnswerMs + limits.berkeleyRoundMs;
    expect(duty.duePolls(OTHERS, nextMs - 1)).toEqual([]);
    expect(duty.duePolls(OTHERS, nextMs)).toEqual(OTHERS);
  });

  test("sooner after ten requests of clients", () => {
    const { duty, now, clocks } = dutyAfterRound();
    const { lamport } = clocks.ofRequests;
    for (let count = 1; count < limits.berkeleyRoundMessages; count++) lamport.receive(count);
    expect(duty.duePolls(OTHERS, now.ms)).toEqual([]);
    lamport.receive(limits.berkeleyRoundMessages);
    expect(duty.duePolls(OTHERS, now.ms)).toEqual(OTHERS);
  });

  test("no sooner for what servers say to each other, of which a round is full itself", () => {
    const { duty, now, clocks } = dutyAfterRound();
    for (let count = 0; count < limits.berkeleyRoundMessages; count++) clocks.lamport.receive(count);
    expect(duty.duePolls(OTHERS, now.ms)).toEqual([]);
  });
});
