// What viewers of the live feed cost the server: its processor time with and without them, idle and under a load.

import { join } from "node:path";

import type { PacerAct, PacerAnswer } from "./gateway-pacer.ts";
import { type GatewayServer, type GatewayServerName, startGatewayServer } from "./gateway-servers.ts";
import type { ViewersAct, ViewersAnswer } from "./gateway-viewers.ts";
import { waitUntilQuiet } from "./process-facts.ts";
import { createWorkspace, type Program, startProgram, type Workspace } from "./program.ts";
import { RecordedProcess } from "./recorder-process.ts";
import { type MedianInterval, medianInterval, pairedDifference } from "./statistics.ts";
import { ToldProgram } from "./told-program.ts";

const LIVE_LOADS = ["idle", "loaded"] as const;
export type LiveLoad = (typeof LIVE_LOADS)[number];

export interface LiveParameters {
  readonly only: readonly GatewayServerName[];
  readonly pairs: number;
  /** Of each half of a pair. */
  readonly seconds: number;
  readonly viewers: number;
  /** Idle, and an actor each in Correio. */
  readonly sessions: number;
  readonly connections: number;
  readonly requestsPerSecond: number;
}

export interface LiveResult {
  readonly name: GatewayServerName;
  readonly load: LiveLoad;
  /** Of one core, in percent. */
  readonly without: MedianInterval;
  readonly difference: MedianInterval;
  /** Octets of one message. */
  readonly tickBytes: number;
  readonly wrong: readonly string[];
}

interface Bench {
  readonly server: GatewayServer;
  readonly parameters: LiveParameters;
  readonly viewers: ToldProgram<ViewersAct, ViewersAnswer>;
  readonly pacer: ToldProgram<PacerAct, PacerAnswer>;
}

const HOLD_WITHIN_MS = 60_000;
const QUIET_MS = 400;

/** `program` is the experiment's own, which plays viewers and load. */
export async function measureLive(
  parameters: LiveParameters,
  program: string,
  progress?: (line: string) => void,
): Promise<readonly LiveResult[]> {
  const results: LiveResult[] = [];
  for (const name of parameters.only) {
    await using stack = new AsyncDisposableStack();
    const server = await startGatewayServer(name);
    stack.defer(() => server.stop());
    const play = <Told, Answer>(role: string) =>
      stack.use(new ToldProgram<Told, Answer>(role, [process.execPath, program, role]));
    const bench: Bench = { server, parameters, viewers: play("viewers"), pacer: play("pacer") };
    const holder = await holdSessions(bench, stack.use(createWorkspace()));
    stack.defer(() => holder.stop());
    for (const load of LIVE_LOADS) {
      progress?.(`${parameters.viewers} viewers: ${name}, ${load} …`);
      results.push(await measureLoad(bench, load));
    }
  }
  return results;
}

async function measureLoad(bench: Bench, load: LiveLoad): Promise<LiveResult> {
  const { server, parameters, viewers, pacer } = bench;
  const { pairs, seconds, viewers: count } = parameters;
  const [without, beside, wrong]: [number[], number[], string[]] = [[], [], []];
  let [ticks, bytes] = [0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    await waitUntilQuiet(server.pid, QUIET_MS);
    if (load === "loaded") await beginLoad(bench);
    const watched = async (): Promise<void> => {
      await viewers.tell({ kind: "open", httpPort: server.httpPort, count });
      beside.push(await corePercentOf(server.pid, seconds));
      const answer = await viewers.tell({ kind: "close" });
      ticks += answer.ticks;
      bytes += answer.bytes;
      wrong.push(...answer.wrong);
      if (answer.ticks < count * Math.floor(seconds)) wrong.push(`${answer.ticks} ticks came to ${count} viewers`);
    };
    if (pair % 2 === 1) await watched();
    without.push(await corePercentOf(server.pid, seconds));
    if (pair % 2 === 0) await watched();
    if (load === "loaded") wrong.push(...(await pacer.tell({ kind: "end" })).wrong);
  }
  const difference = pairedDifference(beside, without);
  return { name: server.name, load, without: medianInterval(without), difference, tickBytes: bytes / ticks, wrong };
}

async function beginLoad({ server, parameters, pacer }: Bench): Promise<void> {
  const { connections, requestsPerSecond: perSecond } = parameters;
  await pacer.tell({ kind: "begin", port: server.port, connections, perSecond });
}

/** What a process takes of a core, in percent, over the next seconds. */
export async function corePercentOf(pid: number, seconds: number): Promise<number> {
  const recorded = new RecordedProcess(pid);
  const before = recorded.read();
  const startedMs = performance.now();
  await Bun.sleep(seconds * 1_000);
  const after = recorded.read();
  if (before === undefined || after === undefined) throw new Error("The server ended by itself");
  return ((after.cpuSeconds - before.cpuSeconds) / (performance.now() - startedMs)) * 100_000;
}

/** Sessions that have answered one request each, held by a process of its own. */
function holdSessions({ server, parameters }: Bench, workspace: Workspace): Promise<Program> {
  const words = [`--port=${server.port}`, `--count=${parameters.sessions}`];
  return startProgram({
    command: [process.execPath, join(import.meta.dirname, "idle-holder.ts"), ...words],
    logFile: join(workspace.folder, "holder.log"),
    ready: /^holding (\d+)$/m,
    startTimeoutMs: HOLD_WITHIN_MS,
  });
}
