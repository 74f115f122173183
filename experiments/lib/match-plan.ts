// What the match experiment asks, with which parameters, and what its answers look like.

import type { Environment } from "./environment.ts";
import type { Level } from "./level.ts";
import type { HeartbeatParameters, HeartbeatResult } from "./match-heartbeat.ts";
import type { HostedParameters, HostedResult } from "./match-hosted.ts";
import type { IdleCpuParameters, IdleCpuResult } from "./match-idle.ts";
import type { MemoryParameters, MemoryResult } from "./match-memory.ts";
import type { Scene, SceneName, SceneParameters } from "./match-scenes.ts";

export const MATCH_QUESTIONS = ["scenes", "hosted", "memory", "idle", "heartbeat"] as const;
export type MatchQuestion = (typeof MATCH_QUESTIONS)[number];

export interface MatchParameters {
  readonly only: readonly MatchQuestion[];
  readonly scenes: SceneParameters & { readonly names: readonly SceneName[] };
  readonly hosted: HostedParameters;
  readonly memory: MemoryParameters;
  readonly idle: IdleCpuParameters;
  readonly heartbeat: HeartbeatParameters;
}

/** What was asked, answered. */
export interface MatchAnswers {
  readonly scenes?: readonly Scene[];
  readonly hosted?: HostedResult;
  readonly memory?: MemoryResult;
  readonly idle?: IdleCpuResult;
  readonly heartbeat?: HeartbeatResult;
}

export interface MatchReport extends MatchAnswers {
  readonly environment: Environment;
  readonly parameters: MatchParameters;
  /** What could not be measured here, and why. */
  readonly missing: readonly string[];
  readonly levels: readonly Level[];
  /** What went wrong in what was verified; nothing is a result where there is any. */
  readonly wrong: readonly string[];
}

export const DEFAULT_MATCHES: MatchParameters = {
  only: MATCH_QUESTIONS,
  scenes: {
    names: ["server", "logged-in", "match", "hosted"],
    everyMs: 100,
    restMs: 12_000,
    moves: 9,
    moveEveryMs: 1_000,
  },
  hosted: {
    matches: 2_000,
    seconds: 30,
    warmSeconds: 5,
    rounds: 5,
    everyMs: 250,
    only: ["correio", "raw", "python"],
  },
  memory: { players: 4_000, rounds: 3, settleMs: 15_000 },
  idle: { seconds: 60, rounds: 3, settleMs: 5_000 },
  heartbeat: {
    pairs: 25,
    existing: 6,
    heartbeatMs: 10_000,
    pongMs: 3_000,
    loss: 0.05,
    delayMs: 200,
    jitterMs: 200,
    aliveSeconds: 180,
  },
};

/** About a minute. */
export const QUICK_MATCHES: MatchParameters = {
  ...DEFAULT_MATCHES,
  scenes: { ...DEFAULT_MATCHES.scenes, restMs: 1_000, moveEveryMs: 200 },
  hosted: { ...DEFAULT_MATCHES.hosted, matches: 200, seconds: 5, warmSeconds: 1, rounds: 1 },
  memory: { players: 400, rounds: 1, settleMs: 1_000 },
  idle: { seconds: 5, rounds: 1, settleMs: 1_000 },
  heartbeat: { ...DEFAULT_MATCHES.heartbeat, pairs: 5, existing: 2, heartbeatMs: 3_000, aliveSeconds: 5 },
};

/** The least that still does and verifies everything. */
export const SMALL_MATCHES: MatchParameters = {
  only: MATCH_QUESTIONS,
  scenes: { names: ["match", "hosted"], everyMs: 50, restMs: 50, moves: 9, moveEveryMs: 10 },
  hosted: { matches: 2, seconds: 2, warmSeconds: 1, rounds: 1, everyMs: 100, only: ["correio", "raw", "python"] },
  memory: { players: 4, rounds: 1, settleMs: 50 },
  idle: { seconds: 1, rounds: 1, settleMs: 50 },
  heartbeat: {
    pairs: 1,
    existing: 2,
    heartbeatMs: 1_000,
    pongMs: 1_000,
    loss: 0.05,
    delayMs: 5,
    jitterMs: 5,
    aliveSeconds: 2,
  },
};

export const FULL_MATCHES: MatchParameters = {
  ...DEFAULT_MATCHES,
  hosted: { ...DEFAULT_MATCHES.hosted, seconds: 60 },
  memory: { ...DEFAULT_MATCHES.memory, rounds: 5 },
  idle: { ...DEFAULT_MATCHES.idle, rounds: 5 },
  heartbeat: { ...DEFAULT_MATCHES.heartbeat, pairs: 50, aliveSeconds: 600 },
};
