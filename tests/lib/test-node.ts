// A whole node inside the test process, on free ports and in a folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "#runtime/base/clock.ts";
import { readConfig } from "#runtime/config.ts";
import { type Server, startServer } from "#runtime/main.ts";
import { createLog } from "#runtime/observe/log.ts";

import { eventually } from "./eventually.ts";
import { type LedgerRow, readLedger } from "./ledger-rows.ts";

export type Settings = Readonly<Record<`CORREIO_${string}`, string | number | boolean>>;

export const FREE_PORTS = {
  CORREIO_PORT: 0,
  CORREIO_UDP_PORT: 0,
  CORREIO_HTTP_PORT: 0,
  CORREIO_SERVER_ID: "test-node",
} as const;

export function asEnvironment(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

export function createDataFolder(): string {
  return mkdtempSync(join(tmpdir(), "correio-test-"));
}

/** What a node tells over HTTP. */
export class NodeFigures {
  readonly #url: string;

  constructor(httpPort: number) {
    this.#url = `http://127.0.0.1:${httpPort}`;
  }

  /** Open connections that `GET /sessions` lists, at most 500. */
  async sessions(): Promise<readonly { id: string; bytesIn: number; bytesOut: number; outboundBytes: number }[]> {
    const response = await fetch(`${this.#url}/sessions?limit=500`);
    return ((await response.json()) as { items: never }).items;
  }

  /** Resident actors that `GET /actors` lists, at most 500. */
  async actors(): Promise<readonly { status: string; mailbox: number }[]> {
    const response = await fetch(`${this.#url}/actors?limit=500`);
    return ((await response.json()) as { items: never }).items;
  }

  /** The value of one line of `GET /metrics`, such as `correio_connections`; 0 when there is none. */
  async metric(line: string): Promise<number> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    return Number(
      text
        .split("\n")
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1) ?? 0,
    );
  }

  /** The sum of all lines of one metric, over all its labels. */
  async metricSum(name: string): Promise<number> {
    const lines = (await (await fetch(`${this.#url}/metrics`)).text()).split("\n");
    const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }
}

export class TestNode {
  readonly node: Server;
  readonly dataFolder: string;
  readonly figures: NodeFigures;
  #drained: Promise<number> | undefined;

  constructor(node: Server, dataFolder: string) {
    this.node = node;
    this.dataFolder = dataFolder;
    this.figures = new NodeFigures(node.httpPort);
  }

  get port(): number {
    return this.node.tcpPort;
  }

  get tlsPort(): number {
    return this.node.tlsPort ?? 0;
  }

  rows(): LedgerRow[] {
    return readLedger(this.dataFolder);
  }

  /** The rows, once there are `count`. */
  async rowsWhen(count: number): Promise<LedgerRow[]> {
    await eventually(`row number ${count}`, () => this.rows().length >= count);
    return this.rows();
  }

  /** What SIGTERM does. Returns how many sessions had to be cut off. */
  drain(): Promise<number> {
    return (this.#drained ??= this.node.drain());
  }

  async stop(): Promise<void> {
    await this.drain();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

/** Silent unless `CORREIO_LOG_LEVEL` says otherwise. */
export async function startTestNode(settings: Settings = {}): Promise<TestNode> {
  const dataFolder = createDataFolder();
  const base = {
    CORREIO_LOG_LEVEL: "silent",
    CORREIO_CONSOLE: false,
    CORREIO_DRAIN_MS: 2_000,
    CORREIO_DATA: dataFolder,
  };
  const result = readConfig([], asEnvironment({ ...FREE_PORTS, ...base, ...settings }));
  if (result.kind !== "config") throw new Error(`Wrong settings: ${JSON.stringify(result)}`);
  const log = createLog(result.config.logLevel, systemClock);
  return new TestNode(await startServer(result.config, log), dataFolder);
}
