// A program that opens sessions, has each answer one request, and then holds them idle until it is told to stop.

import { parseArgs } from "node:util";

import type { Socket } from "bun";

import { ReplyReader } from "./reply-reader.ts";
import { createRequestFrame } from "./request-script.ts";

/** Sessions being opened at once, well below the length of a listen queue. */
const openingMax = 100;

interface Held {
  readonly reader: ReplyReader;
  readonly answered: PromiseWithResolvers<void>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, count: { type: "string" } } });
  const port = Number(values.port);
  const count = Number(values.count);
  const request = createRequestFrame(1);
  const sockets: Socket<Held>[] = [];
  while (sockets.length < count) {
    const opening = Math.min(openingMax, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: opening }, () => openSession(port, request)))));
  }
  console.log(`holding ${sockets.length}`);
}

/** A session counts as open once its one request has been answered rightly. */
async function openSession(port: number, request: Buffer): Promise<Socket<Held>> {
  const held: Held = { reader: new ReplyReader(), answered: Promise.withResolvers<void>() };
  const socket = await Bun.connect<Held>({
    hostname: "127.0.0.1",
    port,
    data: held,
    socket: {
      data: (_socket, chunk) => {
        const readable = held.reader.read(chunk);
        if (readable && held.reader.replies === 1 && held.reader.wrong === 0) held.answered.resolve();
        else if (!readable || held.reader.wrong > 0) held.answered.reject(new Error("A session was answered wrongly"));
      },
      close: () => {
        console.log("lost 1");
        held.answered.reject(new Error("A session was closed by the server"));
      },
      error: (_socket, error) => held.answered.reject(error),
    },
  });
  socket.write(request);
  await held.answered.promise;
  return socket;
}

if (import.meta.main) await main();
