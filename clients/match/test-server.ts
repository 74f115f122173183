// The match server as it is, inside the test process, on free ports and in a folder of its own.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "#runtime/base/clock.ts";
import { readConfig } from "#runtime/config.ts";
import { createLog } from "#runtime/observe/log.ts";
import { type Server, startServer } from "#runtime/server.ts";

import type { LinkTarget } from "../links/link.ts";

const SETTINGS = {
  CORREIO_PORT: "0",
  CORREIO_UDP_PORT: "0",
  CORREIO_HTTP_PORT: "0",
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "0",
  CORREIO_LOG_LEVEL: "silent",
  CORREIO_MESSAGING_PORT: "",
  CORREIO_CONSOLE: "false",
  CORREIO_DRAIN_MS: "500",
} as const;

export class TestServer {
  readonly #server: Server;
  readonly #dataFolder: string;

  private constructor(server: Server, dataFolder: string) {
    this.#server = server;
    this.#dataFolder = dataFolder;
  }

  static async start(): Promise<TestServer> {
    const dataFolder = mkdtempSync(join(tmpdir(), "correio-match-"));
    const result = readConfig([], { ...SETTINGS, CORREIO_DATA: dataFolder });
    if (result.kind !== "config") throw new Error(`Wrong settings: ${JSON.stringify(result)}`);
    const log = createLog(result.config.logLevel, systemClock);
    return new TestServer(await startServer(result.config, log), dataFolder);
  }

  /** For modern clients. */
  get target(): LinkTarget {
    const authority = readFileSync(join(this.#dataFolder, "cert.pem"), "utf8");
    const port = this.#server.matchTlsPort ?? 0;
    return { transport: "tls", host: "127.0.0.1", port, authority, serverName: "jogo-da-velha-server" };
  }

  async stop(): Promise<void> {
    await this.#server.drain();
    rmSync(this.#dataFolder, { recursive: true, force: true });
  }
}
