// What does an idle session cost? Memory of thousands of them, and the throughput of active ones beside them.

import { join } from "node:path";
import { parseArgs } from "node:util";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { driveLoad } from "./lib/driver.ts";
import { describeEnvironment } from "./lib/environment.ts";
import {
  concludeIdleSessions,
  type IdleParameters,
  type IdleReport,
  type IdleResult,
  renderIdleSessions,
} from "./lib/idle-report.ts";
import {
  implementationNames,
  type MissingServer,
  type RunningServer,
  startServer,
  stopServers,
} from "./lib/implementations.ts";
import { cpuSecondsOf, residentBytesOf, waitUntilQuiet } from "./lib/process-facts.ts";
import { createWorkspace, type Program, startProgram, type Workspace } from "./lib/program.ts";
import { createRequestScript, type RequestScript } from "./lib/request-script.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";
import { pairedRatio, summarise } from "./lib/statistics.ts";

export interface IdleOptions extends IdleParameters {
  readonly progress?: (line: string) => void;
}

const defaultIdleOptions: IdleOptions = {
  sessions: 9_000,
  pairs: 5,
  requests: 400_000,
  connections: 50,
  settleMs: 2_000,
  only: ["correio", "raw"],
};

/** Each half is opened by a process of its own; the second half shows the cost where no spare memory hides it. */
const holderCount = 2;
const quietMs = 400;

interface Bench {
  readonly server: RunningServer;
  readonly workspace: Workspace;
  readonly script: RequestScript;
  readonly options: IdleOptions;
}

export async function runIdleSessions(options: IdleOptions): Promise<IdleReport> {
  const { progress, ...parameters } = options;
  const environment = describeEnvironment();
  const script = createRequestScript(Math.ceil(options.requests / options.connections));
  const missing: MissingServer[] = [];
  const results: IdleResult[] = [];
  for (const name of options.only) {
    const workspace = createWorkspace();
    const servers: RunningServer[] = [];
    try {
      progress?.(`${name} …`);
      const server = await startServer(name, workspace);
      if ("why" in server) {
        missing.push(server);
        continue;
      }
      servers.push(server);
      results.push(await measureServer({ server, workspace, script, options }));
    } finally {
      await stopServers(servers);
      workspace.remove();
    }
  }
  return { environment, parameters, missing, results };
}

/** Memory first, on a server that has done little: free heap left by a load would hide what sessions take. */
async function measureServer(bench: Bench): Promise<IdleResult> {
  const { server, options } = bench;
  await drive(bench, { connections: 10, inFlight: 16, requestsPerConnection: Math.min(500, bench.script.count) });
  const emptyBytes = await settledBytes(bench);
  const holders: Program[] = [];
  try {
    holders.push(await startHolder(bench));
    const halfBytes = await settledBytes(bench);
    holders.push(await startHolder(bench));
    const fullBytes = await settledBytes(bench);
    const restCpuShare = await cpuShareAtRest(bench);
    const lost = await stopHolders(holders, bench);
    const half = Math.ceil(options.sessions / holderCount);
    const throughput = await compareThroughput(bench);
    return {
      name: server.name,
      sessions: half * holderCount,
      emptyBytes,
      fullBytes,
      bytesPerSession: (fullBytes - emptyBytes) / (half * holderCount),
      bytesPerSessionOfSecondHalf: (fullBytes - halfBytes) / half,
      restCpuShare,
      ...throughput,
      lost: lost + throughput.lost,
    };
  } finally {
    await Promise.allSettled(holders.map((holder) => holder.stop()));
  }
}

