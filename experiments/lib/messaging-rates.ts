// Requests a second of several clients, each with one on its way: Correio's services and a peer's in turn.

import { quantileSorted } from "simple-statistics";

import {
  CHANNEL,
  encodeRequest,
  type Fields,
  lastStored,
  RequestClient,
  setUpServices,
  USERS,
} from "./messaging-requests.ts";
import {
  cpuSecondsOfAll,
  type MessagingTools,
  startAll,
  startMessagingNode,
  startPythonServices,
} from "./messaging-servers.ts";
import { obeyLines, ToldProgram } from "./told-program.ts";

export const RATED_SERVICES = ["users", "publish"] as const;
export type RatedService = (typeof RATED_SERVICES)[number];
export type RatedServerName = "correio" | "pyzmq";

export interface RateParameters {
  readonly rounds: number;
  readonly clients: readonly number[];
  readonly runMs: number;
  readonly warmUpMs: number;
}

export interface RateSample {
  readonly name: RatedServerName;
  readonly service: RatedService;
  readonly clients: number;
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Processor time of all of the server's processes for one request. */
  readonly serverCpuUs: number;
  readonly loadCpuShare: number;
  /** Every request had its reply, and as many are stored as are said to be. */
  readonly verified: boolean;
}

export interface RateResult {
  readonly parameters: RateParameters;
  readonly samples: readonly RateSample[];
}

interface RatedServer {
  readonly name: RatedServerName;
  readonly pids: readonly number[];
  readonly port: number;
}

interface Ask {
  readonly port: number;
  readonly service: RatedService;
  readonly clients: number;
  readonly runMs: number;
  readonly warmUpMs: number;
}

interface Asked {
  /** Of the part that counts. */
  readonly requests: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuShare: number;
  /** Of both parts: answered as they should be, and otherwise. */
  readonly right: number;
  readonly wrong: number;
}

const TEXT = "x".repeat(100);
const REQUESTS: Readonly<Record<RatedService, Buffer>> = {
  users: encodeRequest("users", {}),
  publish: encodeRequest("publish", { user: "user-0", channel: CHANNEL, message: TEXT }),
};

/** The role "requests" of the experiment. */
export async function carryRequests(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  await obeyLines<Ask, Asked>(lines, askAll);
}

async function askAll({ port, service, clients: count, runMs, warmUpMs }: Ask): Promise<Asked> {
  const clients = await Promise.all(Array.from({ length: count }, () => RequestClient.connect(port)));
  const counts = { right: 0, wrong: 0 };
  const during = async (forMs: number): Promise<number[]> => {
    const latenciesUs: number[] = [];
    const endMs = performance.now() + forMs;
    const ask = async (client: RequestClient): Promise<void> => {
      for (let sentMs = performance.now(); sentMs < endMs;) {
        const reply = await client.ask(REQUESTS[service]);
        const answeredMs = performance.now();
        latenciesUs.push((answeredMs - sentMs) * 1_000);
        counts[isRight(service, reply) ? "right" : "wrong"]++;
        sentMs = answeredMs;
      }
    };
    await Promise.all(clients.map(ask));
    return latenciesUs;
  };
  await during(warmUpMs);
  Bun.gc(true);
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const latenciesUs = await during(runMs);
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  for (const client of clients) client.end();
  latenciesUs.sort((left, right) => left - right);
  return {
    requests: latenciesUs.length,
    seconds,
    p50Us: quantileSorted(latenciesUs, 0.5),
    p99Us: quantileSorted(latenciesUs, 0.99),
    cpuShare: (cpu.user + cpu.system) / 1e6 / seconds,
    ...counts,
  };
}

function isRight(service: RatedService, reply: Fields): boolean {
  if (service === "publish") return reply["status"] === "OK";
  const { users } = reply;
  return Array.isArray(users) && users.length === USERS.length && USERS.every((user, index) => users[index] === user);
}

export async function measureRates(
  parameters: RateParameters,
  program: string,
  { python }: MessagingTools,
): Promise<RateResult> {
  await using stack = new AsyncDisposableStack();
  const [node, peer] = await startAll(stack, [
    startMessagingNode(),
    python === undefined ? Promise.resolve(undefined) : startPythonServices(python),
  ]);
  await setUpServices(node.clients);
  const servers: RatedServer[] = [
    { name: "correio", pids: node.pids, port: node.clients },
    ...(peer === undefined ? [] : [{ name: "pyzmq" as const, pids: peer.pids, port: peer.ports[0] ?? 0 }]),
  ];
  const load = stack.use(new ToldProgram<Ask, Asked>("the clients", [process.execPath, program, "requests"]));
  const samples: RateSample[] = [];
  for (const service of RATED_SERVICES) {
    for (const clients of parameters.clients) {
      for (let round = 0; round < parameters.rounds; round++) {
        for (const server of servers) samples.push(await measure(load, server, { ...parameters, service, clients }));
      }
    }
  }
  return { parameters, samples };
}

async function measure(
  load: ToldProgram<Ask, Asked>,
  { name, pids, port }: RatedServer,
  { service, clients, runMs, warmUpMs }: Omit<Ask, "port">,
): Promise<RateSample> {
  const storedBefore = await lastStored(port);
  const cpuBefore = cpuSecondsOfAll(pids);
  const asked = await load.tell({ port, service, clients, runMs, warmUpMs });
  const cpuSeconds = cpuSecondsOfAll(pids) - cpuBefore;
  const stored = (await lastStored(port)) - storedBefore;
  return {
    name,
    service,
    clients,
    requestsPerSecond: asked.requests / asked.seconds,
    p50Us: asked.p50Us,
    p99Us: asked.p99Us,
    serverCpuUs: (1e6 * cpuSeconds) / (asked.right + asked.wrong),
    loadCpuShare: asked.cpuShare,
    verified: asked.wrong === 0 && stored === (service === "publish" ? asked.right : 0),
  };
}
