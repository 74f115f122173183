// How fast the load generator is at most: against a program that has its replies ready and does nothing else.

import { join, resolve } from "node:path";

import { median } from "simple-statistics";

import { driveLoad } from "./driver.ts";
import { startProgram, type Workspace } from "./program.ts";
import { createRequestScript } from "./request-script.ts";

const MESSAGES = 1_000;
const CONNECTIONS = 50;
const RUNS = 9;

/** Requests per second, the median of a few runs once it is warm. What gets near that is limited by the generator. */
export async function measureGeneratorCapacity(workspace: Workspace): Promise<number> {
  const program = await startProgram({
    command: [process.execPath, resolve(import.meta.dirname, "../baselines/canned-replies.ts"), `--count=${MESSAGES}`],
    logFile: join(workspace.folder, "canned.log"),
    ready: /^listening (\d+)$/m,
  });
  try {
    const load = {
      ports: [program.number],
      connections: CONNECTIONS,
      inFlight: "all",
      requestsPerConnection: MESSAGES,
    };
    const scripts = [createRequestScript(MESSAGES)];
    const rates: number[] = [];
    for (let run = 0; run < 2 * RUNS; run++) {
      const { requests, seconds } = await driveLoad({ ...load, inFlight: "all", scripts });
      rates.push(requests / seconds);
    }
    return median(rates.slice(RUNS));
  } finally {
    await program.stop();
  }
}
