// Round trips of one pyzmq client, one after the other: ours beside pyzmq's own and the bare platform's.

import { setUpServices } from "./messaging-requests.ts";
import {
  type MessagingTools,
  pythonCommand,
  startAll,
  startFloor,
  startMessagingNode,
  startPython,
  startPythonServices,
} from "./messaging-servers.ts";
import { ToldProgram } from "./told-program.ts";

export const ASKED_NAMES = ["reply-socket", "pyzmq-reply", "raw-echo", "users", "pyzmq-users"] as const;
export type AskedName = (typeof ASKED_NAMES)[number];

export interface RoundTripParameters {
  readonly rounds: number;
  /** Of each run, and those before it that do not count. */
  readonly trips: number;
  readonly warmUp: number;
  readonly requestBytes: number;
}

export interface RoundTripSample {
  readonly name: AskedName;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Each request had its own reply. */
  readonly verified: boolean;
}

export interface RoundTripResult {
  readonly parameters: RoundTripParameters;
  readonly samples: readonly RoundTripSample[];
}

interface Ask {
  readonly what: "echo" | "users";
  readonly over: "zmq" | "tcp";
  readonly port: number;
  readonly octets: readonly number[];
  readonly count: number;
  readonly warmUp: number;
}

interface Asked {
  readonly count: number;
  readonly wrong: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Undefined without pyzmq: it is who asks. */
export async function measureRoundTrips(
  parameters: RoundTripParameters,
  program: string,
  { python }: MessagingTools,
): Promise<RoundTripResult | undefined> {
  if (python === undefined) return undefined;
  await using stack = new AsyncDisposableStack();
  const [ours, theirs, raw, node, services] = await startAll(stack, [
    startFloor(program, "reply-socket"),
    startPython(python, "echo"),
    startFloor(program, "raw-echo"),
    startMessagingNode(),
    startPythonServices(python),
  ]);
  await setUpServices(node.clients);
  const ports: Readonly<Record<AskedName, number | undefined>> = {
    "reply-socket": ours.ports[0],
    "pyzmq-reply": theirs.ports[0],
    "raw-echo": raw.ports[0],
    users: node.clients,
    "pyzmq-users": services.ports[0],
  };
  const asking = stack.use(new ToldProgram<Ask, Asked>("the client", pythonCommand(python, "ask")));
  const samples: RoundTripSample[] = [];
  for (let round = 0; round < parameters.rounds; round++) {
    for (const name of ASKED_NAMES) samples.push(await measure(asking, name, ports[name] ?? 0, parameters));
  }
  return { parameters, samples };
}

async function measure(
  asking: ToldProgram<Ask, Asked>,
  name: AskedName,
  port: number,
  { trips, warmUp, requestBytes }: RoundTripParameters,
): Promise<RoundTripSample> {
  const what = name === "users" || name === "pyzmq-users" ? "users" : "echo";
  const over = name === "raw-echo" ? "tcp" : "zmq";
  const octets = Array.from({ length: requestBytes }, (_, index) => index % 256);
  const { count, wrong, p50Us, p99Us } = await asking.tell({ what, over, port, octets, count: trips, warmUp });
  return { name, p50Us, p99Us, verified: count === trips && wrong === 0 };
}
