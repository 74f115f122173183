// Flood: what one client that sends without end costs the others, who talk slowly. Open loop, in turn with and without.

import { join } from "node:path";

import { quantileSorted } from "simple-statistics";

import type { FloodKind } from "./chat-flooder.ts";
import { startCorreioChat } from "./chat-servers.ts";
import { cpuSecondsOf, waitUntilQuiet } from "./process-facts.ts";
import { createWorkspace, type Program, startProgram, type Workspace } from "./program.ts";
import { openInTurn, TextClient } from "./text-client.ts";

export interface FloodParameters {
  readonly kinds: readonly FloodKind[];
  readonly pairs: number;
  readonly members: number;
  /** Each honest member says something so often. */
  readonly everyMs: number;
  readonly phaseMs: number;
}

export interface FloodPhase {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How late this program itself sent, at p99. */
  readonly lagP99Ms: number;
  readonly serverCpuShare: number;
  readonly acknowledged: number;
  readonly wanted: number;
}

export interface FloodSample {
  readonly kind: FloodKind;
  readonly quiet: FloodPhase;
  readonly flooded: FloodPhase;
  /** Lines that the flooder sent each second. */
  readonly floodPerSecond: number;
  /** The server closed the flooder's connection. */
  readonly floodEnded: boolean;
}

export interface FloodResult {
  readonly parameters: FloodParameters;
  readonly samples: readonly FloodSample[];
}

interface Honest {
  readonly client: TextClient;
  /** When what was said should have been, oldest first, of what is not acknowledged. */
  readonly intended: number[];
}

interface Bench {
  readonly port: number;
  readonly pid: number;
  readonly parameters: FloodParameters;
  readonly workspace: Workspace;
  readonly honest: readonly Honest[];
  readonly latencies: number[];
}

const room = "lobby";
const restMs = 300;
const answerTimeoutMs = 5_000;

export async function measureFlood(
  parameters: FloodParameters,
  progress?: (line: string) => void,
): Promise<FloodResult> {
  const server = await startCorreioChat();
  const workspace = createWorkspace();
  const latencies: number[] = [];
  const samples: FloodSample[] = [];
  try {
    const honest = await openInTurn(parameters.members, (index) => joinHonest(server.port, index, latencies));
    const bench = { port: server.port, pid: server.pid, parameters, workspace, honest, latencies };
    await measurePhase(bench);
    for (const kind of parameters.kinds) {
      progress?.(`flood of ${kind} …`);
      for (let pair = 0; pair < parameters.pairs; pair++) samples.push(await measurePair(bench, kind));
    }
    for (const { client } of honest) client.reset();
    return { parameters, samples };
  } finally {
    await server.stop();
    workspace.remove();
  }
}

async function measurePair(bench: Bench, kind: FloodKind): Promise<FloodSample> {
  await waitUntilQuiet(bench.pid, restMs);
  const quiet = await measurePhase(bench);
  const flooder = await startFlooder(bench, kind);
  const startedMs = performance.now();
  try {
    await Bun.sleep(restMs);
    const flooded = await measurePhase(bench);
    const seconds = (performance.now() - startedMs) / 1_000;
    await flooder.stop();
    const sent = Number(/^sent (\d+)$/m.exec(flooder.output())?.[1] ?? 0);
    return { kind, quiet, flooded, floodPerSecond: sent / seconds, floodEnded: flooder.output().includes("closed") };
  } finally {
    await flooder.stop();
  }
}

/** Each speaks at its own times, evenly beside the others, whether the last was answered or not. */
async function measurePhase({ honest, latencies, parameters, pid }: Bench): Promise<FloodPhase> {
  const { everyMs, phaseMs, members } = parameters;
  const lags: number[] = [];
  latencies.length = 0;
  const cpuBefore = cpuSecondsOf(pid);
  const startedMs = performance.now();
  const wanted = Math.floor((phaseMs / everyMs) * members);
  for (let said = 0; said < wanted;) {
    const nowMs = performance.now();
    for (; said < wanted && startedMs + (said * everyMs) / members <= nowMs; said++) {
      const intendedMs = startedMs + (said * everyMs) / members;
      const { client, intended } = honest[said % members]!;
      lags.push(performance.now() - intendedMs);
      intended.push(intendedMs);
      client.write(`SAY ${room} message ${said} of an honest member\n`);
    }
    await Bun.sleep(1);
  }
  const deadlineMs = performance.now() + answerTimeoutMs;
  while (latencies.length < wanted && performance.now() < deadlineMs) await Bun.sleep(5);
  const serverCpuShare = (cpuSecondsOf(pid) - cpuBefore) / ((performance.now() - startedMs) / 1_000);
  const sorted = latencies.toSorted((one, other) => one - other);
  return {
    p50Ms: quantileSorted(sorted, 0.5),
    p99Ms: quantileSorted(sorted, 0.99),
    lagP99Ms: quantileSorted(
      lags.toSorted((one, other) => one - other),
      0.99,
    ),
    serverCpuShare,
    acknowledged: sorted.length,
    wanted,
  };
}

async function joinHonest(port: number, index: number, latencies: number[]): Promise<Honest> {
  const intended: number[] = [];
  const client = await TextClient.open({
    port,
    line(line, atMs) {
      if (line.startsWith("SAY: ")) latencies.push(atMs - intended.shift()!);
    },
  });
  await client.command(`HELLO h${index}`);
  await client.command(`JOIN ${room}`);
  return { client, intended };
}

function startFlooder({ port, workspace }: Bench, kind: FloodKind): Promise<Program> {
  return startProgram({
    command: [process.execPath, join(import.meta.dirname, "chat-flooder.ts"), `--port=${port}`, `--kind=${kind}`],
    logFile: join(workspace.folder, `flooder-${crypto.randomUUID()}.log`),
    ready: /^flooding (\d+)$/m,
  });
}