/** Without and with the idle sessions in turn, on the same server. */
async function compareThroughput(
  bench: Bench,
): Promise<Pick<IdleResult, "without" | "beside" | "ratio" | "verified" | "lost">> {
  const { options } = bench;
  const load = {
    connections: options.connections,
    inFlight: "all",
    requestsPerConnection: bench.script.count,
  } as const;
  const without: number[] = [];
  const beside: number[] = [];
  const verdicts: boolean[] = [];
  let lost = 0;
  await drive(bench, load);
  for (let pair = 0; pair < options.pairs; pair++) {
    const alone = await drive(bench, load);
    without.push(alone.requests / alone.seconds);
    const holders: Program[] = [];
    try {
      for (let index = 0; index < holderCount; index++) holders.push(await startHolder(bench));
      await waitUntilAtRest(bench);
      const crowded = await drive(bench, load);
      beside.push(crowded.requests / crowded.seconds);
      verdicts.push(alone.verified && crowded.verified);
    } finally {
      lost += await stopHolders(holders, bench);
    }
  }
  const verified = verdicts.every(Boolean);
  return {
    without: summarise(without),
    beside: summarise(beside),
    ratio: pairedRatio(beside, without),
    verified,
    lost,
  };
}

function drive(
  { server, script }: Bench,
  load: { readonly connections: number; readonly inFlight: number | "all"; readonly requestsPerConnection: number },
): ReturnType<typeof driveLoad> {
  return driveLoad({ ports: [server.program.number], scripts: [script], ...load });
}

/** Resolves once all its sessions have been answered and are idle. */
function startHolder({ server, workspace, options }: Bench): Promise<Program> {
  const count = Math.ceil(options.sessions / holderCount);
  return startProgram({
    command: [
      process.execPath,
      join(import.meta.dirname, "lib/idle-holder.ts"),
      `--port=${server.program.number}`,
      `--count=${count}`,
    ],
    logFile: join(workspace.folder, `holder-${crypto.randomUUID()}.log`),
    ready: /^holding (\d+)$/m,
    startTimeoutMs: 60_000,
  });
}

/** Sessions that were closed while they were held; waits until the server has dealt with the end of the others. */
async function stopHolders(holders: Program[], bench: Bench): Promise<number> {
  const lost = holders.reduce((sum, holder) => sum + (holder.output().match(/^lost 1$/gm)?.length ?? 0), 0);
  await Promise.all(holders.splice(0).map((holder) => holder.stop()));
  await waitUntilAtRest(bench);
  return lost;
}

async function settledBytes(bench: Bench): Promise<number> {
  await waitUntilAtRest(bench);
  await Bun.sleep(bench.options.settleMs);
  return residentBytesOf(bench.server.program.pid);
}

async function waitUntilAtRest({ server, options }: Bench): Promise<void> {
  await waitUntilQuiet(server.program.pid, Math.min(quietMs, options.settleMs));
}

async function cpuShareAtRest({ server, options }: Bench): Promise<number> {
  const before = cpuSecondsOf(server.program.pid);
  await Bun.sleep(options.settleMs);
  return (cpuSecondsOf(server.program.pid) - before) / (options.settleMs / 1_000);
}

const help = `bun experiments/idle-sessions.ts: memory of idle sessions, and the throughput of active ones beside them

  --sessions N     idle sessions; each has answered one request (9000)
  --pairs N        pairs of loads, without and with the idle sessions (5)
  --requests N     requests of one load (400000)
  --connections N  active connections of a load, all their requests in flight (50)
  --only LIST      of correio, raw (correio,raw)
  --settle-ms N    waited at rest before memory is read (2000)
  --json           one JSON document
  --result FILE    the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sessions: { type: "string" },
      pairs: { type: "string" },
      requests: { type: "string" },
      connections: { type: "string" },
      only: { type: "string" },
      "settle-ms": { type: "string" },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const defaults = defaultIdleOptions;
  const report = await runIdleSessions({
    sessions: parsePositive(values.sessions ?? defaults.sessions),
    pairs: parsePositive(values.pairs ?? defaults.pairs),
    requests: parsePositive(values.requests ?? defaults.requests),
    connections: parsePositive(values.connections ?? defaults.connections),
    settleMs: parsePositive(values["settle-ms"] ?? defaults.settleMs),
    only: parseNames(values.only, implementationNames) ?? defaults.only,
    progress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderIdleSessions(report));
  if (report.results.some(({ verified, lost }) => !verified || lost > 0)) process.exitCode = 1;
  else saveResult(report.environment, concludeIdleSessions(report));
}

if (import.meta.main) await runCommandLine(main);
