// Refusals by reason, and a bound on how many reasons are told apart.
import { expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { TurnStats } from "./turn-stats.ts";

test("refusals are counted by reason, and together past the bound on reasons", () => {
  const stats = new TurnStats();
  for (let reason = 0; reason < limits.refusalReasonsMax + 5; reason++) stats.countRefusal(`reason.${reason}`);
  stats.countRefusal("reason.0");
  expect(stats.refusals.get("reason.0")).toBe(2);
  expect(stats.refusals.get("other")).toBe(5);
  expect(stats.refusals.size).toBe(limits.refusalReasonsMax + 1);
});
