// Runs the load client against a stand-in server, for tests.

import type { LoadOptions } from "./config.ts";
import type { LoadResult } from "./result.ts";
import { runLoad } from "./run.ts";
import type { StandInBehaviour } from "./stand-in-server.ts";
import { startStandInServer } from "./stand-in-server.ts";

/** Small, patient settings; a test changes what it is about. */
export const OPTIONS: LoadOptions = {
  host: "127.0.0.1",
  port: 1,
  clients: 1,
  messages: 5,
  pipelining: true,
  maxWorkers: 3,
  batchSize: 0,
  data: "Hello from client",
  timeoutMs: 20_000,
  json: false,
};

/** Runs the load against a stand-in that behaves so, and ends both. */
export async function loadAgainst(behave: StandInBehaviour, changes: Partial<LoadOptions> = {}): Promise<LoadResult> {
  using server = startStandInServer(behave);
  return await runLoad({ ...OPTIONS, ...changes, port: server.port });
}

/** The counts by reason, for comparison. */
export function reasonsOf(rows: readonly { reason: string; count: number }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
}
