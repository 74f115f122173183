// Shows how far a run is: a bar on a terminal, a line about every second elsewhere, nothing for --json.

import { SingleBar } from "cli-progress";

import type { Clock } from "#runtime/base/clock.ts";

const LINE_INTERVAL_MS = 1_000;

export interface LoadProgress {
  update(replyCount: number): void;
  stop(replyCount: number): void;
}

export function noProgress(): LoadProgress {
  return { update: () => {}, stop: () => {} };
}

export function startBar(total: number, clock: Clock, stream: NodeJS.WritableStream): LoadProgress {
  const bar = new SingleBar({
    stream,
    format: "[{bar}] {percentage} % | {value}/{total} replies | {rate}/s | {duration_formatted}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    // Interrupting is the run's business: it stops the bar.
    gracefulExit: false,
  });
  const startedAtMs = clock.monotonicMs();
  bar.start(total, 0, { rate: 0 });
  const update = (replyCount: number): void => {
    bar.update(Math.min(replyCount, total), { rate: perSecond(replyCount, clock.monotonicMs() - startedAtMs) });
  };
  return {
    update,
    stop(replyCount) {
      update(replyCount);
      bar.stop();
    },
  };
}

export function startLines(total: number, clock: Clock, print: (line: string) => void): LoadProgress {
  const startedAtMs = clock.monotonicMs();
  let printedAtMs = startedAtMs;
  const line = (replyCount: number): string => {
    const elapsedMs = clock.monotonicMs() - startedAtMs;
    const share = Math.floor((replyCount / total) * 100);
    return `${replyCount}/${total} replies (${share} %), ${perSecond(replyCount, elapsedMs)}/s`;
  };
  return {
    update(replyCount) {
      if (clock.monotonicMs() - printedAtMs < LINE_INTERVAL_MS) return;
      printedAtMs = clock.monotonicMs();
      print(line(replyCount));
    },
    stop(replyCount) {
      print(line(replyCount));
    },
  };
}

function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs > 0 ? Math.round((count * 1_000) / elapsedMs) : 0;
}
