// What does a message cost over reliable datagrams, before any socket? Two channels in one process hand over packets.

import { parseArgs } from "node:util";

import { DatagramChannel } from "#runtime/datagrams/channel.ts";
import { DatagramDialer } from "#runtime/datagrams/dialer.ts";
import { DatagramGreeter } from "#runtime/datagrams/greeter.ts";
import { acceptPacket } from "#runtime/datagrams/handshake-packets.ts";
import { createConnectionId } from "#runtime/datagrams/packet-header.ts";
import { systemSecrets } from "#runtime/datagrams/secrets.ts";
import { limits } from "#runtime/limits.ts";

import { parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment, renderEnvironment } from "./lib/environment.ts";
import { conclude, type Conclusion, openResult, RESULT_FLAG } from "./lib/result.ts";
import { formatCount, renderTable } from "./lib/table.ts";

export interface DatagramCost {
  /** Messages that were sent before the other side read them, and octets of each. */
  readonly atOnce: number;
  readonly messageBytes: number;
  readonly compress: boolean;
  readonly nanosecondsPerMessage: number;
  /** Both ways together, with acknowledgements. */
  readonly packetsPerMessage: number;
  readonly octetsPerMessage: number;
}

export interface DatagramCase {
  readonly messages: number;
  readonly atOnce: number;
  readonly messageBytes: number;
  readonly compress: boolean;
}

const HOUSE = { local: true, quick: false };

export function measureDatagrams({ messages, atOnce, messageBytes, compress }: DatagramCase): DatagramCost {
  const { client, server } = meet(compress);
  const message = Buffer.alloc(messageBytes, "* lobby 43 2026-11-21T12:00:00.123Z ana: oi ");
  const into = new Uint8Array(limits.datagramBytesMax);
  let taken = 0;
  const startedMs = performance.now();
  for (let nowMs = 0; taken < messages; nowMs += limits.datagramAckDelayMs) {
    for (let count = 0; count < atOnce; count++) client.send(message, 0);
    while (handOver(client, server, nowMs, into) + handOver(server, client, nowMs, into) > 0);
    while (server.take(nowMs) !== undefined) taken++;
  }
  const nanoseconds = (performance.now() - startedMs) * 1e6;
  const ends = [client.figures, server.figures];
  return {
    atOnce,
    messageBytes,
    compress,
    nanosecondsPerMessage: nanoseconds / taken,
    packetsPerMessage: ends.reduce((sum, { packetsOut }) => sum + packetsOut, 0) / taken,
    octetsPerMessage: ends.reduce((sum, { octetsOut }) => sum + octetsOut, 0) / taken,
  };
}

/** The handshake, as it goes over a path that loses nothing. */
function meet(compress: boolean): { readonly client: DatagramChannel; readonly server: DatagramChannel } {
  const greeter = new DatagramGreeter(systemSecrets, 0);
  const dialer = new DatagramDialer({ random: systemSecrets, profile: HOUSE, nowMs: 0 });
  const id = createConnectionId(systemSecrets);
  for (let packet = dialer.nextPacket(0); packet !== undefined; packet = dialer.nextPacket(0)) {
    const greeting = greeter.greet(packet, "127.0.0.1|4000", 0);
    if (greeting.kind === "answer") dialer.received(greeting.packet, 0);
    if (greeting.kind === "connect") dialer.received(acceptPacket(greeting.nonce, id, greeting.profile), 0);
  }
  if (dialer.accepted === undefined) throw new Error("Cannot connect");
  const options = { ...dialer.accepted, random: systemSecrets, nowMs: 0, compress };
  return { client: new DatagramChannel(options), server: new DatagramChannel(options) };
}

function handOver(from: DatagramChannel, to: DatagramChannel, nowMs: number, into: Uint8Array): number {
  let packets = 0;
  for (let length = from.nextPacket(nowMs, into); length > 0; length = from.nextPacket(nowMs, into)) {
    to.received(into.subarray(0, length), nowMs);
    packets++;
  }
  return packets;
}

const help = `bun experiments/datagrams.ts: the cost of a message over reliable datagrams, without a socket

  --messages N   messages of each case (200000)
  --result FILE  the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { messages: { type: "string" }, ...RESULT_FLAG, help: { type: "boolean", default: false } },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const messages = parsePositive(values.messages ?? 200_000);
  const environment = describeEnvironment();
  const cases = [
    { atOnce: 1, messageBytes: 100, compress: false },
    { atOnce: 50, messageBytes: 100, compress: false },
    { atOnce: 1, messageBytes: 100, compress: true },
    { atOnce: 1, messageBytes: 10_000, compress: false },
  ];
  const costs = cases.map((each) => measureDatagrams({ ...each, messages }));
  console.log(`${renderEnvironment(environment)}\n\n${renderDatagrams(costs)}`);
  saveResult(environment, concludeDatagrams(costs));
}

function renderDatagrams(costs: readonly DatagramCost[]): string {
  const rows = costs.map((cost) => [
    String(cost.atOnce),
    String(cost.messageBytes),
    cost.compress ? "yes" : "no",
    cost.nanosecondsPerMessage.toFixed(0),
    cost.packetsPerMessage.toFixed(2),
    cost.octetsPerMessage.toFixed(0),
  ]);
  return renderTable([["at once", "bytes", "compressed", "ns", "packets", "octets"], ...rows]);
}

function concludeDatagrams(costs: readonly DatagramCost[]): Conclusion {
  const figures = costs.map((cost) => {
    const what = `${formatCount(cost.messageBytes)} B${cost.compress ? " compressed" : ""}, ${cost.atOnce} at once`;
    const packets = `${cost.packetsPerMessage.toFixed(2)} packets, ${formatCount(cost.octetsPerMessage)} octets`;
    return `${what}: ${formatCount(cost.nanosecondsPerMessage)} ns, ${packets}`;
  });
  return conclude([], figures);
}

if (import.meta.main) await runCommandLine(main);
