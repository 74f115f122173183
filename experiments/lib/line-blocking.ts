// How many messages one lost packet makes late: in the order of a lane, out of it, and over the kernel's TCP.

import { createRandom } from "#runtime/base/random.ts";
import { DatagramChannel } from "#runtime/datagrams/channel.ts";
import type { Lane } from "#runtime/datagrams/frames.ts";
import { createConnectionId } from "#runtime/datagrams/packet-header.ts";
import { systemSecrets } from "#runtime/datagrams/secrets.ts";
import { limits } from "#runtime/limits.ts";

import { startDelayedLink } from "./delayed-link.ts";
import { readLines } from "./lines-of.ts";
import { MESSAGE_BYTES } from "./round-trips.ts";

export interface BlockingRow {
  readonly what: "lane in order" | "lane as they come" | "kernel TCP";
  readonly messages: number;
  readonly lostPackets: number;
  /** Messages that took more than `LATE_MS` longer than the way itself. */
  readonly late: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const EVERY_MS = 5;
const LATE_MS = 10;
const STEP_MS = 0.5;
const DRAIN_MS = 5_000;

/** Packets with messages are lost, never those that acknowledge: so every loss is one of a message. */
export function measureLane(lane: Lane, loss: number, messages: number, delayMs: number): BlockingRow {
  const random = createRandom(7);
  const id = createConnectionId(systemSecrets);
  const options = { id, profile: { local: true, quick: false }, random: systemSecrets, nowMs: 0, compress: false };
  const [from, to] = [new DatagramChannel(options), new DatagramChannel(options)];
  const onTheirWay: { readonly dueMs: number; readonly to: DatagramChannel; readonly packet: Uint8Array }[] = [];
  const into = new Uint8Array(limits.datagramBytesMax);
  const [wayMs, end] = [2 * delayMs, messages * EVERY_MS + DRAIN_MS];
  const tookMs: number[] = [];
  let lostPackets = 0;
  for (let nowMs = 0, sent = 0; nowMs < end && tookMs.length < messages; nowMs += STEP_MS) {
    if (sent < messages && nowMs >= sent * EVERY_MS) {
      from.send(Buffer.from(String(sent++ * EVERY_MS).padEnd(MESSAGE_BYTES)), lane);
    }
    while ((onTheirWay[0]?.dueMs ?? end) <= nowMs) {
      const next = onTheirWay.shift();
      next?.to.received(next.packet, nowMs);
    }
    for (const [sender, receiver] of [
      [from, to],
      [to, from],
    ] as const) {
      for (let length = sender.nextPacket(nowMs, into); length > 0; length = sender.nextPacket(nowMs, into)) {
        const isLost = sender === from && random.next() < loss;
        if (isLost) lostPackets++;
        else onTheirWay.push({ dueMs: nowMs + delayMs, to: receiver, packet: into.slice(0, length) });
      }
    }
    for (let message = to.take(nowMs); message !== undefined; message = to.take(nowMs)) {
      tookMs.push(nowMs - Number(Buffer.from(message.bytes).toString()) + delayMs);
    }
  }
  return summarise(lane === 0 ? "lane in order" : "lane as they come", tookMs, lostPackets, wayMs);
}

/** Echoes of messages over one connection; packets are lost on their way to the server alone. */
export async function measureKernelTcp(loss: number, messages: number, delayMs: number): Promise<BlockingRow> {
  const link = await startDelayedLink({ delayMs, seed: 7 });
  const program = `${import.meta.dirname}/../lossy-tcp.ts`;
  const serving = start(link.onServer([process.execPath, program, "serve"]));
  try {
    const port = (await readLines(serving.stdout).next()).value ?? "";
    await link.lose(loss, 0);
    const words = [process.execPath, program, "ask", link.serverAddress, port, "paced", String(messages)];
    const asking = start(link.onClient(words));
    const tookMs = JSON.parse(await asking.stdout.text()) as number[];
    return summarise("kernel TCP", tookMs, (await link.count()).up.lost, 2 * delayMs);
  } finally {
    serving.kill();
    await serving.exited;
    await link.stop();
  }
}

function start(words: readonly string[]) {
  return Bun.spawn([...words], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
}

function summarise(
  what: BlockingRow["what"],
  tookMs: readonly number[],
  lostPackets: number,
  wayMs: number,
): BlockingRow {
  const sorted = tookMs.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const late = sorted.filter((ms) => ms > wayMs + LATE_MS).length;
  return { what, messages: sorted.length, lostPackets, late, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}
