// One run of the chat: a fresh server, the network before it, and members in a process of their own.

import { join, resolve } from "node:path";

import { type NetworkFaults, startTcpRelay, startUdpRelay, type WayFigures } from "#runtime/testing/mod.ts";

import type { ChatHeard, ChatTalk } from "./chat-drive.ts";
import type { ChatPlace } from "./chat-lines.ts";
import { startDelayedLink } from "./delayed-link.ts";
import { readLines } from "./lines-of.ts";
import { cpuSecondsOf, residentBytesOf, waitUntilQuiet } from "./process-facts.ts";
import { createWorkspace, type Program, startProgram } from "./program.ts";
import { CORREIO_READY, correioCommand, portIn, WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

/** Nothing between; the relay, with its model of TCP; the kernel's own TCP over a link that carries packets late. */
export type ChatNetwork = "direct" | "relay" | "kernel";

export interface ChatCell {
  readonly network: ChatNetwork;
  readonly delayMs: number;
  /** Each way. */
  readonly loss: number;
  readonly talk: ChatTalk;
}

export interface ChatSample {
  readonly heard: ChatHeard;
  /** Both ways, from the IP header on; with the relay headers are added by the count of what it saw. */
  readonly wireOctets: number;
  readonly wirePackets: number;
  readonly serverCpuSeconds: number;
  readonly emptyBytes: number;
  readonly joinedBytes: number;
}

interface Wire {
  readonly octets: number;
  readonly packets: number;
}

/** Where the server and the members run, and what is between them. */
interface Network {
  onServer(words: readonly string[]): readonly string[];
  onClient(words: readonly string[]): readonly string[];
  connect(tcpPort: number, udpPort: number): Promise<ChatPlace>;
  lose(loss: number): Promise<void>;
  count(): Promise<Wire>;
  stop(): Promise<void>;
}

const program = resolve(import.meta.dirname, "../tcp-vs-udp.ts");
/** IPv4 and UDP; IPv4 and TCP with the time stamps that Linux sends. */
const UDP_HEADERS = 28;
const TCP_HEADERS = 52;
const QUIET_MS = 200;

export async function runChatCell(cell: ChatCell): Promise<ChatSample> {
  const workspace = createWorkspace();
  const network = await openNetwork(cell);
  const stack = new AsyncDisposableStack();
  stack.defer(() => workspace.remove());
  stack.defer(() => network.stop());
  try {
    const server = await startChatServer(workspace.folder, network.onServer);
    stack.defer(() => endAtOnce(server));
    const place = await network.connect(server.number, udpPortOf(server));
    await waitUntilQuiet(server.pid, QUIET_MS);
    const emptyBytes = residentBytesOf(server.pid);
    return { emptyBytes, ...(await driveThrough(cell, place, network, server)) };
  } finally {
    await stack.disposeAsync();
  }
}

/** Losses begin when everybody is in the room. */
async function driveThrough(cell: ChatCell, place: ChatPlace, network: Network, server: Program) {
  const words = [process.execPath, program, "drive", JSON.stringify({ talk: cell.talk, place })];
  const driver = Bun.spawn([...network.onClient(words)], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  try {
    const lines = readLines(driver.stdout);
    if ((await lines.next()).value !== "ready") throw new Error("The members could not join");
    await waitUntilQuiet(server.pid, QUIET_MS, 3_000);
    const joinedBytes = residentBytesOf(server.pid);
    await network.lose(cell.loss);
    const [cpuBefore, wireBefore] = [cpuSecondsOf(server.pid), await network.count()];
    driver.stdin.write("go\n");
    await driver.stdin.flush();
    const heard = JSON.parse((await lines.next()).value ?? "") as ChatHeard;
    const [cpu, wire] = [cpuSecondsOf(server.pid), await network.count()];
    return {
      heard,
      joinedBytes,
      serverCpuSeconds: cpu - cpuBefore,
      wireOctets: wire.octets - wireBefore.octets,
      wirePackets: wire.packets - wireBefore.packets,
    };
  } finally {
    driver.kill();
    await driver.exited;
  }
}

export function startChatServer(
  folder: string,
  onServer: (words: readonly string[]) => readonly string[] = (words) => words,
): Promise<Program> {
  return startProgram({
    command: onServer(correioCommand()),
    logFile: join(folder, "correio.log"),
    ready: CORREIO_READY,
    environment: {
      ...WITHOUT_OTHER_FAMILIES,
      CORREIO_HOST: "0.0.0.0",
      CORREIO_DATA: join(folder, "data"),
      CORREIO_CONSOLE: "false",
      CORREIO_CLIENT_LOG: "false",
    },
  });
}

/** Of a server that `startChatServer` started. */
export function udpPortOf(server: Program): number {
  return portIn(server, /Servidor UDP iniciado na porta (\d+)/);
}

/** Nobody needs its data: it does not wait for clients that are gone already. */
export async function endAtOnce(server: Program): Promise<void> {
  process.kill(server.pid, "SIGKILL");
  await server.stop();
}

async function openNetwork({ network, delayMs, talk }: ChatCell): Promise<Network> {
  if (network === "relay") return new RelayNetwork(delayMs, talk.seed);
  if (network === "kernel") return await openKernelNetwork(delayMs, talk.seed);
  return {
    onServer: (words) => words,
    onClient: (words) => words,
    connect: async (tcpPort, udpPort) => ({ hostname: "127.0.0.1", tcpPort, udpPort }),
    lose: async () => undefined,
    count: async () => ({ octets: 0, packets: 0 }),
    stop: async () => undefined,
  };
}

async function openKernelNetwork(delayMs: number, seed: number): Promise<Network> {
  const link = await startDelayedLink({ delayMs, seed });
  return {
    onServer: link.onServer,
    onClient: link.onClient,
    connect: async (tcpPort, udpPort) => ({ hostname: link.serverAddress, tcpPort, udpPort }),
    lose: (loss) => link.lose(loss, loss),
    async count() {
      const { up, down } = await link.count();
      return { octets: up.octets + down.octets, packets: up.packets + down.packets };
    },
    stop: link.stop,
  };
}

class RelayNetwork implements Network {
  readonly #faults: NetworkFaults;
  readonly #seed: number;
  #relays: readonly [Awaited<ReturnType<typeof startTcpRelay>>, Awaited<ReturnType<typeof startUdpRelay>>] | undefined;

  constructor(delayMs: number, seed: number) {
    this.#faults = { delayMs };
    this.#seed = seed;
  }

  readonly onServer = (words: readonly string[]): readonly string[] => words;
  readonly onClient = (words: readonly string[]): readonly string[] => words;

  async connect(tcpPort: number, udpPort: number): Promise<ChatPlace> {
    const options = { faults: this.#faults, seed: this.#seed };
    const tcp = await startTcpRelay({ ...options, target: { port: tcpPort } });
    const udp = await startUdpRelay({ ...options, target: { port: udpPort } });
    this.#relays = [tcp, udp];
    return { hostname: "127.0.0.1", tcpPort: tcp.port, udpPort: udp.port };
  }

  async lose(loss: number): Promise<void> {
    for (const relay of this.#relays ?? []) relay.set({ ...this.#faults, loss });
  }

  async count(): Promise<Wire> {
    const [tcp, udp] = this.#relays ?? [];
    const ways = [
      ...(tcp === undefined
        ? []
        : [wireOf(tcp.figures.up, TCP_HEADERS, true), wireOf(tcp.figures.down, TCP_HEADERS, true)]),
      ...(udp === undefined ? [] : [wireOf(udp.figures.up, UDP_HEADERS), wireOf(udp.figures.down, UDP_HEADERS)]),
    ];
    return {
      octets: ways.reduce((sum, { octets }) => sum + octets, 0),
      packets: ways.reduce((sum, { packets }) => sum + packets, 0),
    };
  }

  async stop(): Promise<void> {
    for (const relay of this.#relays ?? []) relay.stop();
  }
}

/** Datagrams that are sent again come to the relay again; segments do not, and are counted by their losses. */
function wireOf({ packetsIn, bytesIn, lost }: WayFigures, headers: number, isStream = false): Wire {
  const packets = packetsIn + (isStream ? lost : 0);
  const octets = packetsIn === 0 ? 0 : (bytesIn / packetsIn) * packets;
  return { packets, octets: octets + packets * headers };
}
