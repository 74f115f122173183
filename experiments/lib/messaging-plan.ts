// What the messaging experiment asks, with which parameters, and what its answers look like.

import type { Environment } from "./environment.ts";
import type { Level } from "./level.ts";
import type { FanOutParameters, FanOutResult } from "./messaging-fan-out.ts";
import type { RateParameters, RateResult } from "./messaging-rates.ts";
import type { RoundTripParameters, RoundTripResult } from "./messaging-round-trips.ts";
import type { SlowSubscriberParameters, SlowSubscriberResult } from "./messaging-slow-subscriber.ts";
import type { WorkerParameters, WorkerResult } from "./messaging-workers.ts";

export const MESSAGING_QUESTIONS = ["round-trips", "fan-out", "slow-subscriber", "rates", "workers"] as const;
export type MessagingQuestion = (typeof MESSAGING_QUESTIONS)[number];

export interface MessagingParameters {
  readonly only: readonly MessagingQuestion[];
  readonly roundTrips: RoundTripParameters;
  readonly fanOut: FanOutParameters;
  readonly slowSubscriber: SlowSubscriberParameters;
  readonly rates: RateParameters;
  readonly workers: WorkerParameters;
}

/** What was asked, answered. */
export interface MessagingAnswers {
  readonly roundTrips?: RoundTripResult;
  readonly fanOut?: FanOutResult;
  readonly slowSubscriber?: SlowSubscriberResult;
  readonly rates?: RateResult;
  readonly workers?: WorkerResult;
}

export interface MessagingReport extends MessagingAnswers {
  readonly environment: Environment;
  readonly parameters: MessagingParameters;
  /** Peers that are not there, and what is not measured without them. */
  readonly missing: readonly string[];
  readonly levels: readonly Level[];
  /** What went wrong in what was verified; nothing is a result where there is any. */
  readonly wrong: readonly string[];
}

export const DEFAULT_MESSAGING: MessagingParameters = {
  only: MESSAGING_QUESTIONS,
  roundTrips: { rounds: 7, trips: 5_000, warmUp: 1_000, requestBytes: 64 },
  fanOut: {
    rounds: 7,
    subscribers: 50,
    bodyBytes: 100,
    windows: [
      { window: 4_096, publications: 200_000 },
      { window: 1, publications: 4_000 },
    ],
  },
  slowSubscriber: {
    pairs: 5,
    subscribers: 10,
    publications: 1_000_000,
    window: 4_096,
    bodyBytes: 100,
    readsOneIn: 100,
  },
  rates: { rounds: 5, clients: [1, 8, 64], runMs: 1_500, warmUpMs: 500 },
  workers: { requests: 2_000, kills: 10 },
};

/** About a minute. */
export const QUICK_MESSAGING: MessagingParameters = {
  ...DEFAULT_MESSAGING,
  roundTrips: { ...DEFAULT_MESSAGING.roundTrips, rounds: 3, trips: 2_000 },
  fanOut: {
    ...DEFAULT_MESSAGING.fanOut,
    rounds: 3,
    windows: [
      { window: 4_096, publications: 50_000 },
      { window: 1, publications: 1_000 },
    ],
  },
  slowSubscriber: { ...DEFAULT_MESSAGING.slowSubscriber, pairs: 2 },
  rates: { ...DEFAULT_MESSAGING.rates, rounds: 2, runMs: 500, warmUpMs: 200 },
  workers: { requests: 500, kills: 3 },
};
