// How much do session actors cost? Drives Correio beside a raw Bun.listen program and Go and Python peers, in one run.

import { parseArgs } from "node:util";

import { build, type Histogram } from "hdr-histogram-js";

import { parseNames, parsePositive, runCommandLine } from "./lib/command-line.ts";
import { driveLoad } from "./lib/driver.ts";
import { describeEnvironment } from "./lib/environment.ts";
import {
  type ImplementationName,
  implementationNames,
  implementations,
  type MissingServer,
  type RunningServer,
  startServer,
  stopServers,
} from "./lib/implementations.ts";
import { type Cell, type CellSamples, comparePipeline, type RunSample } from "./lib/pipeline-comparison.ts";
import {
  concludePipeline,
  type PipelineParameters,
  type PipelineReport,
  renderPipeline,
} from "./lib/pipeline-report.ts";
import { cpuSecondsOf } from "./lib/process-facts.ts";
import { createWorkspace } from "./lib/program.ts";
import { createRequestScript, type RequestScript } from "./lib/request-script.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface PipelineOptions extends PipelineParameters {
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

const defaultPipelineOptions: PipelineOptions = {
  rounds: 5,
  requests: 400_000,
  connections: [1, 10, 50],
  inFlight: [1, 16, 64, "all"],
  only: implementationNames,
};

const quickPipelineOptions: PipelineOptions = {
  ...defaultPipelineOptions,
  rounds: 3,
  requests: 100_000,
  connections: [1, 50],
  inFlight: [1, "all"],
};

/** From this many requests in flight in total, and this many on each connection, a run gets all of `requests`. */
const fullWindow = 40;
const fullInFlight = 10;
const warmUpShare = 0.5;
const warmUpCell: Cell = { connections: 10, inFlight: 64 };
/** Latency in one long run depends on where the scheduler put two processes; many short runs even that out. */
const latencyRunsPerRound = 10;

export async function runPipeline(options: PipelineOptions): Promise<PipelineReport> {
  const { progress, searchPath, ...parameters } = options;
  const environment = describeEnvironment();
  const workspace = createWorkspace();
  const servers: RunningServer[] = [];
  const missing: MissingServer[] = [];
  try {
    for (const name of options.only) {
      const started = await startServer(name, workspace, { searchPath });
      if ("why" in started) missing.push(started);
      else servers.push(started);
    }
    const cells: CellSamples[] = [];
    const script = createRequestScript(longestConnection(options));
    for (const server of servers) await run(warmUpCell, server, script, options.requests * warmUpShare);
    for (const connections of options.connections) {
      for (const inFlight of options.inFlight) {
        progress?.(`${connections} connections, ${inFlight} in flight …`);
        cells.push(await measureCell({ connections, inFlight }, servers, script, options));
      }
    }
    return { environment, parameters, missing, cells, comparison: comparePipeline(cells) };
  } finally {
    await stopServers(servers);
    workspace.remove();
  }
}

async function measureCell(
  cell: Cell,
  servers: readonly RunningServer[],
  script: RequestScript,
  options: PipelineOptions,
): Promise<CellSamples> {
  const samples: RunSample[] = [];
  const split = windowOf(cell) === 1 ? latencyRunsPerRound : 1;
  for (const server of servers) await run(cell, server, script, options.requests * warmUpShare);
  for (let round = 0; round < options.rounds * split; round++) {
    for (const server of servers) samples.push(await run(cell, server, script, options.requests / split));
  }
  return { ...cell, samples };
}

/** One run on new connections. Processor time includes opening them and, for Correio, ending the sessions. */
async function run(
  cell: Cell,
  server: RunningServer,
  script: RequestScript,
  requestsWanted: number,
): Promise<RunSample> {
  const { pid, number: port } = server.program;
  const requestsPerConnection = Math.max(
    1,
    Math.floor(requestsIn(cell, server.name, requestsWanted) / cell.connections),
  );
  const latency = windowOf(cell) === 1 ? createLatencyHistogram() : undefined;
  const cpuBefore = cpuSecondsOf(pid);
  const result = await driveLoad({
    ports: [port],
    ...cell,
    requestsPerConnection,
    scripts: [script],
    ...(latency && { latency }),
  });
  return {
    name: server.name,
    requests: result.requests,
    requestsPerSecond: result.requests / result.seconds,
    serverCpuUs: ((cpuSecondsOf(pid) - cpuBefore) * 1_000_000) / result.requests,
    driverCpuShare: result.driverCpuShare,
    verified: result.verified,
    ...(latency && { p50Us: latency.getValueAtPercentile(50) / 10, p99Us: latency.getValueAtPercentile(99) / 10 }),
  };
}

function windowOf(cell: Cell): number {
  return cell.inFlight === "all" ? Number.POSITIVE_INFINITY : cell.connections * cell.inFlight;
}

function requestsIn(cell: Cell, name: ImplementationName, requests: number): number {
  const window = windowOf(cell);
  const cellShare = Math.min(1, window / fullWindow, window / cell.connections / fullInFlight);
  const ownShare = window === 1 ? 1 : implementations[name].requestShare;
  return Math.round(requests * cellShare * ownShare);
}

function longestConnection({ connections, inFlight, requests }: PipelineOptions): number {
  const cells = connections.flatMap((count) => inFlight.map((each): Cell => ({ connections: count, inFlight: each })));
  const counts = [warmUpCell, ...cells].map((cell) => requestsIn(cell, "raw", requests) / cell.connections);
  return Math.max(1, ...counts.map(Math.ceil));
}

/** In tenths of a microsecond, up to 100 s. */
function createLatencyHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 1_000_000_000, numberOfSignificantValueDigits: 3 });
}

const help = `bun experiments/pipeline.ts: the pipelined protocol through session actors, beside the floor and peers

  --rounds N          rounds per cell, each running every implementation once (5)
  --requests N        requests of one run with many in flight (400000)
  --connections LIST  (1,10,50)
  --in-flight LIST    requests one connection keeps in flight; "all" sends without waiting (1,16,64,all)
  --only LIST         of ${implementationNames.join(", ")}
  --quick             fewer cells, 3 rounds, 100000 requests: for a look, not for a result
  --json              one JSON document with every sample
  --result FILE       the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string" },
      requests: { type: "string" },
      connections: { type: "string" },
      "in-flight": { type: "string" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const defaults = values.quick ? quickPipelineOptions : defaultPipelineOptions;
  const inFlight = values["in-flight"]?.split(",").map((word) => (word === "all" ? word : parsePositive(word)));
  const report = await runPipeline({
    rounds: parsePositive(values.rounds ?? defaults.rounds),
    requests: parsePositive(values.requests ?? defaults.requests),
    connections: values.connections?.split(",").map(parsePositive) ?? defaults.connections,
    inFlight: inFlight ?? defaults.inFlight,
    only: parseNames(values.only, implementationNames) ?? defaults.only,
    progress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderPipeline(report));
  if (report.cells.some((cell) => cell.samples.some(({ verified }) => !verified))) process.exitCode = 1;
  else saveResult(report.environment, concludePipeline(report));
}

if (import.meta.main) await runCommandLine(main);
