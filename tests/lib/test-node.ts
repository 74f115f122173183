// A whole node inside the test process, on free ports and in a folder of its own.
import { rmSync } from "node:fs";

import { systemClock } from "#runtime/base/clock.ts";
import { readConfig } from "#runtime/config.ts";
import { createLog } from "#runtime/observe/log.ts";
import { type Server, startServer } from "#runtime/server.ts";

import { eventually } from "./eventually.ts";
import { type LedgerRow, readLedger } from "./ledger-rows.ts";
import { NodeFigures } from "./node-figures.ts";
import { asEnvironment, createDataFolder, FREE_PORTS, type Settings } from "./node-settings.ts";

export class TestNode {
  readonly node: Server;
  readonly dataFolder: string;
  readonly figures: NodeFigures;

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
    return this.node.drain();
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
