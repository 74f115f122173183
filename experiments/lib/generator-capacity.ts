// How fast the load generator is at most: against a program that has its replies ready and does nothing else.

import { join, resolve } from "node:path";

import { median } from "simple-statistics";

import { attemptLoad } from "./driver.ts";
import { type Program, startProgram, type Workspace } from "./program.ts";
import { createRequestScript, type RequestScript } from "./request-script.ts";

/** What gets near it is limited by the generator. Sessions of few messages are mostly beginnings, and wake-ups. */
export interface GeneratorCapacity {
  readonly clients: number;
  /** Of each. */
  readonly messages: number;
  /** The median of a few runs, once it is warm. */
  readonly requestsPerSecond: number;
}

const RUNS = 5;
const WARM_UP_RUNS = 20;
const WARM_UP_CLIENTS = 20;
const WARM_UP_MESSAGES = 200;

export async function measureGeneratorCapacity(
  clients: readonly number[],
  messages: readonly number[],
  workspace: Workspace,
): Promise<readonly GeneratorCapacity[]> {
  const count = Math.max(...messages, WARM_UP_MESSAGES);
  const program = await startProgram({
    command: [process.execPath, resolve(import.meta.dirname, "../baselines/canned-replies.ts"), `--count=${count}`],
    logFile: join(workspace.folder, "canned.log"),
    ready: /^listening (\d+)$/m,
  });
  try {
    const script = createRequestScript(count);
    for (let run = 0; run < WARM_UP_RUNS; run++) await rateOf(program, script, WARM_UP_CLIENTS, WARM_UP_MESSAGES);
    const capacities: GeneratorCapacity[] = [];
    for (const clientCount of clients) {
      for (const each of messages) {
        const rates: number[] = [];
        for (let run = 0; run < RUNS; run++) rates.push(await rateOf(program, script, clientCount, each));
        capacities.push({ clients: clientCount, messages: each, requestsPerSecond: Math.round(median(rates)) });
      }
    }
    return capacities;
  } finally {
    await program.stop();
  }
}

async function rateOf(program: Program, script: RequestScript, clients: number, messages: number): Promise<number> {
  const load = { ports: [program.number], connections: clients, requestsPerConnection: messages, scripts: [script] };
  const { requests, seconds, failure } = await attemptLoad({ ...load, inFlight: "all" });
  if (failure !== undefined) throw failure;
  return requests / seconds;
}
