// Whose instructions a server follows: those of the epoch that it accepted last, while it has promised no later one.
import { describe, expect, test } from "bun:test";

import { epochOf } from "./epoch.ts";
import type { Announcement } from "./messages.ts";
import { Elector, epochBy } from "./test-elector.ts";

const KNOWN = "abcD";
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((counter) => epochBy(KNOWN, "c", counter)) as [number, number, number];

const announcementOf = (coordinator: string, epoch: number): Announcement => ({
  kind: "announcement",
  epoch,
  coordinator,
  votes: ["a", "c"],
});

/** `b` of `abcD`, which follows in the second epoch whom `c` has announced. */
function follower(coordinator = "c"): Elector {
  const elector = new Elector({ name: "b", known: KNOWN });
  elector.hear("c", announcementOf(coordinator, SECOND));
  return elector;
}

describe("an instruction", () => {
  test("is followed from the coordinator in the epoch that was accepted", () => {
    expect(follower().election.instructionRefusal(SECOND, "c")).toBeUndefined();
  });

  test.each([
    ["stale_epoch", FIRST, "c"],
    ["stale_epoch", FIRST, "a"],
    ["not_accepted", THIRD, "c"],
    ["not_accepted", SECOND, "a"],
    ["not_accepted", epochBy(KNOWN, "a", 3), "a"],
    ["bad_epoch", undefined, "c"],
    ["bad_epoch", Number.NaN, "c"],
    ["epoch_leap", epochOf(2 ** 36, 3), "c"],
  ])("is refused as %s: %p of %s", (reason, epoch, coordinator) => {
    expect(follower().election.instructionRefusal(epoch, coordinator)).toBe(reason as never);
  });

  test("is refused in an epoch for which it has voted, and which is not announced", () => {
    const elector = follower();
    elector.hear("c", { kind: "vote", epoch: THIRD, coordinator: "c", known: 3, votes: ["c"] });
    expect(elector.election.instructionRefusal(THIRD, "c")).toBe("not_accepted");
    expect(elector.election.instructionRefusal(SECOND, "c")).toBe("stale_epoch");
    elector.hear("c", announcementOf("c", THIRD));
    expect(elector.election.instructionRefusal(THIRD, "c")).toBeUndefined();
  });

  test("is followed after a restart with the memory, and not without it", () => {
    const { memory } = follower();
    const again = new Elector({ name: "b", known: KNOWN, memory });
    expect(again.election.instructionRefusal(SECOND, "c")).toBeUndefined();
    expect(new Elector({ name: "b", known: KNOWN }).election.instructionRefusal(SECOND, "c")).toBe("not_accepted");
  });
});

describe("an instruction from a foreign coordinator", () => {
  test("has no epoch, and is followed while that is the one accepted last", () => {
    const elector = follower("D");
    expect(elector.election.instructionRefusal(undefined, "D")).toBeUndefined();
    elector.hear("c", { kind: "vote", epoch: THIRD, coordinator: "c", known: 3, votes: ["c"] });
    expect(elector.election.instructionRefusal(undefined, "D")).toBe("stale_epoch");
  });

  test("is refused from another", () => {
    expect(follower("D").election.instructionRefusal(undefined, "c")).toBe("not_accepted");
    expect(follower("c").election.instructionRefusal(undefined, "D")).toBe("bad_epoch");
  });
});
