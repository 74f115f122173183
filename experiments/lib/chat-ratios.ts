// What the chat experiment compares: Correio beside the others, and beside itself under a flood.

import type { FanOutSample } from "./chat-fan-out.ts";
import type { FloodResult } from "./chat-flood.ts";
import type { ChatServerName } from "./chat-servers.ts";
import type { UdpEchoSample } from "./chat-udp-echo.ts";
import { type MedianInterval, pairedRatio } from "./statistics.ts";

/** Pairs in which more of the p99 is this program's own lateness say nothing about the server. */
export const lagShareMax = 0.5;

export function ratesOf(samples: readonly FanOutSample[], name: ChatServerName): number[] {
  return samples.filter((sample) => sample.name === name).map(({ deliveriesPerSecond }) => deliveriesPerSecond);
}

export function fanOutRatio(samples: readonly FanOutSample[], name: ChatServerName): MedianInterval | undefined {
  return ratioOf(ratesOf(samples, "correio"), ratesOf(samples, name));
}

export function echoRatio(samples: readonly UdpEchoSample[], name: ChatServerName): MedianInterval | undefined {
  const rates = (of: ChatServerName): number[] =>
    samples.filter((sample) => sample.name === of).map(({ echoesPerSecond }) => echoesPerSecond);
  return ratioOf(rates("correio"), rates(name));
}

export function floodRatio(result: FloodResult, kind: string): MedianInterval | undefined {
  const valid = validPairs(result, kind);
  return ratioOf(
    valid.map(({ flooded }) => flooded.p99Ms),
    valid.map(({ quiet }) => quiet.p99Ms),
  );
}

export function validPairs({ samples }: FloodResult, kind: string): FloodResult["samples"] {
  return samples.filter(
    ({ kind: own, quiet, flooded }) =>
      own === kind && [quiet, flooded].every(({ lagP99Ms, p99Ms }) => lagP99Ms <= lagShareMax * p99Ms),
  );
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): MedianInterval | undefined {
  return ours.length === 0 || theirs.length === 0 ? undefined : pairedRatio(ours, theirs);
}
