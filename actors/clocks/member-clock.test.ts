// A member's clock: what it says of how far it may be from the group, and what it would leave to a coordinator.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { ClockCorrection } from "./clock-line.ts";
import { MemberClock } from "./member-clock.ts";

/** Four drifts and a little: what parts two clocks in a second that nobody corrects. */
const PARTING_MS = 2.02;

/** Shows 5 000 where its hardware shows 1 000. */
function newMember(): MemberClock {
  return new MemberClock(1_000, 5_000);
}

function correction(timeMs: number, rate = 1): ClockCorrection {
  return { line: { hardwareMs: 1_000, timeMs, rate }, boundMs: 8 };
}

describe("a member's clock", () => {
  test("runs as its hardware does and has no bound before it is told anything", () => {
    expect(newMember().reading(1_500)).toEqual({ timeMs: 5_500, hardwareMs: 1_500, boundMs: undefined });
    expect(newMember().succession(1_500)).toBeUndefined();
  });

  test("has the bound that it was told, and what it has still to be slewed", () => {
    const member = newMember();
    expect(member.follow(correction(5_003), 1_000)).toBeUndefined();
    expect(member.reading(1_000)).toEqual({ timeMs: 5_000, hardwareMs: 1_000, boundMs: 11 });
  });

  test.each([1, 1.001, 0.999])("is less sure the longer nobody corrects it, on a line with the rate %p", (rate) => {
    const member = newMember();
    member.follow(correction(5_000, rate), 1_000);
    expect(member.reading(2_000).boundMs).toBeCloseTo(8 + PARTING_MS + Math.abs(rate - 1) * 1_000, 6);
  });

  test("is less sure too where the line that it is given is for later", () => {
    const member = newMember();
    member.follow({ line: { hardwareMs: 2_000, timeMs: 6_000, rate: 1 }, boundMs: 8 }, 1_000);
    expect(member.reading(1_000).boundMs).toBeCloseTo(8 + PARTING_MS, 6);
  });

  test("has no bound any more when it has not been corrected for too long", () => {
    const member = newMember();
    member.follow(correction(5_000), 1_000);
    expect(member.reading(1_000 + limits.clockHandoverMs).boundMs).toBeDefined();
    expect(member.reading(1_000 + limits.clockHandoverMs + 1).boundMs).toBeUndefined();
    expect(member.succession(1_000 + limits.clockHandoverMs + 1)).toBeUndefined();
  });

  test("keeps its line and its bound where it refuses a correction", () => {
    const member = newMember();
    member.follow(correction(5_000), 1_000);
    expect(member.follow({ ...correction(6_000, 2), boundMs: 0 }, 1_000)).toBe("rate_out_of_range");
    expect(member.reading(1_000)).toEqual({ timeMs: 5_000, hardwareMs: 1_000, boundMs: 8 });
  });

  test("steps when it joins, and has nothing to be slewed then", () => {
    const member = newMember();
    expect(member.join(correction(1_000), 1_000)).toBeUndefined();
    expect(member.reading(1_000)).toEqual({ timeMs: 1_000, hardwareMs: 1_000, boundMs: 8 });
    expect(member.stepCount).toBe(1);
  });

  test("does not know how far from the group it is once it is slewed as in Berkeley", () => {
    const member = newMember();
    member.follow(correction(5_000), 1_000);
    expect(member.slewBy(10, 1_000)).toBeUndefined();
    expect(member.reading(1_200)).toEqual({ timeMs: 5_210, hardwareMs: 1_200, boundMs: undefined });
  });

  test("leaves to a coordinator the line that it follows, and how sure it is of it now", () => {
    const member = newMember();
    member.follow(correction(5_003), 1_000);
    expect(member.succession(2_000)).toEqual({
      line: correction(5_003).line,
      boundMs: member.reading(2_000).boundMs as number,
    });
  });
});
