// The gateway experiment runs with tiny parameters: every call is answered, every viewer hears every tick.

import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { runGateway } from "./gateway.ts";
import { SMALL_GATEWAY } from "./lib/gateway-plan.ts";
import { renderGateway, wrongOf } from "./lib/gateway-report.ts";
import { testCommandLine } from "./lib/test-command-line.ts";

setDefaultTimeout(60_000);

describe("the gateway experiment", () => {
  // With servers and all questions it is run, as small as can be, by all.ts.
  test("counts what viewers hear of a server that is idle", async () => {
    const live = { ...SMALL_GATEWAY.live, only: ["raw"] } as const;
    const report = await runGateway({ ...SMALL_GATEWAY, live, only: ["live"] });
    expect(wrongOf(report)).toEqual([]);
    expect(report.live?.map(({ load }) => load)).toEqual(["idle", "loaded"]);
  });

  test("names the browser where there is none", async () => {
    const report = await runGateway({ ...SMALL_GATEWAY, only: ["page"], searchPath: "" });
    expect(report.missing).toEqual(["the page in a browser: chromium is not installed"]);
    expect(renderGateway(report)).toContain("MISSING: the page in a browser");
  });

  test("says what was not verified, once, and how often it was so", () => {
    const times = { count: 1, median: 1, low: 1, high: 1 };
    const live = [
      { name: "raw", load: "idle", without: times, difference: times, tickBytes: 1, wrong: ["lost", "lost"] } as const,
    ];
    const report = { environment: {} as never, parameters: SMALL_GATEWAY, missing: [], live };
    expect(wrongOf(report)).toEqual(["raw, idle: lost (2 times)"]);
  });
});

testCommandLine("gateway.ts", ["--only", "--servers", "--quick", "--json"], ["--only=nothing", "--nothing", "nothing"]);
