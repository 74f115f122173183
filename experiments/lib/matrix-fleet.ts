// The servers of one implementation: so many processes, each on a port of its own or all on one, and what they leave.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

import { type MissingServer, type RunningServer, startServer, stopServers } from "./implementations.ts";
import type { MatrixImplementation, Spread } from "./matrix-plan.ts";
import { residentBytesOf } from "./process-facts.ts";
import type { Workspace } from "./program.ts";
import { RecordedProcess } from "./recorder-process.ts";

export interface FleetOptions {
  readonly implementation: MatrixImplementation;
  readonly workMs: number;
  readonly processes: number;
  readonly spread: Spread;
  /** Of its first process; where each has its own, the others have the next ones. 0 for any free ones. */
  readonly firstPort: number;
  readonly searchPath?: string | undefined;
}

interface Member extends RunningServer {
  readonly process: RecordedProcess;
  /** How much of its rows has been read. */
  readBytes: number;
}

export class Fleet {
  readonly options: FleetOptions;
  readonly #members: readonly Member[];

  private constructor(options: FleetOptions, servers: readonly RunningServer[]) {
    this.options = options;
    this.#members = servers.map((server) => {
      return { ...server, process: new RecordedProcess(server.program.pid), readBytes: 0 };
    });
  }

  /** All of them, or none: then what had been started is stopped. */
  static async start(options: FleetOptions, workspace: Workspace): Promise<Fleet | MissingServer> {
    const { implementation, workMs, spread, firstPort, searchPath } = options;
    const sharesPort = spread === "shared";
    const start = async (index: number, port: number): Promise<RunningServer | MissingServer> => {
      const serverId = `${implementation}-${workMs}ms-${index + 1}`;
      return startServer(implementation, workspace, { serverId, workMs, port, sharesPort, records: true, searchPath });
    };
    const first = await start(0, firstPort);
    if ("why" in first) return first;
    const port = first.program.number;
    const portOf = (index: number): number => (sharesPort ? port : firstPort === 0 ? 0 : firstPort + index);
    const indexes = Array.from({ length: options.processes - 1 }, (_, index) => index + 1);
    const rest = await Promise.allSettled(indexes.map((index) => start(index, portOf(index))));
    const servers = [first, ...rest.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))];
    const running = servers.filter((server): server is RunningServer => !("why" in server));
    const failed = rest.find((each) => each.status === "rejected");
    if (failed === undefined) return new Fleet(options, running);
    await stopServers(running);
    throw failed.reason;
  }

  get pids(): readonly number[] {
    return this.#members.map(({ program }) => program.pid);
  }

  /** Where clients of the first so many processes connect to, in turn. */
  ports(servers: number): readonly number[] {
    return this.#first(servers).map(({ program }) => program.number);
  }

  /** Processor seconds so far of the first so many processes, all their threads. */
  cpuSeconds(servers: number): number {
    return this.#first(servers).reduce((sum, { process }) => sum + (process.read()?.cpuSeconds ?? 0), 0);
  }

  residentBytes(servers: number): number {
    return this.#alive(servers).reduce((sum, { program }) => sum + residentBytesOf(program.pid), 0);
  }

  /** Which of the first so many processes has ended, and what it said last; undefined when none has. */
  whoDied(servers: number): string | undefined {
    const dead = this.#first(servers).find((member) => member.process.read() === undefined);
    if (dead === undefined) return undefined;
    const said = dead.program.said().split("\n").at(-1) ?? "";
    return `a server is gone${said === "" ? "" : `, its last line: ${said}`}`;
  }

  /** The rows that its processes have written since it was last asked, without those that are not whole yet. */
  newRows(): readonly string[] {
    return this.#members.flatMap((member) => {
      const text = textBehind(member.ledger, member.readBytes);
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      member.readBytes += Buffer.byteLength(whole);
      return whole.split("\n").filter((line) => line !== "" && !line.startsWith("client_id,"));
    });
  }

  async stop(): Promise<void> {
    await stopServers(this.#members);
  }

  #first(servers: number): readonly Member[] {
    return this.#members.slice(0, servers);
  }

  #alive(servers: number): readonly Member[] {
    return this.#first(servers).filter((member) => member.process.read() !== undefined);
  }
}

/** Empty where there is no such file yet. */
function textBehind(path: string, offset: number): string {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, offset));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
