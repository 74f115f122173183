// Structured logs: what the core and the sockets report, as JSON lines on standard error, bounded for each reason.
import pino, { type Logger } from "pino";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";

export interface Log {
  readonly logger: Logger;
  /** One line, or a count: at most ten a second for each reason, the rest named in one line of their own. */
  limited(level: "info" | "warn" | "error", reason: string, fields: object): void;
}

export function createLog(leastLevel: string, clock: Clock): Log {
  const logger = pino(
    { level: leastLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  const counts = new Map<string, number>();
  let windowOpen = false;

  function closeWindow(): void {
    windowOpen = false;
    for (const [reason, count] of counts) {
      const suppressed = count - limits.logLinesPerReasonPerSecond;
      if (suppressed > 0) logger.warn({ reason, suppressed }, "More of the same within a second");
    }
    counts.clear();
  }

  return {
    logger,
    limited(level, reason, fields) {
      if (!windowOpen) {
        windowOpen = true;
        clock.after(1_000, closeWindow);
      }
      const count = (counts.get(reason) ?? 0) + 1;
      counts.set(reason, count);
      if (count <= limits.logLinesPerReasonPerSecond) logger[level]({ reason, ...fields });
    },
  };
}
