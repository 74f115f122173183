// The server as a process of its own, as an operator starts it: settings in, ports out, ended by its process id.
import { rmSync } from "node:fs";
import { join } from "node:path";

import { eventually } from "./eventually.ts";
import { type LedgerRow, readLedger } from "./ledger-rows.ts";
import { NodeFigures } from "./node-figures.ts";
import { asEnvironment, createDataFolder, FREE_PORTS, type Settings } from "./node-settings.ts";

/** Where several start at once on few cores. */
const STARTS_WITHIN_MS = 30_000;
const ROOT = join(import.meta.dir, "..", "..");

export class ServerProcess {
  readonly dataFolder: string;
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  #output = "";
  #errors = "";
  readonly #drained: Promise<unknown>;

  /** Does not wait until it listens. `preload` is a program that runs in the process before it. */
  constructor(settings: Settings = {}, dataFolder = createDataFolder(), preload?: string) {
    this.dataFolder = dataFolder;
    const env = asEnvironment({ ...FREE_PORTS, CORREIO_DATA: dataFolder, ...settings });
    this.#child = Bun.spawn(
      [process.execPath, ...(preload === undefined ? [] : ["--preload", preload]), "runtime/main.ts"],
      {
        cwd: ROOT,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        // Below HOME, Bun keeps what it has transpiled: a start takes less by a sixth.
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      },
    );
    this.#drained = Promise.all([
      gather(this.#child.stdout, (text) => (this.#output += text)),
      gather(this.#child.stderr, (text) => (this.#errors += text)),
    ]);
  }

  static async start(settings: Settings = {}, preload?: string): Promise<ServerProcess> {
    const server = new ServerProcess(settings, createDataFolder(), preload);
    await server.listens();
    return server;
  }

  /** Until it answers: it says that it waits a moment before it hears signals. Throws when it has ended instead. */
  async listens(): Promise<void> {
    const { exited } = this.#child;
    await eventually(
      "the server's start",
      () => this.#output.includes("Aguardando") || this.#hasEnded,
      STARTS_WITHIN_MS,
    );
    if (this.#hasEnded) throw new Error(`The server has ended, with ${await exited}: ${this.#errors}`);
    await fetch(`http://127.0.0.1:${this.httpPort}/health`);
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  get port(): number {
    return Number(/TCP iniciado na porta (\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get udpPort(): number {
    return Number(/UDP iniciado na porta (\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get matchPort(): number {
    return Number(/partidas iniciado na porta (\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get matchTlsPort(): number {
    return Number(/Partidas por TLS: porta (\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get httpPort(): number {
    return Number(/HTTP iniciado na porta (\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get figures(): NodeFigures {
    return new NodeFigures(this.httpPort);
  }

  rows(): LedgerRow[] {
    return readLedger(this.dataFolder);
  }

  signal(name: "SIGTERM" | "SIGINT" | "SIGUSR2" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Its exit code, once it is gone and all its output is read; null when a signal ended it. */
  async exit(): Promise<number | null> {
    await this.#child.exited;
    await this.#drained;
    return this.#child.exitCode;
  }

  /** Ends it, whatever it does, and removes its folder. */
  async remove(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

async function gather(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }));
}
