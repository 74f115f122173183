// What the comparison of TCP and UDP is asked to do, and what one run of it found.

import type { ChatNetwork } from "./chat-cell.ts";
import type { ChatHeard } from "./chat-drive.ts";
import type { ChatWay } from "./chat-member.ts";
import type { Environment } from "./environment.ts";
import type { FlowRow } from "./flow-control.ts";
import type { Level } from "./level.ts";
import type { BlockingRow } from "./line-blocking.ts";
import type { Overhead, OverheadRow, SetUp, SetUpRow } from "./way-costs.ts";

export const QUESTIONS = ["chat", "kernel", "set-up", "overhead", "blocking", "flow", "crowd"] as const;
export type Question = (typeof QUESTIONS)[number];

export interface TcpUdpParameters {
  readonly only: readonly Question[];
  readonly ways: readonly ChatWay[];
  readonly rounds: number;
  readonly losses: readonly number[];
  readonly delayMs: number;
  /** Of one room. */
  readonly members: number;
  readonly everyMs: number;
  readonly seconds: number;
  readonly local: boolean;
  readonly pings: number;
  /** Members of the crowd, and of each of its rooms. */
  readonly crowd: number;
  readonly crowdRoom: number;
  readonly crowdEveryMs: number;
  readonly crowdSeconds: number;
  /** The things of which the cost is counted, and how often each is done. */
  readonly costs: readonly (SetUp | Overhead)[];
  readonly repeats: number;
}

/** A run, without its latencies one by one. */
export interface ChatRun extends Omit<ChatHeard, "latenciesMs"> {
  readonly network: ChatNetwork;
  readonly way: ChatWay;
  readonly loss: number;
  readonly round: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly octetsPerMessage: number;
  readonly packetsPerMessage: number;
  /** Processor time of the server. */
  readonly cpuUsPerDelivery: number;
  readonly serverBytes: number;
  readonly bytesPerMember: number;
}

/** All rounds of one way at one loss together. */
export interface ChatRow extends Omit<ChatRun, "round"> {
  readonly rounds: number;
  /** Shares of the deliveries that there should be, and the milliseconds within which they came. */
  readonly curve: readonly { readonly share: number; readonly ms: number }[];
  /** Runs in which messages were said much later than settled. */
  readonly laggedRuns: number;
}

export interface TcpUdpReport {
  readonly environment: Environment;
  readonly parameters: TcpUdpParameters;
  readonly missing: readonly string[];
  readonly runs: readonly ChatRun[];
  readonly rows: readonly ChatRow[];
  readonly crowd: readonly ChatRow[];
  readonly setUp: readonly SetUpRow[];
  readonly overhead: readonly OverheadRow[];
  readonly blocking: readonly BlockingRow[];
  readonly flow: readonly FlowRow[];
  readonly levels: readonly Level[];
}
