// Ghosts: members whose connections are killed in every way; how long the room goes on believing in them.

import { DatagramClient } from "#runtime/net/datagram-client.ts";

import { type ChatServer, startCorreioChat } from "./chat-servers.ts";
import { residentBytesOf, waitUntilQuiet } from "./process-facts.ts";
import { TextClient } from "./text-client.ts";
import { UdpTextClient } from "./udp-text-client.ts";

export interface GhostParameters {
  /** Over TCP: RST or FIN, once it is in the room or right behind the words that ask for it, in turn. */
  readonly cycles: number;
  /** Peers that say nothing more: so many of datagrams, known by the missing keep-alive, and so many of text. */
  readonly silent: number;
  readonly atOnce: number;
  readonly idleMs: number;
  /** Waited in the end, so that reserved ids are free again and their persons gone from memory. */
  readonly settleMs: number;
}

export interface GhostResult {
  readonly parameters: GhostParameters;
  readonly cyclesPerSecond: number;
  /** From the last kill over TCP until the watcher was alone, but for those over UDP. */
  readonly tcpGoneMs: number;
  /** From the last word of those over UDP until the last of them was gone. */
  readonly silentGoneMs: number;
  /** Who the watcher was told came, and went. */
  readonly came: number;
  readonly went: number;
  /** How many others `WHO` named in the end, and how many connections the server had beside the watcher. */
  readonly ghosts: number;
  readonly connectionsLeft: number;
  readonly emptyBytes: number;
  readonly halfBytes: number;
  readonly fullBytes: number;
  readonly settledBytes: number;
  readonly verified: boolean;
}

const room = "lobby";
const pollMs = 50;
const goneTimeoutMs = 60_000;
const quietMs = 300;

export async function measureGhosts(parameters: GhostParameters): Promise<GhostResult> {
  const server = await startCorreioChat({ CORREIO_IDLE_MS: String(parameters.idleMs) });
  const seen = { came: 0, went: 0 };
  const watcher = await TextClient.open({
    port: server.port,
    line(line) {
      if (line.startsWith(`* ${room} + g`)) seen.came++;
      else if (line.startsWith(`* ${room} - g`)) seen.went++;
    },
  });
  const keepAlive = setInterval(() => watcher.write("PING\n"), parameters.idleMs / 4);
  try {
    await watcher.command("HELLO watcher");
    await watcher.command(`JOIN ${room}`);
    const emptyBytes = await restingBytes(server);
    const startedMs = performance.now();
    const half = Math.ceil(parameters.cycles / 2);
    await killMany(server, 0, half, parameters.atOnce);
    const firstSeconds = (performance.now() - startedMs) / 1_000;
    await aloneAfter(watcher, goneTimeoutMs);
    const halfBytes = await restingBytes(server);
    const againMs = performance.now();
    await killMany(server, half, parameters.cycles, parameters.atOnce);
    const killedMs = performance.now();
    await aloneAfter(watcher, goneTimeoutMs);
    const tcpGoneMs = performance.now() - killedMs;
    const fullBytes = await restingBytes(server);
    const silentGoneMs = await fallSilent(server, watcher, parameters);
    await Bun.sleep(parameters.settleMs);
    const [ghosts, connectionsLeft] = [await othersIn(watcher), (await server.openConnections()) - 1];
    const isClean = ghosts === 0 && connectionsLeft === 0;
    const settledBytes = await restingBytes(server);
    return {
      parameters,
      cyclesPerSecond: parameters.cycles / (firstSeconds + (killedMs - againMs) / 1_000),
      tcpGoneMs,
      silentGoneMs,
      ...seen,
      ghosts,
      connectionsLeft,
      emptyBytes,
      halfBytes,
      fullBytes,
      settledBytes,
      verified: isClean && seen.came === seen.went && seen.came >= parameters.cycles / 2,
    };
  } finally {
    clearInterval(keepAlive);
    watcher.reset();
    await server.stop();
  }
}

async function killMany(server: ChatServer, from: number, to: number, atOnce: number): Promise<void> {
  const next = { index: from };
  const worker = async (): Promise<void> => {
    while (next.index < to) await joinAndDie(server.port, next.index++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Resolves when it is dead; the four kinds in turn. */
async function joinAndDie(port: number, index: number): Promise<void> {
  const client = await TextClient.open({ port });
  const hello = `HELLO g${index}`;
  if (index % 4 < 2) {
    await client.command(hello);
    await client.command(`JOIN ${room}`);
  } else client.write(`${hello}\nJOIN ${room}\n`);
  if (index % 2 === 0) client.reset();
  else client.end();
}

/** Half over each protocol. Returns how long after the last word of all the last of them was gone. */
async function fallSilent(server: ChatServer, watcher: TextClient, { silent }: GhostParameters): Promise<number> {
  const address = "127.0.0.1";
  for (let index = 0; index < silent; index++) {
    const datagrams = await joinOverDatagrams(server.udpPort, `gd${index}`);
    const text = await UdpTextClient.open(server.udpPort, address);
    await text.command(`HELLO gu${index}`);
    await text.command(`JOIN ${room}`);
    datagrams.drop();
    text.close();
  }
  const silentSinceMs = performance.now();
  await aloneAfter(watcher, goneTimeoutMs);
  return performance.now() - silentSinceMs;
}

async function joinOverDatagrams(port: number, id: string): Promise<DatagramClient> {
  const joined = Promise.withResolvers<void>();
  const client = await DatagramClient.connect({
    address: "127.0.0.1",
    port,
    profile: { local: true, quick: false },
    received: (text) => void (text.startsWith("JOIN:") && joined.resolve()),
    ended: () => joined.reject(new Error("The server ended a datagram connection")),
  });
  client.send(`HELLO ${id}`);
  client.send(`JOIN ${room}`);
  await joined.promise;
  return client;
}

async function aloneAfter(watcher: TextClient, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    if ((await othersIn(watcher)) === 0) return;
    await Bun.sleep(pollMs);
  }
}

/** Of the first page that `WHO` gives, the watcher itself not counted. */
async function othersIn(watcher: TextClient): Promise<number> {
  const reply = await watcher.command(`WHO ${room}`);
  return reply.split(" ").slice(2).length - 1;
}

async function restingBytes({ pid }: ChatServer): Promise<number> {
  await waitUntilQuiet(pid, quietMs);
  return residentBytesOf(pid);
}
