// The chat and echo servers that are compared: Correio, the raw Bun floors and the Go peers, each in its own process.

import { join, resolve } from "node:path";

import { compileGo, findTool } from "./implementations.ts";
import {
  CORREIO_READY,
  correioCommand,
  portIn,
  readFigures,
  startServerProgram,
  WITHOUT_OTHER_FAMILIES,
} from "./server-program.ts";

export const chatServerNames = ["correio", "raw", "go"] as const;
export type ChatServerName = (typeof chatServerNames)[number];

/** Chat: rooms over TCP. Echo: text over UDP. Correio does both. */
export type ChatPart = "chat" | "echo";

export const chatTitles: Readonly<Record<ChatPart, Readonly<Record<ChatServerName, string>>>> = {
  chat: { correio: "Correio", raw: "raw Bun.listen", go: "Go, two goroutines each" },
  echo: { correio: "Correio", raw: "raw Bun.udpSocket", go: "Go, plain loop" },
};

export interface MissingChatServer {
  readonly name: ChatServerName;
  readonly why: string;
}

export interface ChatServer {
  readonly name: ChatServerName;
  readonly pid: number;
  /** TCP for chat; of the echo peers, UDP. */
  readonly port: number;
  /** Of Correio: the port of text and datagrams over UDP. */
  readonly udpPort: number;
  /** Of Correio: sessions that are open now, as its gateway says. */
  openConnections(): Promise<number>;
  stop(): Promise<void>;
}

const experimentsFolder = resolve(import.meta.dirname, "..");
const listening = /^listening (\d+)$/m;
const sources = {
  chat: { raw: "raw-chat.ts", go: "chat" },
  echo: { raw: "raw-udp-echo.ts", go: "udp-echo" },
} as const;

/** The server under test with a data folder of its own; `settings` are environment variables beside the usual ones. */
export async function startCorreioChat(settings: Readonly<Record<string, string>> = {}): Promise<ChatServer> {
  const { program, stop } = await startServerProgram("correio", ({ folder }) => ({
    command: correioCommand(),
    ready: CORREIO_READY,
    environment: {
      ...WITHOUT_OTHER_FAMILIES,
      CORREIO_HOST: "127.0.0.1",
      CORREIO_DATA: join(folder, "data"),
      CORREIO_SERVER_ID: "correio",
      ...settings,
    },
  }));
  const httpPort = portIn(program, /Gateway HTTP iniciado na porta (\d+)/);
  return {
    name: "correio",
    pid: program.pid,
    port: program.number,
    udpPort: portIn(program, /Servidor UDP iniciado na porta (\d+)/),
    openConnections: async () => (await readFigures(httpPort))("correio_connections"),
    stop,
  };
}

/** Floor or peer, or why it cannot be compared: its tool is not there. Other failures throw. */
async function startChatPeer(
  name: "raw" | "go",
  part: ChatPart,
  searchPath: string | undefined = Bun.env.PATH,
): Promise<ChatServer | MissingChatServer> {
  const go = name === "go" ? findTool("go", searchPath) : undefined;
  if (name === "go" && go === undefined) return { name, why: "go is not installed" };
  const { program, stop } = await startServerProgram(name, (workspace) => ({
    command:
      go === undefined
        ? [process.execPath, join(experimentsFolder, "baselines", sources[part].raw)]
        : [compileGo(go, sources[part].go, workspace)],
    ready: listening,
  }));
  const { pid, number: port } = program;
  return { name, pid, port, udpPort: port, openConnections: async () => 0, stop };
}

/** All that can be started, in this order, and those that cannot with the reason. */
export async function startChatServers(
  names: readonly ChatServerName[],
  part: ChatPart,
  searchPath?: string,
): Promise<{ readonly servers: ChatServer[]; readonly missing: MissingChatServer[] }> {
  const servers: ChatServer[] = [];
  const missing: MissingChatServer[] = [];
  try {
    for (const name of names) {
      const started = name === "correio" ? await startCorreioChat() : await startChatPeer(name, part, searchPath);
      if ("why" in started) missing.push(started);
      else servers.push(started);
    }
    return { servers, missing };
  } catch (error) {
    await stopChatServers(servers);
    throw error;
  }
}

export async function stopChatServers(servers: readonly ChatServer[]): Promise<void> {
  await Promise.allSettled(servers.map((server) => server.stop()));
}
