// One server of the clock experiment: a whole node in this process, that others reach through a relay.

import pino from "pino";

import { readConfig } from "#runtime/config.ts";
import { type Server, startServer } from "#runtime/main.ts";
import type { Log } from "#runtime/observe/log.ts";
import { type NetworkFaults, type RelayFigures, startTcpRelay, type TcpRelay } from "#runtime/testing/mod.ts";

import { exactClock } from "./clock-exact-waits.ts";
import type { ShownClock } from "./clock-figures.ts";
import type { ClockError, ClockWay } from "./clock-plan.ts";

export interface ClockServerOptions {
  readonly name: string;
  readonly way: ClockWay;
  readonly error: ClockError;
  readonly faults: NetworkFaults;
  readonly seed: number;
  readonly heartbeatMs: number;
  readonly dataFolder: string;
  /** The server that this one joins; without one it is the home. */
  readonly home: ClockServer | undefined;
}

interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly port?: number;
  readonly role?: string;
}

/** Something that the server did or was told, by `performance.now()`. */
export interface ClockEvent {
  readonly atMs: number;
  readonly kind: "coordinates" | "follows" | "corrected" | "refused";
}

const LOOPBACK = "127.0.0.1";
const PINO_ERROR = 50;
/** Ports of nothing that is measured here. */
const SETTINGS = {
  CORREIO_HOST: LOOPBACK,
  CORREIO_PORT: "0",
  CORREIO_UDP_PORT: "",
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "",
  CORREIO_HTTP_PORT: "0",
  CORREIO_STORE: "memory",
  CORREIO_CLIENT_LOG: "false",
  CORREIO_CONSOLE: "false",
  CORREIO_DRAIN_MS: "1000",
  CORREIO_SERVER_PORTS: "0",
};

export class ClockServer {
  readonly name: string;
  readonly events: ClockEvent[] = [];
  /** What it has logged as errors. */
  readonly problems: string[] = [];
  readonly #server: Server;
  readonly #relays: readonly TcpRelay[];
  readonly #read: Server["clocks"]["member"]["reading"];
  #isDead = false;
  #drained: Promise<number> | undefined;

  /** Once it listens to other servers: then the reference has given it its rank. */
  static async start(options: ClockServerOptions): Promise<ClockServer> {
    const { name, faults, seed, home } = options;
    await using undo = new AsyncDisposableStack();
    const relayTo = async (target: { readonly port: number }, more: object): Promise<TcpRelay> => {
      const relay = await startTcpRelay({ target, ...more });
      undo.defer(() => relay.stop());
      return relay;
    };
    const endpoint = { port: 0 };
    const listening = Promise.withResolvers<void>();
    const relay = await relayTo(endpoint, { faults, seed, clock: exactClock });
    const reference = home && (await relayTo({ port: home.#ports.reference }, {}));
    const heard = new Array<(line: LogLine) => void>();
    const lines: LogLine[] = [];
    const log = createHeardLog((line) => {
      lines.push(line);
      for (const listener of heard) listener(line);
      if (line.msg !== "server.admin_endpoint" || line.port === undefined) return;
      endpoint.port = line.port;
      listening.resolve();
    });
    const server = await startServer(configOf(options, relay.port, reference?.port), log);
    undo.defer(() => void server.drain());
    await listening.promise;
    undo.move();
    const started = new ClockServer(name, server, [relay, ...(reference === undefined ? [] : [reference])]);
    heard.push((line) => started.#heard(line));
    for (const line of lines) started.#heard(line);
    return started;
  }
}
