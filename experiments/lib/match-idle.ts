// What a server that nobody uses takes of a core.

import { startCorreioMatches } from "./match-server.ts";
import { RecordedProcess } from "./recorder-process.ts";

export interface IdleCpuParameters {
  readonly seconds: number;
  readonly rounds: number;
  /** From the start on nothing is counted for this long. */
  readonly settleMs: number;
}

export interface IdleCpuResult {
  readonly parameters: IdleCpuParameters;
  /** Of one core, by round. */
  readonly shares: readonly number[];
}

export async function measureIdleCpu(parameters: IdleCpuParameters): Promise<IdleCpuResult> {
  const shares: number[] = [];
  for (let round = 0; round < parameters.rounds; round++) shares.push(await measureRound(parameters));
  return { parameters, shares };
}

async function measureRound({ seconds, settleMs }: IdleCpuParameters): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const server = await startCorreioMatches();
  stack.defer(() => server.stop());
  const process = new RecordedProcess(server.pid);
  await Bun.sleep(settleMs);
  const before = process.read();
  const startedMs = performance.now();
  await Bun.sleep(seconds * 1_000);
  const after = process.read();
  if (before === undefined || after === undefined) throw new Error("The server ended by itself");
  return (after.cpuSeconds - before.cpuSeconds) / ((performance.now() - startedMs) / 1_000);
}
