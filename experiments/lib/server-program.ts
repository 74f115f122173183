// A server in a process and a folder of its own: started, stopped, and asked for its ports and figures.

import { join, resolve } from "node:path";

import { createWorkspace, type Program, type ProgramOptions, startProgram, type Workspace } from "./program.ts";

/** `PROFILE_FOLDER=/tmp/x bun experiments/chat.ts …` leaves a profile of the server's processor time there. */
export function correioCommand(): readonly string[] {
  const folder = Bun.env["PROFILE_FOLDER"];
  const profiler = folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  return [process.execPath, ...profiler, resolve(import.meta.dirname, "../../runtime/main.ts")];
}

/** Its TCP port is the first group. */
export const CORREIO_READY = /Servidor TCP iniciado na porta (\d+)[\s\S]*Aguardando conexões/;

/** Settings of one that serves neither matches nor ZeroMQ; all else, and ZeroMQ where asked for, on free ports. */
export const WITHOUT_OTHER_FAMILIES = {
  CORREIO_PORT: "0",
  CORREIO_UDP_PORT: "0",
  CORREIO_HTTP_PORT: "0",
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "",
  CORREIO_MESSAGING_PORT: "",
  CORREIO_WORKER_PORT: "0",
  CORREIO_PUBLISHER_PORT: "0",
  CORREIO_SUBSCRIBER_PORT: "0",
  CORREIO_MESSAGING_STORE_PORT: "0",
  CORREIO_REFERENCE_PORT: "0",
  CORREIO_SERVER_PORTS: "0",
} as const;

export interface ServerProgram {
  readonly program: Program;
  readonly folder: string;
  /** The folder goes with it. */
  stop(): Promise<void>;
}

/** Where it does not start, nothing of it stays behind. */
export async function startServerProgram(
  name: string,
  optionsIn: (workspace: Workspace) => Omit<ProgramOptions, "logFile">,
): Promise<ServerProgram> {
  const workspace = createWorkspace();
  try {
    const program = await startProgram({ logFile: join(workspace.folder, `${name}.log`), ...optionsIn(workspace) });
    return {
      program,
      folder: workspace.folder,
      async stop() {
        await program.stop();
        workspace.remove();
      },
    };
  } catch (error) {
    workspace.remove();
    throw error;
  }
}

/** The first group of the pattern, in what it has printed. */
export function portIn(program: Program, pattern: RegExp): number {
  const found = pattern.exec(program.output());
  if (found === null) throw new Error(`The server did not say its port: ${pattern.source}`);
  return Number(found[1]);
}

/** A figure of Correio's, as /metrics has it now, by its name and labels. */
export async function readFigures(httpPort: number): Promise<(name: string) => number> {
  const page = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return (name) => {
    const line = page.split("\n").find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`The server's figures have no ${name}`);
    return Number(line.slice(name.length + 1));
  };
}
