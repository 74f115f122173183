// The fallback experiment with one short cut: nothing is lost, and what it says is what it measured.
import { expect, test } from "bun:test";

import { renderFallback } from "./fallback.ts";
import { type FallbackParameters, measureFallback } from "./lib/fallback-rounds.ts";

const TIMEOUT_MS = 60_000;
const tiny: FallbackParameters = { cuts: ["both"], rounds: 1, everyMs: 50, cutForMs: 3_000, delayMs: 1 };

test(
  "a cut delays messages until TCP takes over, and loses none",
  async () => {
    const rounds = await measureFallback(tiny);
    expect(rounds).toMatchObject([{ cut: "both", wrong: 0 }]);
    expect(rounds[0]?.saidMs).toBeGreaterThan(1_000);
    expect(rounds[0]?.heardMs).toBeGreaterThan(1_000);
  },
  TIMEOUT_MS,
);

test("what it says names the level, and what was wrong", () => {
  const round = { cut: "both", saidMs: 2_100, heardMs: 1_500, backMs: 400, messages: 10, wrong: 1 } as const;
  const text = renderFallback(tiny, [round]);
  expect(text).toContain("NOT VERIFIED: 1 of 10 messages");
  expect(text).toContain("NOT REACHED");
  expect(renderFallback(tiny, [{ ...round, saidMs: Number.POSITIVE_INFINITY }])).toContain("NOT REACHED");
  expect(renderFallback(tiny, [{ ...round, saidMs: 1_500, wrong: 0 }])).toMatch(/verified: 10 [\s\S]* reached$/);
});
