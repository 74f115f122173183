// What a connected player costs: memory of an idle server with thousands of them, beside raw TLS connections.

import { type HostedPlace, startMatches } from "./match-hosted.ts";
import { LoadProgram } from "./match-load.ts";
import type { MatchServer, MatchServerName } from "./match-server.ts";
import { cpuSecondsOf, residentBytesOf, waitUntilQuiet } from "./process-facts.ts";

export interface MemoryParameters {
  readonly players: number;
  readonly rounds: number;
  /** After each half has connected, so that what connecting left behind is collected. */
  readonly settleMs: number;
}

export interface MemorySample {
  readonly name: MatchServerName;
  readonly emptyBytes: number;
  readonly halfBytes: number;
  readonly fullBytes: number;
  /** Of all, with what the server grows but once; and of the second half alone, which no spare memory can hide. */
  readonly bytesPerPlayer: number;
  readonly bytesPerPlayerOfSecondHalf: number;
  /** When all have left and as many have come again, beside what it held between: they use spare memory again. */
  readonly bytesPerPlayerAgain: number;
  /** Of one core, while all are connected and say nothing. */
  readonly restCpuShare: number;
  /** Connections that the server closed meanwhile. */
  readonly lost: number;
}

export interface MemoryResult {
  readonly parameters: MemoryParameters;
  readonly samples: readonly MemorySample[];
}

const QUIET_MS = 500;
const MEASURED: readonly MatchServerName[] = ["correio", "raw"];

export async function measureMemory(parameters: MemoryParameters, place: HostedPlace): Promise<MemoryResult> {
  const samples: MemorySample[] = [];
  for (let round = 0; round < parameters.rounds; round++) {
    for (const name of MEASURED) {
      place.progress?.(`round ${round + 1}: memory of ${parameters.players} players, ${name} …`);
      const server = await startMatches(name, place);
      if ("why" in server) throw new Error(server.why);
      samples.push(await measureServer(server, parameters, place.program));
    }
  }
  return { parameters, samples };
}

async function measureServer(
  server: MatchServer,
  { players, settleMs }: MemoryParameters,
  program: string,
): Promise<MemorySample> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => server.stop());
  const load = stack.use(new LoadProgram(program));
  const connect = { kind: "connect", port: server.tlsPort, certificate: server.certificate } as const;
  // The first few warm up what all share.
  const few = Math.ceil(players / 100);
  await load.does({ ...connect, players: few });
  const emptyBytes = await settledBytes(server, settleMs);
  const half = few + Math.ceil((players - few) / 2);
  await load.does({ ...connect, players: half });
  const halfBytes = await settledBytes(server, settleMs);
  await load.does({ ...connect, players });
  const fullBytes = await settledBytes(server, settleMs);
  const cpuBefore = cpuSecondsOf(server.pid);
  await Bun.sleep(settleMs);
  const restCpuShare = (cpuSecondsOf(server.pid) - cpuBefore) / (settleMs / 1_000);
  const { lost } = await load.count();
  await load.does({ kind: "end" });
  const leftBytes = await settledBytes(server, settleMs);
  await load.does({ ...connect, players });
  const againBytes = await settledBytes(server, settleMs);
  await load.does({ kind: "end" });
  return {
    name: server.name,
    emptyBytes,
    halfBytes,
    fullBytes,
    bytesPerPlayer: (fullBytes - emptyBytes) / (players - few),
    bytesPerPlayerOfSecondHalf: (fullBytes - halfBytes) / (players - half),
    bytesPerPlayerAgain: (againBytes - leftBytes) / players,
    restCpuShare,
    lost,
  };
}

async function settledBytes({ pid }: MatchServer, settleMs: number): Promise<number> {
  await waitUntilQuiet(pid, QUIET_MS);
  await Bun.sleep(settleMs);
  return residentBytesOf(pid);
}
