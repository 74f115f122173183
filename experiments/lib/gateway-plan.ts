// What the gateway experiment asks, with which parameters, and what its answers look like.

import type { Environment } from "./environment.ts";
import type { LiveParameters, LiveResult } from "./gateway-live.ts";
import type { ManagementParameters, ManagementResult } from "./gateway-management.ts";
import type { PageParameters, PageResult } from "./gateway-page.ts";
import { GATEWAY_SERVER_NAMES } from "./gateway-servers.ts";

export const GATEWAY_QUESTIONS = ["management", "live", "page"] as const;
export type GatewayQuestion = (typeof GATEWAY_QUESTIONS)[number];

export interface GatewayParameters {
  readonly only: readonly GatewayQuestion[];
  readonly management: ManagementParameters;
  readonly live: LiveParameters;
  readonly page: PageParameters;
}

export interface GatewayReport {
  readonly environment: Environment;
  readonly parameters: GatewayParameters;
  readonly missing: readonly string[];
  readonly management?: readonly ManagementResult[];
  readonly live?: readonly LiveResult[];
  readonly page?: readonly PageResult[];
}

export const DEFAULT_GATEWAY: GatewayParameters = {
  only: GATEWAY_QUESTIONS,
  management: {
    only: GATEWAY_SERVER_NAMES,
    pairs: 10,
    requests: 3_000_000,
    connections: 50,
    inFlight: "all",
    everyMs: 100,
  },
  live: {
    only: GATEWAY_SERVER_NAMES,
    pairs: 6,
    seconds: 10,
    viewers: 10,
    sessions: 10_000,
    connections: 10,
    requestsPerSecond: 50_000,
  },
  page: { only: GATEWAY_SERVER_NAMES, rounds: 10, seconds: 10, pairs: 3 },
};

/** About five minutes. */
export const QUICK_GATEWAY: GatewayParameters = {
  only: GATEWAY_QUESTIONS,
  management: { ...DEFAULT_GATEWAY.management, pairs: 5, requests: 1_500_000 },
  live: { ...DEFAULT_GATEWAY.live, pairs: 3, seconds: 5 },
  page: { ...DEFAULT_GATEWAY.page, rounds: 5, seconds: 5, pairs: 2 },
};

/** The least that still does and verifies everything. */
export const SMALL_GATEWAY: GatewayParameters = {
  only: GATEWAY_QUESTIONS,
  management: { only: GATEWAY_SERVER_NAMES, pairs: 1, requests: 40_000, connections: 10, inFlight: "all", everyMs: 4 },
  live: {
    only: GATEWAY_SERVER_NAMES,
    pairs: 1,
    seconds: 1,
    viewers: 2,
    sessions: 10,
    connections: 2,
    requestsPerSecond: 1_000,
  },
  page: { only: ["correio"], rounds: 1, seconds: 1, pairs: 1 },
};
