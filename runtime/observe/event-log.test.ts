// What the core reports, as log lines: here those of turns over their budget.
import { expect, test } from "bun:test";

import { logEvents } from "./event-log.ts";
import type { Log } from "./log.ts";

const over = { type: "spinner", key: "a", method: "spin", definedAt: "spinner.ts:9", tookMs: 204, turns: 1 };

/** The fields of the one line that says it. */
function logged(stackOf?: (lastMs: number) => string | undefined): object | undefined {
  const lines: object[] = [];
  const log = { limited: (_level: string, _reason: string, fields: object) => void lines.push(fields) };
  const sampler = stackOf && { stackOf, stop: () => undefined };
  logEvents(log as unknown as Log, () => undefined, sampler).overBudget(over);
  return lines[0];
}

test("a turn over its budget is logged with where it is defined", () => {
  expect(logged()).toMatchObject(over);
});

test("where stacks are sampled, also with the one it spent its time in", () => {
  expect(logged((lastMs) => `spun for ${lastMs} ms`)).toMatchObject({ ...over, stack: "spun for 204 ms" });
});
