// What the process is, and what it has used up: read when somebody asks.
import { availableParallelism } from "node:os";

import type { ProcessFigures } from "./process-view.ts";

export function processFigures(): ProcessFigures {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    pid: process.pid,
    bun: Bun.version,
    platform: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
    memory: { residentBytes: rss, heapBytes: heapUsed, externalBytes: external },
    cpuSeconds: (user + system) / 1_000_000,
  };
}
