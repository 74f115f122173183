// What a receiver that does not read does to its sender: over the kernel's TCP, and over reliable datagrams.

import { DatagramChannel } from "#runtime/datagrams/channel.ts";
import { createConnectionId } from "#runtime/datagrams/packet-header.ts";
import { systemSecrets } from "#runtime/datagrams/secrets.ts";
import { limits } from "#runtime/limits.ts";

export interface FlowRow {
  readonly way: "kernel TCP" | "reliable datagrams";
  /** What was taken from the sender before it was refused more. */
  readonly takenBytes: number;
  /** Of these, what lay at the receiver unread, where that can be known. */
  readonly heldBytes?: number;
  /** All that was taken, once the receiver read. */
  readonly arrivedBytes: number;
}

const MESSAGE_BYTES = 1_000;
const STEP_MS = 5;
const CHUNK_BYTES = 65_536;
const STOPPED_MS = 200;

export function measureDatagramFlow(): FlowRow {
  const id = createConnectionId(systemSecrets);
  const options = { id, profile: { local: true, quick: false }, random: systemSecrets, nowMs: 0, compress: false };
  const [from, to] = [new DatagramChannel(options), new DatagramChannel(options)];
  const into = new Uint8Array(limits.datagramBytesMax);
  const message = new Uint8Array(MESSAGE_BYTES);
  let nowMs = 0;
  const handOver = (sender: DatagramChannel, receiver: DatagramChannel): void => {
    for (let length = sender.nextPacket(nowMs, into); length > 0; length = sender.nextPacket(nowMs, into)) {
      receiver.received(into.slice(0, length), nowMs);
    }
  };
  const pass = (): void => {
    nowMs += STEP_MS;
    handOver(from, to);
    handOver(to, from);
  };
  let [taken, arrived] = [0, 0];
  while (from.send(message, 0) === "queued") {
    taken++;
    pass();
  }
  const heldBytes = to.health.heldBytes;
  // Both ends wait for the window; neither is at an end.
  while (arrived < taken) {
    for (let next = to.take(nowMs); next !== undefined; next = to.take(nowMs)) arrived++;
    pass();
  }
  return {
    way: "reliable datagrams",
    takenBytes: taken * MESSAGE_BYTES,
    heldBytes,
    arrivedBytes: arrived * MESSAGE_BYTES,
  };
}

/** Both ends are the kernel's, with buffers as it sizes them. */
export async function measureTcpFlow(): Promise<FlowRow> {
  const counts = { taken: 0, arrived: 0, lastMs: performance.now() };
  const reader = Promise.withResolvers<Bun.Socket>();
  const all = Promise.withResolvers<void>();
  const data = (_: Bun.Socket, chunk: Buffer): void => {
    counts.arrived += chunk.length;
    if (counts.arrived === counts.taken) all.resolve();
  };
  const open = (socket: Bun.Socket): void => {
    socket.pause();
    reader.resolve(socket);
  };
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open, data } });
  const chunk = new Uint8Array(CHUNK_BYTES);
  const write = (socket: Bun.Socket): void => {
    for (let wrote = socket.write(chunk); wrote > 0; wrote = socket.write(chunk)) {
      counts.taken += wrote;
      counts.lastMs = performance.now();
    }
  };
  const { port } = listener;
  const socket = { open: write, drain: write, data: (): void => undefined };
  const sender = await Bun.connect({ hostname: "127.0.0.1", port, socket });
  const paused = await reader.promise;
  while (performance.now() - counts.lastMs < STOPPED_MS) await Bun.sleep(STEP_MS);
  const takenBytes = counts.taken;
  sender.reload({ socket: { data: (): void => undefined } });
  paused.resume();
  await all.promise;
  for (const each of [sender, paused]) each.end();
  listener.stop();
  return { way: "kernel TCP", takenBytes, arrivedBytes: counts.arrived };
}
