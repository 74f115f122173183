// The servers that are compared: Correio, the raw Bun floor in two forms, and the Go and Python peers.

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
}

export interface MissingServer {
  readonly name: ImplementationName;
  readonly why: string;
}

const experimentsFolder = resolve(import.meta.dirname, "..");
const baselinesFolder = join(experimentsFolder, "baselines");
const listening = /^listening (\d+)$/m;

/** Starts one server, or says why it cannot be compared: its tool or its source is not there. Other failures throw. */
export async function startServer(
  name: ImplementationName,
  workspace: Workspace,
  searchPath: string | undefined = Bun.env.PATH,
): Promise<RunningServer | MissingServer> {
  const logFile = join(workspace.folder, `${name}.log`);
  switch (name) {
    case "correio":
      return { name, program: await startCorreio(workspace, logFile) };
    case "raw":
    case "raw-template": {
      const reply = name === "raw" ? "stringify" : "template";
      const command = [process.execPath, join(baselinesFolder, "raw-bun.ts"), `--reply=${reply}`];
      return { name, program: await startProgram({ command, logFile, ready: listening }) };
    }
    case "go": {
      const go = findTool("go", searchPath);
      if (go === undefined) return { name, why: "go is not installed" };
      const command = [compileGo(go, "goroutines", workspace)];
      return { name, program: await startProgram({ command, logFile, ready: listening }) };
    }
    case "python": {
      const python = findTool("python3", searchPath);
      if (python === undefined) return { name, why: "python3 is not installed" };
      const command = [python, join(baselinesFolder, "threads.py")];
      return { name, program: await startProgram({ command, logFile, ready: listening }) };
    }
  }
}

/** Stops every server, also when one of them fails to stop. */
export async function stopServers(servers: readonly RunningServer[]): Promise<void> {
  await Promise.allSettled(servers.map(({ program }) => program.stop()));
}

function startCorreio(workspace: Workspace, logFile: string): Promise<Program> {
  return startProgram({
    command: correioCommand(),
    logFile,
    ready: CORREIO_READY,
    environment: {
      ...WITHOUT_OTHER_FAMILIES,
      CORREIO_HOST: "127.0.0.1",
      CORREIO_DATA: join(workspace.folder, "correio-data"),
      CORREIO_WORK_MS: "0",
      CORREIO_SERVER_ID: "correio",
    },
  });
}

export function findTool(tool: string, searchPath: string | undefined): string | undefined {
  return Bun.which(tool, { PATH: searchPath ?? "" }) ?? undefined;
}

/** Compiles one of the baselines; `source` is its name without the ending. Returns the program's path. */
export function compileGo(go: string, source: string, workspace: Workspace): string {
  const binary = join(workspace.folder, source);
  const result = Bun.spawnSync([go, "build", "-o", binary, join(baselinesFolder, `${source}.go`)], {
    env: {
      ...Bun.env,
      GO111MODULE: "off",
      GOFLAGS: "",
      GOCACHE: join(workspace.folder, "go-cache"),
      GOPATH: join(workspace.folder, "go-path"),
    },
  });
  if (!result.success) throw new Error(`Cannot compile ${source}.go: ${result.stderr.toString().trim()}`);
  return binary;
}
