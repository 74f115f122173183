// A program: one client that sends as much as it can and reads all that it is answered, until it is told to stop.

import { parseArgs } from "node:util";

export const floodKinds = ["say", "junk", "echo"] as const;
export type FloodKind = (typeof floodKinds)[number];

const pieceBytes = 65_536;

/** What it repeats: things to say in a room, lines that are no commands, or the cheapest command there is. */
const lineOf = {
  say: `SAY lobby ${"flood ".repeat(10)}\n`,
  junk: `${"lixo\u0000 ".repeat(8)}\n`,
  echo: "ECHO\n",
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, kind: { type: "string" } } });
  const kind = floodKinds.find((known) => known === values.kind);
  if (kind === undefined) throw new TypeError(`Cannot flood with "${values.kind}"`);
  const line = Buffer.from(lineOf[kind]);
  const piece = Buffer.concat(Array.from({ length: Math.floor(pieceBytes / line.length) }, () => line));
  const state = { sentBytes: 0, started: false };
  // The rest of a piece follows where the kernel stopped: lines stay whole.
  const pump = (socket: Bun.Socket): void => {
    while (state.started) {
      const from = state.sentBytes % piece.length;
      const taken = socket.write(piece, from, piece.length - from);
      if (taken <= 0) return;
      state.sentBytes += taken;
    }
  };
  await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(values.port),
    socket: {
      // Its own id each time: one that was lost stays reserved for a while.
      open: (socket) => void socket.write(`HELLO f${process.pid}\nJOIN lobby\n`),
      data(socket, chunk) {
        if (state.started || !chunk.includes("JOIN: ")) return;
        state.started = true;
        console.log("flooding 1");
        pump(socket);
      },
      drain: pump,
      close: () => console.log("closed 1"),
    },
  });
  process.on("SIGTERM", () => {
    console.log(`sent ${Math.floor(state.sentBytes / line.length)}`);
    process.exit(0);
  });
}

if (import.meta.main) await main();
