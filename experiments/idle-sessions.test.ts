// The idle-sessions experiment runs with tiny parameters and loses no session.

import { describe, expect, test } from "bun:test";

import { runIdleSessions } from "./idle-sessions.ts";
import { renderIdleSessions } from "./lib/idle-report.ts";

const tiny = { sessions: 20, pairs: 1, requests: 200, connections: 2, settleMs: 50 } as const;

describe("the idle-sessions experiment", () => {
  test("holds every session of the raw program while others are active", async () => {
    const { results } = await runIdleSessions({ ...tiny, only: ["raw"] });
    expect(results).toMatchObject([{ name: "raw", sessions: 20, lost: 0, verified: true }]);
  });

  test("holds every session of Correio, and sets its levels beside what it measured", async () => {
    const report = await runIdleSessions({ ...tiny, only: ["correio"] });
    expect(report.results).toMatchObject([{ name: "correio", sessions: 20, lost: 0, verified: true }]);
    expect(renderIdleSessions(report)).toContain("≤ 4096");
  });
});
