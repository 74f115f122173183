// The programs that the messaging experiment compares, each in its own process: Correio, floors of ours, and peers.

import { join } from "node:path";

import { findTool } from "./implementations.ts";
import { cpuSecondsOf } from "./process-facts.ts";
import { CORREIO_READY, correioCommand, portIn, startServerProgram, WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

/** What is needed of the machine, beside Bun; undefined = not there. */
export interface MessagingTools {
  /** Debian's, with the packages that Debian has for it. */
  readonly python: string | undefined;
  readonly natsServer: string | undefined;
}

interface Stoppable {
  stop(): Promise<void>;
}

export interface MessagingNode extends Stoppable {
  readonly pids: readonly [number];
  readonly clients: number;
  readonly workers: number;
  readonly publishers: number;
  readonly subscribers: number;
  readonly httpPort: number;
}

/** A floor or a peer: its processes, and the ports that it has said, in that order. */
export interface MessagingPeer extends Stoppable {
  readonly pids: readonly number[];
  readonly ports: readonly number[];
}

const PORTS = /clientes (\d+), servidores (\d+), publicadores (\d+), assinantes (\d+)/;
const LISTENING = /^listening (\d+)(?: (\d+))?$/m;

/** `searchPath` in place of `PATH`. */
export function findMessagingTools(searchPath: string | undefined): MessagingTools {
  const path = searchPath ?? Bun.env.PATH;
  const python = findTool("python3", searchPath ?? `/usr/bin:${path}`);
  const imports = ["-c", "import zmq, msgpack"];
  const isThere = python !== undefined && Bun.spawnSync([python, ...imports], { stderr: "ignore" }).success;
  return { python: isThere ? python : undefined, natsServer: findTool("nats-server", path) };
}

/** What is not measured without what is not there, and why. */
export function missingOf({ python, natsServer }: MessagingTools): string[] {
  return [
    ...(python === undefined ? ["all of pyzmq, round trips, workers: python3-zmq and python3-msgpack"] : []),
    ...(natsServer === undefined ? ["nats-server"] : []),
  ].map((what) => `${what} not installed`);
}

/** With the usual settings, free ports and a data folder of its own. */
export async function startMessagingNode(): Promise<MessagingNode> {
  const { program, stop } = await startServerProgram("correio", ({ folder }) => ({
    command: correioCommand(),
    ready: CORREIO_READY,
    environment: {
      ...WITHOUT_OTHER_FAMILIES,
      CORREIO_HOST: "127.0.0.1",
      CORREIO_MESSAGING_PORT: "0",
      CORREIO_DATA: join(folder, "data"),
      CORREIO_SERVER_ID: "correio",
    },
  }));
  const [clients = 0, workers = 0, publishers = 0, subscribers = 0] = portsIn(program.output(), PORTS);
  const httpPort = portIn(program, /Gateway HTTP iniciado na porta (\d+)/);
  return { pids: [program.pid], clients, workers, publishers, subscribers, httpPort, stop };
}

/** Processor seconds so far. */
export function cpuSecondsOfAll(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

/** All at once, to be stopped with the stack: also those that have started where another fails. */
export async function startAll<Starting extends readonly Promise<Stoppable | undefined>[]>(
  stack: AsyncDisposableStack,
  starting: readonly [...Starting],
): Promise<{ [Index in keyof Starting]: Awaited<Starting[Index]> }> {
  for (const each of await Promise.allSettled(starting)) {
    if (each.status === "fulfilled") stack.defer(async () => await each.value?.stop());
  }
  return await Promise.all(starting);
}

/** Another role of the experiment's program. */
export function startFloor(program: string, role: string): Promise<MessagingPeer> {
  return startPeer(role, [process.execPath, program, role]);
}

/** A part of the Python program, told with these words. */
export function startPython(python: string, part: string, ...words: readonly string[]): Promise<MessagingPeer> {
  return startPeer(part, pythonCommand(python, part, ...words));
}

export function pythonCommand(python: string, part: string, ...words: readonly string[]): string[] {
  return [python, join(import.meta.dirname, "messaging_peers.py"), part, ...words];
}

export async function startNats(natsServer: string): Promise<MessagingPeer> {
  const { program, stop } = await startServerProgram("nats", ({ folder }) => ({
    command: [natsServer, "--addr", "127.0.0.1", "--port", "-1", "--log", join(folder, "nats.log")],
    ready: /client connections on [\d.]+:(\d+)[\s\S]*Server is ready/,
  }));
  return { pids: [program.pid], ports: [program.number], stop };
}

/** The broker of pyzmq's documentation, and one server behind it. */
export async function startPythonServices(python: string): Promise<MessagingPeer> {
  const broker = await startPython(python, "broker");
  const [clients = 0, workers = 0] = broker.ports;
  const worker = Bun.spawn(pythonCommand(python, "serve", `--port=${workers}`), { stdout: "ignore" });
  return {
    pids: [...broker.pids, worker.pid],
    ports: [clients],
    async stop() {
      worker.kill("SIGKILL");
      await worker.exited;
      await broker.stop();
    },
  };
}

async function startPeer(name: string, command: readonly string[]): Promise<MessagingPeer> {
  const { program, stop } = await startServerProgram(name, () => ({ command, ready: LISTENING }));
  return { pids: [program.pid], ports: portsIn(program.output(), LISTENING), stop };
}

function portsIn(output: string, pattern: RegExp): number[] {
  const [, ...ports] = pattern.exec(output) ?? [];
  return ports.filter((port) => port !== undefined).map(Number);
}
