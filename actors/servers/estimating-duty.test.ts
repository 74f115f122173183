// Whom a coordinator that estimates clocks polls, and when.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { EstimatingDuty } from "./estimating-duty.ts";
import { NodeClocks } from "./node-clocks.ts";

const START_MS = 1_000;
/** Between two looks of the coordinator. */
const TICK_MS = 50;

/** Of a server of another kind, so much ahead and 20 ms away, as that duty is asked for it afterwards. */
function foreignSeen(aheadMs: number) {
  const now = { ms: START_MS };
  const clocks = new NodeClocks(() => now.ms);
  const duty = new EstimatingDuty("me", clocks);
  now.ms += limits.clockListenMs;
  duty.corrections(["old"], now.ms);
  const poll = (): void => {
    const reading = { timeMs: now.ms - 10 + aheadMs };
    duty.polled({ name: "old", sentMs: now.ms - 20, arrivedMs: now.ms, reading });
  };
  const corrected = (): unknown => {
    now.ms += limits.clockCorrectMs;
    return duty.corrections(["old"], now.ms).find(({ name }) => name === "old");
  };
  return { duty, clocks, now, poll, corrected };
}

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

describe("of a foreign server", () => {
  test("what was measured of it is shown as long as nothing else was, though it was told since", () => {
    const { duty, now, poll, corrected } = foreignSeen(5_000);
    poll();
    expect(corrected()).toMatchObject({ differenceMs: -5_000, timeMs: now.ms });
    expect(duty.offsetOf("old", now.ms)).toEqual({ offsetMs: 5_000, boundMs: 10 });
    expect(corrected()).toBeUndefined();
    poll();
    expect(duty.offsetOf("old", now.ms)).toEqual({ offsetMs: 5_000, boundMs: 10 });
    expect(corrected()).toMatchObject({ differenceMs: -5_000 });
  });

  test("nothing is corrected that may be right", () => {
    const { poll, corrected } = foreignSeen(10 + limits.foreignClockMs);
    poll();
    expect(corrected()).toBeUndefined();
  });

  test("the offset is that from the time of the group, not from a clock of ours that was set by hand", () => {
    const { duty, clocks, now, poll } = foreignSeen(0);
    clocks.setTo((now.ms + 500) / 1_000);
    now.ms += 5_000;
    expect(clocks.timeMs - now.ms).toBeCloseTo(500, 6);
    poll();
    expect(duty.offsetOf("old", now.ms)?.offsetMs).toBeCloseTo(0, 6);
  });
});
