// Publications of one publisher to many subscribers: deliveries a second where they arrive, each server in turn.

import { type PublicationServer, PublicationsProgram } from "./messaging-load.ts";
import {
  cpuSecondsOfAll,
  type MessagingPeer,
  type MessagingTools,
  startAll,
  startFloor,
  startMessagingNode,
  startNats,
  startPython,
} from "./messaging-servers.ts";

export const FAN_OUT_NAMES = ["correio", "raw", "nats", "libzmq"] as const;
export type FanOutName = (typeof FAN_OUT_NAMES)[number];

export interface FanOutParameters {
  readonly rounds: number;
  readonly subscribers: number;
  readonly bodyBytes: number;
  /** Each is measured; publications that the publisher is ahead of the slowest subscriber, and how many a run has. */
  readonly windows: readonly FanOutRun[];
}

interface FanOutRun {
  readonly window: number;
  readonly publications: number;
}

export interface FanOutSample {
  readonly name: FanOutName;
  readonly window: number;
  readonly deliveriesPerSecond: number;
  readonly serverCpuShare: number;
  readonly loadCpuShare: number;
  /** Every subscriber had every publication, once, whole and in order. */
  readonly verified: boolean;
}

export interface FanOutResult {
  readonly parameters: FanOutParameters;
  readonly samples: readonly FanOutSample[];
}

interface FanOutServer extends PublicationServer {
  readonly name: FanOutName;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Of the publications of a run: those of the first, which is not counted. */
const WARM_UP_SHARE = 0.5;

export async function measureFanOut(
  parameters: FanOutParameters,
  program: string,
  tools: MessagingTools,
): Promise<FanOutResult> {
  const { rounds, subscribers: count, bodyBytes, windows } = parameters;
  await using stack = new AsyncDisposableStack();
  const starting = FAN_OUT_NAMES.map((name) => startFanOutServer(name, program, tools));
  const servers = (await startAll(stack, starting)).filter((server) => server !== undefined);
  const connecting = servers.map((server) => PublicationsProgram.connect(program, server, { count, bodyBytes }));
  const loads = (await Promise.all(connecting)).map((load, index) => ({
    load: stack.use(load),
    server: servers[index] as FanOutServer,
  }));
  const samples: FanOutSample[] = [];
  for (const { window, publications } of windows) {
    for (const { load } of loads) await load.run({ window, publications: Math.ceil(publications * WARM_UP_SHARE) });
    for (let round = 0; round < rounds; round++) {
      for (const { server, load } of loads) {
        samples.push(await measure(server, load, { window, publications }));
      }
    }
  }
  return { parameters, samples };
}

async function measure({ name, pids }: FanOutServer, load: PublicationsProgram, run: FanOutRun): Promise<FanOutSample> {
  const cpuBefore = cpuSecondsOfAll(pids);
  const { publications, subscribers, deliveries, wrong, seconds, cpuShare } = await load.run(run);
  return {
    name,
    window: run.window,
    deliveriesPerSecond: deliveries / seconds,
    serverCpuShare: (cpuSecondsOfAll(pids) - cpuBefore) / seconds,
    loadCpuShare: cpuShare,
    verified: deliveries === publications * subscribers && wrong === 0,
  };
}

/** Undefined where what it needs is not there. */
async function startFanOutServer(
  name: FanOutName,
  program: string,
  { python, natsServer }: MessagingTools,
): Promise<FanOutServer | undefined> {
  switch (name) {
    case "correio":
      return { name, protocol: "zmtp", ...(await startMessagingNode()) };
    case "raw":
      return { name, protocol: "plain", ...portsOf(await startFloor(program, "raw-publications")) };
    case "nats":
      return natsServer === undefined ? undefined : { name, protocol: "nats", ...portsOf(await startNats(natsServer)) };
    case "libzmq":
      return python === undefined
        ? undefined
        : { name, protocol: "zmtp", ...portsOf(await startPython(python, "publications")) };
  }
}

/** One port for both kinds, or one for each. */
function portsOf({ pids, ports: [publishers = 0, subscribers = publishers], stop }: MessagingPeer) {
  return { pids, publishers, subscribers, stop };
}
