// The chat experiment's result as a page to read: a table for each question, and the levels it is held to.

import type { FanOutResult } from "./chat-fan-out.ts";
import type { FloodResult } from "./chat-flood.ts";
import type { GhostResult } from "./chat-ghosts.ts";
import type { IdleAccuracyResult } from "./chat-idle.ts";
import { echoRatio, fanOutRatio, floodRatio, ratesOf } from "./chat-ratios.ts";
import type { SpoofResult } from "./chat-spoofed.ts";
import { renderFanOut, renderFlood, renderGhosts, renderIdle, renderSpoofed, renderUdpEcho } from "./chat-tables.ts";
import type { UdpEchoResult } from "./chat-udp-echo.ts";
import { type Environment, renderEnvironment } from "./environment.ts";
import { type Level, levelOf, renderLevels } from "./level.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { medianInterval, onceMeasured } from "./statistics.ts";
import { formatCount } from "./table.ts";

export const chatQuestions = ["fan-out", "idle", "ghosts", "flood", "udp-echo", "spoofed"] as const;
export type ChatQuestion = (typeof chatQuestions)[number];

/** What was asked, answered. */
export interface ChatResults {
  readonly fanOut?: FanOutResult;
  readonly idle?: IdleAccuracyResult;
  readonly ghosts?: GhostResult;
  readonly flood?: FloodResult;
  readonly udpEcho?: UdpEchoResult;
  readonly spoofed?: SpoofResult;
}

export interface ChatReport extends ChatResults {
  readonly environment: Environment;
  readonly levels: readonly Level[];
  /** What went wrong in what was verified; nothing is a result where there is any. */
  readonly wrong: readonly string[];
}

export function chatReport(environment: Environment, results: ChatResults): ChatReport {
  return { environment, ...results, levels: levelsOf(results), wrong: wrongOf(results) };
}

export function renderChat(report: ChatReport): string {
  const { fanOut, idle, ghosts, flood, udpEcho, spoofed } = report;
  const sections = [
    fanOut && renderFanOut(fanOut),
    idle && renderIdle(idle),
    ghosts && renderGhosts(ghosts),
    flood && renderFlood(flood),
    udpEcho && renderUdpEcho(udpEcho),
    spoofed && renderSpoofed(spoofed),
  ];
  return [
    renderEnvironment(report.environment),
    report.wrong.length === 0 ? "verified" : report.wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    ...sections.filter((section) => section !== undefined),
    renderLevels(report.levels),
  ].join("\n\n");
}

export function concludeChat({ levels, ghosts }: ChatReport): Conclusion {
  return conclude(levels, [
    ...figuresOf(levels),
    ghosts && `ghosts of ${formatCount(ghosts.parameters.cycles)} that died: ${ghosts.ghosts}`,
  ]);
}

function levelsOf({ fanOut, idle, flood, udpEcho }: ChatResults): Level[] {
  const deliveries = fanOut && ratesOf(fanOut.samples, "correio");
  const spread = idle?.samples.find(({ spreadMs }) => spreadMs > 0);
  return [
    ...(fanOut === undefined
      ? []
      : [
          levelOf(
            "deliveries/s, Correio",
            "at least",
            1_000_000,
            deliveries?.length ? medianInterval(deliveries) : undefined,
          ),
          levelOf("deliveries/s, Correio / raw", "at least", 0.5, fanOutRatio(fanOut.samples, "raw")),
        ]),
    ...(idle === undefined
      ? []
      : [
          levelOf("idle notice, earliest, ms beyond the idle time", "at least", 0, spread && onceMeasured(spread.min)),
          levelOf("idle notice, latest, ms beyond the idle time", "at most", 50, spread && onceMeasured(spread.max)),
        ]),
    ...(flood === undefined
      ? []
      : flood.parameters.kinds.map((kind) =>
          levelOf(`p99 beside a flood of ${kind} / without`, "at most", 1.2, floodRatio(flood, kind)),
        )),
    ...(udpEcho === undefined
      ? []
      : [levelOf("UDP echoes/s, Correio / plain Go", "at least", 2, echoRatio(udpEcho.samples, "go"))]),
  ];
}

function wrongOf({ fanOut, idle, ghosts, flood, udpEcho }: ChatResults): string[] {
  const unacknowledged = flood?.samples.some(({ quiet, flooded }) =>
    [quiet, flooded].some(({ acknowledged, wanted }) => acknowledged < wanted),
  );
  return [
    ...(fanOut?.samples.some(({ verified }) => !verified) ? ["fan-out: not all were told everything in order"] : []),
    ...(idle?.samples.some(({ verified }) => !verified) ? ["idle: not each was told once and let go"] : []),
    ...(ghosts?.verified === false ? ["ghosts: some stayed, or some were not seen to go"] : []),
    ...(unacknowledged === true ? ["flood: not all that was said was acknowledged"] : []),
    ...(udpEcho?.samples.some(({ wrong }) => wrong > 0) ? ["UDP echo: some replies were no echo"] : []),
  ];
}
