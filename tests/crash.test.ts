// SIGKILL under load, again and again: what was acknowledged is there once, and what was asked again is done once.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type CrashOptions, crashRepeatedly, type CrashReport } from "./crash-test.ts";
import type { NotedFiring } from "./lib/crash-actors.ts";
import { alarmProblems } from "./lib/crash-alarms.ts";
import type { FaultName } from "./lib/crash-faults.ts";
import { buildChild } from "./lib/crash-process.ts";
import { countThroughKills } from "./lib/killed-server.ts";

const folders: string[] = [];
const program = await buildChild(createFolder());

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "correio-crash-"));
  folders.push(folder);
  return folder;
}

function crash(options: Partial<CrashOptions>): Promise<CrashReport> {
  const folder = createFolder();
  return crashRepeatedly({ kills: 1, seed: 7, sync: "full", clients: 16, folder, program, ...options });
}

describe("a process full of durable actors, killed 50 times under load", () => {
  test("keeps every acknowledged change exactly once, and its alarms fire", async () => {
    const report = await crash({ kills: 50 });
    // Work was done, or the checks have checked nothing.
    expect(report.changes).toBeGreaterThan(1_000);
    expect(report.acknowledged).toBeGreaterThan(800);
    expect(report.retried).toBeGreaterThan(400);
    expect(report.firings).toBeGreaterThan(1_000);
    expect(report.missed).toBeGreaterThan(200);
    expect(report.hibernations).toBeGreaterThan(100);
  }, 120_000);
});

describe("the crash test can fail: it finds a store that", () => {
  test.each<readonly [what: string, fault: FaultName, found: RegExp]>([
    ["answers before it has written", "early-answers", /is lost|was answered|counts \d+, and has|Row \d+ follows/],
    ["writes a commit without its rows", "torn-commits", /Row \d+ follows|counts \d+, and has/],
    ["keeps no answers for `once`", "forgotten-answers", /is there twice|sent again/],
    [
      "keeps alarms that have fired",
      "repeated-alarms",
      /took effect twice|fired 2 times|not all firings|firings of .* are not what they were/,
    ],
    ["loses alarms", "lost-alarms", /no firing stood for all that were missed|fired 0 times/],
  ])(
    "%s",
    async (_, fault, found) => {
      const error: unknown = await crash({ kills: 4, fault, dueWithinMs: 1_500 }).catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(found);
    },
    60_000,
  );
});

describe("of alarms the crash test finds", () => {
  const name = "0.0.1";
  const START = 1_000_000;
  const firing = { name, id: `alarm:${name}#1`, dueAt: START - 10, at: START + 5 };
  const all = [-90, -50, -10, 30].map((ms, index) => ({
    name: "all",
    id: `alarm:all#${index}`,
    dueAt: START + ms,
    at: Math.max(START + ms, START),
  }));
  const once = { name: "once", id: "alarm:once#1", dueAt: START - 5, at: START };
  const oneShots = [{ name, missed: "once" as const }];
  const facts = { firings: [firing, ...all, once], oneShots, begun: true, starts: [START] };

  test("nothing wrong where each has fired once, late or in time", () => {
    expect(alarmProblems(facts)).toEqual([]);
  });

  test.each<readonly [what: string, firings: readonly NotedFiring[], found: string]>([
    ["one that never fired", [...all, once], "fired 0 times"],
    ["one that fired twice", [firing, { ...firing, id: "alarm:0.0.1#2" }, ...all, once], "fired 2 times"],
    ["a firing that took effect twice", [firing, firing, ...all, once], "took effect twice"],
    ["one that fired early", [{ ...firing, at: firing.dueAt - 1 }, ...all, once], "1 ms early"],
    ["one that nobody set", [firing, ...all, once, { ...firing, name: "9.9.9", id: "x" }], "which nobody set"],
    ["a missed firing that was not made up for", [firing, ...all.toSpliced(1, 1), once], "80 ms after its last time"],
    [
      "two firings that stand for those missed",
      [firing, ...all, { ...once, id: "x", dueAt: START - 15 }, once],
      "2 firings stood",
    ],
    ["none that stands for them", [firing, ...all], "no firing stood"],
    [
      "one that was to be skipped",
      [firing, ...all, once, { ...once, name: "skip", id: "y", dueAt: START - 1_001 }],
      "not skipped",
    ],
  ])("%s", (_, firings, found) => {
    expect(alarmProblems({ ...facts, firings }).join("\n")).toContain(found);
  });
});

describe("the whole server, killed three times while clients count over HTTP", () => {
  test("keeps every count, answers repeats as it did first, and fires the alarms that were due", async () => {
    const { added, counted, retried, otherAnswers, cleared, letters } = await countThroughKills(3, 7);
    expect(added).toBeGreaterThan(20);
    expect(retried).toBeGreaterThan(30);
    expect({ counted, otherAnswers, cleared, letters }).toEqual({
      counted: added,
      otherAnswers: [],
      cleared: 3,
      letters: 0,
    });
  }, 60_000);
});
