// Small messages and their echoes over one TCP connection: how long each was on its way, one by one or at a fixed pace.

export const MESSAGE_BYTES = 100;
const PACE_MS = 5;

/** "alone": the next message follows the last echo. "paced": one every 5 ms, whatever has come back. */
export type Manner = "alone" | "paced";

/** Echoes everything. Bun's `write` takes all of it, as no client has more than a few kilobytes on their way. */
export function serveEcho(): number {
  const socket = { open: noDelay, data: (from: Bun.Socket, chunk: Buffer) => void from.write(chunk) };
  return Bun.listen({ hostname: "0.0.0.0", port: 0, socket }).port;
}

/** Milliseconds from sending each message until all of its echo was there. */
export async function askEcho(hostname: string, port: number, manner: Manner, count: number): Promise<number[]> {
  const [sentMs, tookMs]: [number[], number[]] = [[], []];
  const message = Buffer.alloc(MESSAGE_BYTES, "x");
  const done = Promise.withResolvers<void>();
  let bytes = 0;
  const send = (socket: Bun.Socket): void => {
    sentMs.push(performance.now());
    socket.write(message);
  };
  const data = (from: Bun.Socket, chunk: Buffer): void => {
    bytes += chunk.length;
    const nowMs = performance.now();
    while (tookMs.length < Math.floor(bytes / MESSAGE_BYTES)) tookMs.push(nowMs - (sentMs[tookMs.length] as number));
    if (tookMs.length === count) done.resolve();
    else if (manner === "alone" && tookMs.length === sentMs.length) send(from);
  };
  const close = (): void => done.reject(new Error(`Lost the connection after ${tookMs.length} of ${count} echoes`));
  const socket = await Bun.connect({ hostname, port, socket: { open: noDelay, data, close } });
  send(socket);
  const pacedCount = manner === "paced" ? count : 0;
  for (let sent = 1; sent < pacedCount; sent++) {
    await Bun.sleep(PACE_MS);
    send(socket);
  }
  await done.promise;
  return tookMs;
}

function noDelay(socket: Bun.Socket): void {
  socket.setNoDelay(true);
}
