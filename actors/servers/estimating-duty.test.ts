// Whom a coordinator that estimates clocks polls, and when.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { EstimatingDuty } from "./estimating-duty.ts";
import { NodeClocks } from "./node-clocks.ts";

const START_MS = 1_000;
/** Between two looks of the coordinator. */
const TICK_MS = 50;

/** A duty with its hardware clock. */
function begun() {
  const duty = new EstimatingDuty("me", new NodeClocks(() => START_MS));
  const answer = (name: string, sentMs: number, tookMs: number): void => {
    const hardwareMs = sentMs + tookMs / 2;
    const reading = { hardwareMs, timeMs: hardwareMs, boundMs: undefined };
    duty.polled({ name, sentMs, arrivedMs: sentMs + tookMs, reading });
  };
  return { duty, answer };
}

describe("a server", () => {
  test("is polled soon again at first, and the duty says when", () => {
    const { duty, answer } = begun();
    let nowMs = START_MS;
    for (let poll = 0; poll < 10; poll++) {
      expect(duty.duePolls(["ana"], nowMs)).toEqual(["ana"]);
      answer("ana", nowMs, 20);
      expect(duty.dueMs).toBe(nowMs + limits.clockFirstPollMs);
      expect(duty.duePolls(["ana"], duty.dueMs - 1)).toEqual([]);
      nowMs = duty.dueMs;
    }
  });

  test("is polled again only when it has answered, however long that takes", () => {
    const { duty, answer } = begun();
    expect(duty.duePolls(["ana", "bia"], START_MS)).toEqual(["ana"]);
    expect(duty.duePolls(["ana", "bia"], START_MS)).toEqual(["bia"]);
    answer("bia", START_MS, 20);
    expect(duty.duePolls(["ana", "bia"], START_MS + 500)).toEqual(["bia"]);
    answer("ana", START_MS, 510);
    expect(duty.duePolls(["ana", "bia"], START_MS + 510)).toEqual(["ana"]);
  });

  test("is polled at another look than others that are due, who has waited longest first", () => {
    const { duty } = begun();
    expect(duty.duePolls(["ana"], START_MS)).toEqual(["ana"]);
    const nowMs = START_MS + limits.clockRoundTripMsMax + 1;
    expect(duty.duePolls(["bia", "ana"], nowMs)).toEqual(["ana"]);
    expect(duty.dueMs).toBe(nowMs);
    expect(duty.duePolls(["bia", "ana"], nowMs)).toEqual(["bia"]);
    expect(duty.duePolls(["bia", "ana"], nowMs)).toEqual([]);
  });

  test("that does not answer is polled again once no answer can come any more", () => {
    const { duty } = begun();
    duty.duePolls(["ana"], START_MS);
    expect(duty.duePolls(["ana"], START_MS + limits.clockRoundTripMsMax - TICK_MS)).toEqual([]);
    expect(duty.duePolls(["ana"], START_MS + limits.clockRoundTripMsMax)).toEqual(["ana"]);
  });

  test("that is foreign is polled as seldom as in Berkeley", () => {
    const { duty } = begun();
    duty.duePolls(["old"], START_MS);
    duty.polled({ name: "old", sentMs: START_MS, arrivedMs: START_MS + 20, reading: { timeMs: START_MS + 10 } });
    expect(duty.duePolls(["old"], START_MS + limits.berkeleyRoundMs - TICK_MS)).toEqual([]);
    expect(duty.duePolls(["old"], START_MS + limits.berkeleyRoundMs)).toEqual(["old"]);
  });
});
