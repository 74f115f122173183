// The match servers that are measured: Correio, the raw Bun floor and the Python peer, each in its own process.

import { cpSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { findTool } from "./implementations.ts";
import { correioCommand, portIn, readFigures, startServerProgram, WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

export const MATCH_SERVER_NAMES = ["correio", "raw", "python"] as const;
export type MatchServerName = (typeof MATCH_SERVER_NAMES)[number];

export const MATCH_SERVER_TITLES: Readonly<Record<MatchServerName, string>> = {
  correio: "Correio",
  raw: "raw Bun TLS, keeps nothing",
  python: "Python, a thread each, keeps nothing",
};

/** All octets of all connections but those of HTTP, after decryption and before encryption. */
export interface ServerCount {
  readonly in: number;
  readonly out: number;
}

export interface MatchServer {
  readonly name: MatchServerName;
  readonly pid: number;
  /** Of existing clients; 0 with floor and peer. */
  readonly port: number;
  readonly tlsPort: number;
  /** The certificate that it trusts itself with. */
  readonly certificate: string;
  /** Of Correio alone. */
  figures(): Promise<MatchFigures>;
  stop(): Promise<void>;
}

export interface MatchFigures {
  readonly octets: ServerCount;
  readonly connections: number;
}

export interface MatchServerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** A data folder to begin with; a copy of it is used. */
  readonly dataFolder?: string;
  readonly spawned?: (pid: number) => void;
}

const experimentsFolder = resolve(import.meta.dirname, "..");
/** Threads may take their time to begin. */
const START_WITHIN_MS = 60_000;

/** With the usual settings, free ports and a data folder of its own, unless told otherwise. */
export async function startCorreioMatches(options: MatchServerOptions = {}): Promise<MatchServer> {
  const { settings = {}, dataFolder, spawned } = options;
  const dataIn = (folder: string): string => settings["CORREIO_DATA"] ?? join(folder, "data");
  const { program, folder, stop } = await startServerProgram("correio", (workspace) => {
    const data = dataIn(workspace.folder);
    if (dataFolder !== undefined) cpSync(dataFolder, data, { recursive: true });
    return {
      command: correioCommand(),
      ready: /Partidas por TLS: porta (\d+)[\s\S]*Aguardando conexões/,
      startTimeoutMs: START_WITHIN_MS,
      environment: {
        ...WITHOUT_OTHER_FAMILIES,
        CORREIO_HOST: "127.0.0.1",
        CORREIO_UDP_PORT: "",
        CORREIO_MATCH_PORT: "0",
        CORREIO_MATCH_TLS_PORT: "0",
        CORREIO_DATA: data,
        ...settings,
      },
      ...(spawned !== undefined && { spawned }),
    };
  });
  return {
    name: "correio",
    pid: program.pid,
    port: portIn(program, /Servidor de partidas iniciado na porta (\d+)/),
    tlsPort: program.number,
    certificate: readFileSync(join(dataIn(folder), "cert.pem"), "utf8"),
    figures: async () => figuresOf(await readFigures(portIn(program, /Gateway HTTP iniciado na porta (\d+)/))),
    stop,
  };
}

export interface MissingMatchServer {
  readonly name: MatchServerName;
  readonly why: string;
}

/** Floor or peer with the certificate in that folder, or why there is none. Other failures throw. */
export async function startMatchPeer(
  name: "raw" | "python",
  dataFolder: string,
  searchPath: string | undefined = Bun.env.PATH,
): Promise<MatchServer | MissingMatchServer> {
  const python = name === "python" ? findTool("python3", searchPath) : process.execPath;
  if (python === undefined) return { name, why: "python3 is not installed" };
  const [cert, key] = [join(dataFolder, "cert.pem"), join(dataFolder, "key.pem")];
  const source = join(experimentsFolder, "baselines", name === "raw" ? "raw-match.ts" : "match-threads.py");
  const { program, stop } = await startServerProgram(name, () => ({
    command: [python, source, `--cert=${cert}`, `--key=${key}`],
    ready: /^listening (\d+)$/m,
  }));
  return {
    name,
    pid: program.pid,
    port: 0,
    tlsPort: program.number,
    certificate: readFileSync(cert, "utf8"),
    figures: () => Promise.reject(new Error(`${name} has no figures`)),
    stop,
  };
}

function figuresOf(figure: (name: string) => number): MatchFigures {
  return {
    octets: { in: figure('correio_bytes_total{direction="in"}'), out: figure('correio_bytes_total{direction="out"}') },
    connections: figure("correio_connections"),
  };
}
