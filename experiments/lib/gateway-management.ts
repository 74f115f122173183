// Management calls while the pipelined load runs: how long they take, and what the load loses by them.

import { quantile } from "simple-statistics";

import { bootstrapInterval } from "./bootstrap.ts";
import { driveLoad, type LoadResult } from "./driver.ts";
import { CALL_KINDS, type CallerAct, type CallerAnswer, type CallKind, type CallTime } from "./gateway-caller.ts";
import { ADMIN_TOKEN, type GatewayServer, type GatewayServerName, startGatewayServer } from "./gateway-servers.ts";
import { createRequestScript, type RequestScript } from "./request-script.ts";
import { type MedianInterval, pairedRatio, summarise, type Summary } from "./statistics.ts";
import { ToldProgram } from "./told-program.ts";

export interface ManagementParameters {
  readonly only: readonly GatewayServerName[];
  /** Of loads, without and with calls. */
  readonly pairs: number;
  /** Of one load. */
  readonly requests: number;
  readonly connections: number;
  /** On each connection. */
  readonly inFlight: number | "all";
  /** Between two calls; their kinds take turns. */
  readonly everyMs: number;
}

export interface ManagementResult {
  readonly name: GatewayServerName;
  /** Requests a second. */
  readonly without: Summary;
  readonly beside: Summary;
  /** `beside / without`. */
  readonly ratio: MedianInterval;
  readonly all: CallFigures | undefined;
  readonly kinds: readonly (CallFigures & { readonly kind: CallKind })[];
  /** How late the caller itself was, at most, in milliseconds. */
  readonly callerLagMs: number;
  readonly wrong: readonly string[];
}

/** In milliseconds, from when a call was to be sent until its answer was read; runs are what intervals are over. */
interface CallFigures {
  readonly calls: number;
  readonly p50: MedianInterval;
  readonly p99: MedianInterval;
}

interface Bench {
  readonly server: GatewayServer;
  readonly script: RequestScript;
  readonly parameters: ManagementParameters;
  readonly caller: ToldProgram<CallerAct, CallerAnswer>;
}

interface LoadRun {
  readonly load: LoadResult;
  readonly answer: CallerAnswer | undefined;
}

/** `program` is the experiment's own, which plays the caller. */
export async function measureManagement(
  parameters: ManagementParameters,
  program: string,
  progress?: (line: string) => void,
): Promise<readonly ManagementResult[]> {
  const script = createRequestScript(Math.ceil(parameters.requests / parameters.connections));
  const results: ManagementResult[] = [];
  for (const name of parameters.only) {
    progress?.(`management calls: ${name} …`);
    await using stack = new AsyncDisposableStack();
    const server = await startGatewayServer(name);
    stack.defer(() => server.stop());
    const words = [process.execPath, program, "caller"];
    const caller = stack.use(new ToldProgram<CallerAct, CallerAnswer>("the caller", words));
    results.push(await measureServer({ server, script, parameters, caller }));
  }
  return results;
}

async function measureServer(bench: Bench): Promise<ManagementResult> {
  await beginCounter(bench.server);
  await run(bench, true);
  const runs: { readonly alone: LoadRun; readonly called: LoadRun }[] = [];
  for (let pair = 0; pair < bench.parameters.pairs; pair++) {
    // Who is first takes turns: a server becomes quicker, or slower, while it runs.
    const called = pair % 2 === 0 ? undefined : await run(bench, true);
    const alone = await run(bench, false);
    runs.push({ alone, called: called ?? (await run(bench, true)) });
  }
  const answers = runs.map(({ called }) => called.answer?.calls.filter((call) => isDuring(call, called.load)) ?? []);
  const [without, beside] = [runs.map(({ alone }) => rateOf(alone)), runs.map(({ called }) => rateOf(called))];
  const ofKind = (kind: CallKind) => answers.map((calls) => calls.filter((call) => call.kind === kind));
  return {
    name: bench.server.name,
    without: summarise(without),
    beside: summarise(beside),
    ratio: pairedRatio(beside, without),
    all: figuresOf(answers),
    kinds: CALL_KINDS.flatMap((kind) => {
      const figures = figuresOf(ofKind(kind));
      return figures === undefined ? [] : [{ kind, ...figures }];
    }),
    callerLagMs: Math.max(...runs.map(({ called }) => called.answer?.lagMaxMs ?? 0)),
    wrong: runs.flatMap(({ alone, called }) => [
      ...[alone, called].filter(({ load }) => !load.verified).map(() => "the load: not every reply came, or was right"),
      ...(called.answer?.wrong ?? []),
    ]),
  };
}

async function run({ server, script, parameters, caller }: Bench, withCalls: boolean): Promise<LoadRun> {
  const { connections, inFlight, everyMs } = parameters;
  if (withCalls) await caller.tell({ kind: "begin", httpPort: server.httpPort, everyMs });
  const requestsPerConnection = script.count;
  const load = await driveLoad({
    ports: [server.port],
    connections,
    inFlight,
    requestsPerConnection,
    scripts: [script],
  });
  return { load, answer: withCalls ? await caller.tell({ kind: "end" }) : undefined };
}

function rateOf({ load }: LoadRun): number {
  return load.requests / load.seconds;
}

/** Both processes have the same clock. */
function isDuring({ atMs, tookMs }: CallTime, { sessions }: LoadResult): boolean {
  const startedMs = performance.timeOrigin + Math.min(...sessions.map(({ firstSentMs }) => firstSentMs));
  const endedMs = performance.timeOrigin + Math.max(...sessions.map(({ lastReplyMs }) => lastReplyMs));
  return atMs >= startedMs && atMs + tookMs <= endedMs;
}

/** Of all runs together; undefined where no call fell into a load. */
function figuresOf(runs: readonly (readonly CallTime[])[]): CallFigures | undefined {
  const times = runs.filter((calls) => calls.length > 0).map((calls) => calls.map(({ tookMs }) => tookMs));
  if (times.length === 0) return undefined;
  const quantileOf = (share: number): MedianInterval => {
    const { value, low, high } = bootstrapInterval(times.length, (indices) =>
      quantile(
        Array.from(indices).flatMap((index) => times[index] ?? []),
        share,
      ),
    );
    return { count: times.length, median: value, low, high };
  };
  return { calls: times.flat().length, p50: quantileOf(0.5), p99: quantileOf(0.99) };
}

/** So that there is one to be asked for. */
async function beginCounter({ httpPort }: GatewayServer): Promise<void> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "application/json" };
  const url = `http://127.0.0.1:${httpPort}/actors/counter/bench/add`;
  const response = await fetch(url, { method: "POST", headers, body: '{"amount":1}' });
  if (!response.ok) throw new Error(`Cannot add to the counter: ${response.status} ${await response.text()}`);
}
