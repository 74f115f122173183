// The network of a recorded scene as curves: payload in each second, in and out, of the server and of one client.

import type { ClientCount } from "./match-existing-client.ts";
import type { StreamCount } from "./match-stream.ts";
import { type ConnectionCount, isConnectionOf, type NetworkCount } from "./recorder-network.ts";

export interface NetworkCurve {
  readonly name: string;
  /** Octets of TCP payload a second, in each step of the recording. */
  readonly perSecond: readonly number[];
}

type Way = "up" | "down";

/** Where the server is at the other end. */
export const SERVER_STREAMS: readonly (keyof ClientCount)[] = ["plain", "secure", "heartbeat"];

/** Of the server, and of the first client: with the server and with the other client. */
export function networkCurves(network: NetworkCount, clients: readonly ClientCount[]): readonly NetworkCurve[] {
  const served = clients.flatMap((client) => streamsOf(client).filter(([kind]) => SERVER_STREAMS.includes(kind)));
  const [first = {}] = clients;
  return [
    curve("server, in", network, served, "sent"),
    curve("server, out", network, served, "received"),
    curve("host, in", network, streamsOf(first), "received"),
    curve("host, out", network, streamsOf(first), "sent"),
  ];
}

type Stream = readonly [keyof ClientCount, StreamCount];

const streamsOf = (client: ClientCount): readonly Stream[] =>
  Object.entries(client) as [keyof ClientCount, StreamCount][];

function curve(
  name: string,
  network: NetworkCount,
  streams: readonly Stream[],
  what: "sent" | "received",
): NetworkCurve {
  const steps = network.connections.flatMap((each) => each.steps.map(([step]) => step));
  const perSecond = Array.from({ length: Math.max(0, ...steps) + 2 }, () => 0);
  for (const [, count] of streams) {
    for (const connection of network.connections.filter((each) => isConnectionOf(each, count))) {
      const way = wayOf(connection, count, what);
      for (const [step, up, down] of connection.steps) {
        perSecond[step] = (perSecond[step] ?? 0) + ((way === "up" ? up : down) * 1_000) / network.stepMs;
      }
    }
  }
  return { name, perSecond };
}

function wayOf(connection: ConnectionCount, { localPort }: StreamCount, what: "sent" | "received"): Way {
  return (connection.client === localPort) === (what === "sent") ? "up" : "down";
}
