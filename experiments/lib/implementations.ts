// The servers that are compared: Correio, the raw Bun floor in two forms, and the Go and Python peers.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { type Program, startProgram, type Workspace } from "./program.ts";
import { CORREIO_READY, correioCommand, WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

export const implementationNames = ["correio", "raw", "raw-template", "go", "python"] as const;
export type ImplementationName = (typeof implementationNames)[number];

export interface Implementation {
  readonly name: ImplementationName;
  readonly title: string;
  /** Part of the requests it is given where throughput is measured: a slow server must not make the run long. */
  readonly requestShare: number;
}

export const implementations: Readonly<Record<ImplementationName, Implementation>> = {
  correio: { name: "correio", title: "Correio", requestShare: 1 },
  raw: { name: "raw", title: "raw Bun.listen", requestShare: 1 },
  "raw-template": { name: "raw-template", title: "raw, template reply", requestShare: 1 },
  go: { name: "go", title: "Go, buffered", requestShare: 1 },
  python: { name: "python", title: "Python, threads", requestShare: 0.1 },
};

export interface RunningServer {
  readonly name: ImplementationName;
  readonly program: Program;
  /** Where the rows of its sessions are, where they were asked for. */
  readonly ledger: string;
}

export interface MissingServer<Name extends ImplementationName = ImplementationName> {
  readonly name: Name;
  readonly why: string;
}

export interface ServerSettings {
  /** Its name in replies and rows, and in the workspace; that of the implementation unless told otherwise. */
  readonly serverId?: string;
  /** Simulated work for each request, in milliseconds. */
  readonly workMs?: number;
  /** Any free one unless told otherwise. */
  readonly port?: number;
  readonly sharesPort?: boolean;
  /** Whether it leaves a row for each session; Correio always does. */
  readonly records?: boolean;
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string | undefined;
}

const experimentsFolder = resolve(import.meta.dirname, "..");
const baselinesFolder = join(experimentsFolder, "baselines");
const listening = /^listening (\d+)$/m;

/** Starts one server, or says why it cannot be compared: its tool is not there. Other failures throw. */
export async function startServer(
  name: ImplementationName,
  workspace: Workspace,
  settings: ServerSettings = {},
): Promise<RunningServer | MissingServer> {
  const { serverId = name, records = false } = settings;
  const logFile = join(workspace.folder, `${serverId}.log`);
  if (name === "correio") {
    const data = join(workspace.folder, `${serverId}-data`);
    const environment = correioSettings(serverId, data, settings);
    const program = await startProgram({ command: correioCommand(), logFile, ready: CORREIO_READY, environment });
    return { name, program, ledger: join(data, "sessions.csv") };
  }
  const command = commandOf(name, workspace, settings.searchPath ?? Bun.env.PATH);
  if ("why" in command) return command;
  const ledger = records ? join(workspace.folder, `${serverId}.csv`) : "";
  const words = flagsOf(serverId, settings).concat(records ? [`--ledger=${ledger}`] : []);
  const program = await startProgram({ command: [...command.words, ...words], logFile, ready: listening });
  return { name, program, ledger };
}

function commandOf(
  name: Exclude<ImplementationName, "correio">,
  workspace: Workspace,
  searchPath: string | undefined,
): { readonly words: readonly string[] } | MissingServer {
  switch (name) {
    case "raw":
    case "raw-template": {
      const reply = name === "raw" ? "stringify" : "template";
      return { words: [process.execPath, join(baselinesFolder, "raw-bun.ts"), `--reply=${reply}`] };
    }
    case "go": {
      const go = findTool("go", searchPath);
      if (go === undefined) return { name, why: "go is not installed" };
      return { words: [compileGo(go, "goroutines", workspace)] };
    }
    case "python": {
      const python = findTool("python3", searchPath);
      if (python === undefined) return { name, why: "python3 is not installed" };
      return { words: [python, join(baselinesFolder, "threads.py")] };
    }
  }
}

function flagsOf(serverId: string, { workMs = 0, port = 0, sharesPort = false }: ServerSettings): readonly string[] {
  const flags = [`--server-id=${serverId}`, `--work-ms=${workMs}`, `--port=${port}`];
  return sharesPort ? [...flags, "--share-port"] : flags;
}

function correioSettings(
  serverId: string,
  data: string,
  { workMs = 0, port = 0, sharesPort = false }: ServerSettings,
): Record<string, string> {
  return {
    ...WITHOUT_OTHER_FAMILIES,
    CORREIO_HOST: "127.0.0.1",
    CORREIO_PORT: String(port),
    CORREIO_REUSE_PORT: String(sharesPort),
    CORREIO_DATA: data,
    CORREIO_WORK_MS: String(workMs),
    CORREIO_SERVER_ID: serverId,
  };
}

/** Stops every server, also when one of them fails to stop. */
export async function stopServers(servers: readonly RunningServer[]): Promise<void> {
  await Promise.allSettled(servers.map(({ program }) => program.stop()));
}

export function findTool(tool: string, searchPath: string | undefined): string | undefined {
  return Bun.which(tool, { PATH: searchPath ?? "" }) ?? undefined;
}

/** Compiles one of the baselines, once; `source` is its name without the ending. Returns the program's path. */
export function compileGo(go: string, source: string, workspace: Workspace): string {
  // Go takes absolute paths alone.
  const folder = resolve(workspace.folder);
  const binary = join(folder, source);
  if (existsSync(binary)) return binary;
  const result = Bun.spawnSync([go, "build", "-o", binary, join(baselinesFolder, `${source}.go`)], {
    env: {
      ...Bun.env,
      GO111MODULE: "off",
      GOFLAGS: "",
      GOCACHE: join(folder, "go-cache"),
      GOPATH: join(folder, "go-path"),
    },
  });
  if (!result.success) throw new Error(`Cannot compile ${source}.go: ${result.stderr.toString().trim()}`);
  return binary;
}
