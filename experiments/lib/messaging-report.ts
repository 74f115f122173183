// The messaging experiment's result as a page to read: a table for each question, and the levels it is held to.

import { type Environment, renderEnvironment } from "./environment.ts";
import { type Level, levelOf, renderLevels } from "./level.ts";
import type { MessagingAnswers, MessagingParameters, MessagingReport } from "./messaging-plan.ts";
import {
  fanOutRatio,
  renderFanOut,
  renderRates,
  renderRoundTrips,
  renderSlowSubscriber,
  renderWorkers,
  roundTripRatio,
} from "./messaging-tables.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { onceMeasured } from "./statistics.ts";

/** Of the requests of one client, for one worker beside the node itself. */
const FAIR_SHARE = 0.5;
const SHARE_OFF_MAX = 0.01;

export function messagingReport(
  environment: Environment,
  parameters: MessagingParameters,
  missing: readonly string[],
  answers: MessagingAnswers,
): MessagingReport {
  return {
    environment,
    parameters,
    missing,
    ...answers,
    levels: levelsOf(parameters, answers),
    wrong: wrongOf(answers),
  };
}

export function renderMessaging(report: MessagingReport): string {
  const { roundTrips, fanOut, slowSubscriber, rates, workers, wrong } = report;
  const sections = [
    roundTrips && renderRoundTrips(roundTrips),
    fanOut && renderFanOut(fanOut),
    slowSubscriber && renderSlowSubscriber(slowSubscriber),
    rates && renderRates(rates),
    workers && renderWorkers(workers),
  ];
  return [
    renderEnvironment(report.environment),
    ...(report.missing.length === 0 ? [] : [report.missing.map((what) => `MISSING: ${what}`).join("\n")]),
    wrong.length === 0 ? "verified" : wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    "Medians over runs; [95 % bootstrap interval over pairs of runs]; CPU in % of one core",
    ...sections.filter((section) => section !== undefined),
    renderLevels(report.levels),
  ].join("\n\n");
}

export function concludeMessaging({ levels }: MessagingReport): Conclusion {
  return conclude(levels, figuresOf(levels));
}

function levelsOf({ only, fanOut: { windows } }: MessagingParameters, answers: MessagingAnswers): Level[] {
  const { roundTrips, fanOut, workers } = answers;
  const window = Math.max(...windows.map((each) => each.window));
  const share = workers && workers.foreign / (workers.foreign + workers.own);
  const levels: Partial<Record<(typeof only)[number], Level>> = {
    "round-trips": levelOf(
      "round trip p50, our REP socket / pyzmq's",
      "at most",
      1.5,
      roundTrips && roundTripRatio(roundTrips, "reply-socket", "pyzmq-reply"),
    ),
    "fan-out": levelOf(
      "deliveries/s, Correio / nats-server",
      "at least",
      0.5,
      fanOut && fanOutRatio(fanOut, window, "nats"),
    ),
    workers: levelOf(
      "a foreign worker's share of the requests, off by",
      "at most",
      SHARE_OFF_MAX,
      share === undefined ? undefined : onceMeasured(Math.abs(share - FAIR_SHARE)),
    ),
  };
  return only.map((question) => levels[question]).filter((level) => level !== undefined);
}

function wrongOf({ roundTrips, fanOut, slowSubscriber, rates, workers }: MessagingAnswers): string[] {
  const verified: readonly (readonly [what: string, samples: readonly { readonly verified: boolean }[] | undefined])[] =
    [
      ["round-trips: not each request had its own reply", roundTrips?.samples],
      ["fan-out: not every subscriber had everything in order", fanOut?.samples],
      ["slow-subscriber: others missed something, or it had what it should not", slowSubscriber?.samples],
      ["rates: not each request was answered, or not as many are stored", rates?.samples],
      ["workers: a client was not told what became of its request", workers?.kills],
    ];
  return verified.flatMap(([what, samples = []]) => (samples.every((each) => each.verified) ? [] : [what]));
}
