// The gateway experiment's result as a page to read, beside the levels it is held to.

import { renderEnvironment } from "./environment.ts";
import type { LiveResult } from "./gateway-live.ts";
import type { ManagementResult } from "./gateway-management.ts";
import type { PageResult } from "./gateway-page.ts";
import type { GatewayReport } from "./gateway-plan.ts";
import { GATEWAY_SERVER_TITLES } from "./gateway-servers.ts";
import { type Level, levelOf, renderInterval, renderLevels } from "./level.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { onceMeasured } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

const CALL_P99_MS_MAX = 5;
const LOAD_KEPT_MIN = 0.95;
const VIEWERS_PERCENT_MAX = 2;
const PAINT_MS_MAX = 300;
const WEIGHT_KILOBYTES_MAX = 400;
const KILOBYTE = 1_000;

export function renderGateway(report: GatewayReport): string {
  const { environment, missing, management, live, page } = report;
  const wrong = wrongOf(report);
  const sections = [
    management && renderManagement(management, report),
    live && renderLive(live, report),
    page && renderPages(page),
  ];
  return [
    renderEnvironment(environment),
    ...missing.map((what) => `MISSING: ${what}`),
    wrong.length === 0 ? "verified" : wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    ...sections.filter((section) => section !== undefined),
    renderLevels(levelsOf(report)),
  ].join("\n\n");
}

export function concludeGateway(report: GatewayReport): Conclusion {
  const levels = levelsOf(report);
  const floor = report.management?.find(({ name }) => name === "raw")?.all;
  const beside = floor && `the same beside bare Bun.serve, p99, ms: ${renderInterval(floor.p99)}`;
  return conclude(levels, [...figuresOf(levels), beside]);
}

/** Each once, with how often it was so. */
export function wrongOf({ management = [], live = [] }: GatewayReport): readonly string[] {
  const all = [
    ...management.flatMap(({ name, wrong }) => wrong.map((what) => `${name}: ${what}`)),
    ...live.flatMap(({ name, load, wrong }) => wrong.map((what) => `${name}, ${load}: ${what}`)),
  ];
  const counts = new Map<string, number>();
  for (const what of all) counts.set(what, (counts.get(what) ?? 0) + 1);
  return Array.from(counts, ([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
}

function levelsOf({ parameters, management, live, page }: GatewayReport): readonly Level[] {
  const calls = management?.find(({ name }) => name === "correio");
  const ofLoad = (load: LiveResult["load"]) => live?.find((each) => each.name === "correio" && each.load === load);
  const own = page?.find(({ name }) => name === "correio");
  const callsPerSecond = 1_000 / parameters.management.everyMs;
  const { viewers } = parameters.live;
  const weight = own && onceMeasured(own.transferredBytes / KILOBYTE);
  return [
    levelOf("management call p99 under the pipelined load, ms", "at most", CALL_P99_MS_MAX, calls?.all?.p99),
    levelOf(`the load beside ${callsPerSecond} calls a second / alone`, "at least", LOAD_KEPT_MIN, calls?.ratio),
    ...(["idle", "loaded"] as const).map((load) =>
      levelOf(`${viewers} viewers, ${load}, % of a core`, "at most", VIEWERS_PERCENT_MAX, ofLoad(load)?.difference),
    ),
    levelOf("first paint, nothing kept, ms", "at most", PAINT_MS_MAX, own?.cold),
    levelOf("first paint, files kept, ms", "at most", PAINT_MS_MAX, own?.warm),
    levelOf("the page as transferred, KB", "at most", WEIGHT_KILOBYTES_MAX, weight),
  ];
}

function renderManagement(results: readonly ManagementResult[], { parameters }: GatewayReport): string {
  const { connections, requests, pairs, everyMs } = parameters.management;
  const heading = [
    "server",
    "requests/s alone",
    "beside calls",
    "ratio",
    "calls",
    "p50 ms",
    "p99 ms",
    "caller late ms",
  ];
  const rows = results.map(({ name, without, beside, ratio, all, callerLagMs }) => [
    GATEWAY_SERVER_TITLES[name],
    formatCount(without.median),
    formatCount(beside.median),
    renderInterval(ratio),
    String(all?.calls ?? 0),
    all === undefined ? "" : renderInterval(all.p50),
    all === undefined ? "" : renderInterval(all.p99),
    callerLagMs.toFixed(1),
  ]);
  const kinds = results.flatMap(({ name, kinds: own }) =>
    own.map(({ kind, calls, p50, p99 }) => [
      GATEWAY_SERVER_TITLES[name],
      kind,
      String(calls),
      renderInterval(p50),
      renderInterval(p99),
    ]),
  );
  return [
    `A management call each ${everyMs} ms while ${connections} connections have ${formatCount(requests)} requests in`,
    `flight, ${pairs} pairs of loads with and without calls; timed from when a call was to be sent`,
    renderTable([heading, ...rows]),
    "",
    renderTable([["server", "call", "calls", "p50 ms", "p99 ms"], ...kinds]),
  ].join("\n");
}

function renderLive(results: readonly LiveResult[], { parameters }: GatewayReport): string {
  const { viewers, sessions, connections, requestsPerSecond, seconds, pairs } = parameters.live;
  const rows = results.map(({ name, load, without, difference, tickBytes }) => [
    GATEWAY_SERVER_TITLES[name],
    load,
    renderInterval(without),
    renderInterval(difference),
    formatCount(tickBytes),
  ]);
  return [
    `${viewers} viewers of the live feed, ${pairs} pairs of ${seconds} s with and without them;`,
    `${formatCount(sessions)} idle sessions, which are actors in Correio;`,
    `loaded: ${formatCount(requestsPerSecond)} requests/s over ${connections} connections`,
    renderTable([["server", "", "% of a core without", "more with them", "octets a message"], ...rows]),
  ].join("\n");
}

function renderPages(results: readonly PageResult[]): string {
  const rows = results.map(({ name, first, cold, warm, transferredBytes, files, openPercent }) => [
    GATEWAY_SERVER_TITLES[name],
    renderInterval(first),
    renderInterval(cold),
    renderInterval(warm),
    formatCount(transferredBytes),
    String(files),
    renderInterval(openPercent),
  ]);
  const paints = ["first of all, ms", "nothing kept, ms", "files kept, ms"];
  return [
    "First contentful paint of / in Chromium, what came over the wire, and what the open page costs the server",
    renderTable([["server", ...paints, "octets", "files", "% of a core"], ...rows]),
  ].join("\n");
}
