// One server of the clock experiment: a whole node in this process, which others reach through a relay.

import { readConfig } from "#runtime/config.ts";
import { type Server, startServer } from "#runtime/server.ts";
import { type NetworkFaults, type RelayFigures, startTcpRelay, type TcpRelay } from "#runtime/testing/mod.ts";

import { exactClock } from "./clock-exact-waits.ts";
import type { ShownClock } from "./clock-figures.ts";
import { HeardLog } from "./clock-log.ts";
import type { ClockError, ClockWay } from "./clock-plan.ts";

export interface ClockServerOptions {
  readonly name: string;
  readonly way: ClockWay;
  readonly error: ClockError;
  /** Of the network between others and this server. */
  readonly faults: NetworkFaults;
  readonly seed: number;
  readonly heartbeatMs: number;
  readonly dataFolder: string;
  /** Whom this one joins; without one it is the home of the others. */
  readonly home: ClockServer | undefined;
}

/** By `performance.now()`. */
interface CorrectionTaken {
  readonly atMs: number;
  readonly isRefused: boolean;
  /** From itself, as coordinator. */
  readonly isOwn: boolean;
}

type Reading = ReturnType<Server["clocks"]["member"]["reading"]>;

const LOOPBACK = "127.0.0.1";
const SETTINGS = {
  CORREIO_HOST: LOOPBACK,
  CORREIO_PORT: "0",
  CORREIO_UDP_PORT: "",
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "",
  CORREIO_HTTP_PORT: "0",
  CORREIO_SERVER_PORTS: "0",
  CORREIO_STORE: "memory",
  CORREIO_CLIENT_LOG: "false",
  CORREIO_CONSOLE: "false",
  CORREIO_DRAIN_MS: "1000",
};

export class ClockServer {
  readonly name: string;
  readonly log: HeardLog;
  readonly corrections: CorrectionTaken[] = [];
  readonly #server: Server;
  readonly #relay: TcpRelay;
  readonly #reference: TcpRelay | undefined;
  readonly #read: (hardwareMs: number) => Reading;
  #ended: Promise<number> | undefined;

  private constructor(name: string, log: HeardLog, server: Server, relays: readonly [TcpRelay, TcpRelay | undefined]) {
    const { clocks } = server;
    const correct = clocks.correct.bind(clocks);
    this.name = name;
    this.log = log;
    this.#server = server;
    [this.#relay, this.#reference] = relays;
    this.#read = clocks.member.reading.bind(clocks.member);
    clocks.correct = (what) => {
      const problem = correct(what);
      const isRefused = problem !== undefined;
      this.corrections.push({ atMs: performance.now(), isRefused, isOwn: this.coordinates });
      return problem;
    };
  }

  /** Resolves when it listens to others: then it has its rank. */
  static async start(options: ClockServerOptions): Promise<ClockServer> {
    const { name, faults, seed, home } = options;
    await using undo = new AsyncDisposableStack();
    const log = new HeardLog();
    const relay = await startTcpRelay({ target: log.endpoint, faults, seed, clock: exactClock });
    undo.defer(() => relay.stop());
    const reference = home && (await startTcpRelay({ target: { port: home.#ports.reference } }));
    undo.defer(() => reference?.stop());
    const server = await startServer(configOf(options, relay.port, reference?.port), log.log);
    const started = new ClockServer(name, log, server, [relay, reference]);
    undo.defer(() => started.end());
    await log.listening;
    undo.move();
    return started;
  }

  get isDead(): boolean {
    return this.#ended !== undefined;
  }

  get coordinates(): boolean {
    return !this.isDead && this.log.roles.at(-1)?.isCoordinator === true;
  }

  get relayed(): RelayFigures {
    return this.#relay.figures;
  }

  /** At that time of `performance.now()`; undefined of a dead one. Liars show here what they really have. */
  shownAt(nowMs: number): ShownClock | undefined {
    if (this.isDead) return undefined;
    const { clocks, oscillator } = this.#server;
    const { timeMs, boundMs } = this.#read(oscillator.at(nowMs));
    return { timeMs, boundMs, steps: clocks.member.stepCount };
  }

  setDrift(driftPpm: number): void {
    this.#server.oscillator.setDrift(driftPpm, performance.now());
  }

  /** From now on what it says of both its clocks is off by so much. */
  lie(byMs: () => number): void {
    this.#server.clocks.member.reading = (hardwareMs) => {
      const ms = byMs();
      const { timeMs, boundMs } = this.#read(hardwareMs);
      return { timeMs: timeMs + ms, hardwareMs: hardwareMs + ms, boundMs };
    };
  }

  /** All its connections with others are closed at once: nobody hears a farewell. */
  async end(): Promise<void> {
    this.#relay.stop();
    this.#reference?.stop();
    await (this.#ended ??= this.#server.drain());
  }

  get #ports(): NonNullable<Server["messaging"]> {
    if (this.#server.messaging === undefined) throw new Error(`${this.name} is the home of nobody`);
    return this.#server.messaging;
  }

  /** What a server that joins this one is told of it. */
  homeSettings(referencePort: number): Readonly<Record<string, string>> {
    const { clients, workers, publishers, subscribers, store } = this.#ports;
    return {
      CORREIO_JOIN: LOOPBACK,
      ...messagingPorts({ clients, workers, publishers, subscribers, store, reference: referencePort }),
    };
  }
}

function configOf(options: ClockServerOptions, relayPort: number, referencePort = 0) {
  const { name, way, error, heartbeatMs, dataFolder, home } = options;
  const any = { clients: 0, workers: 0, publishers: 0, subscribers: 0, store: 0, reference: 0 };
  const result = readConfig([], {
    ...SETTINGS,
    CORREIO_DATA: dataFolder,
    CORREIO_SERVER_ID: name,
    CORREIO_SERVER_ADDRESS: `${LOOPBACK}:${relayPort}`,
    CORREIO_SERVER_HEARTBEAT_MS: String(heartbeatMs),
    CORREIO_CLOCK_SYNC: way,
    CORREIO_CLOCK_OFFSET_MS: String(error.offsetMs),
    CORREIO_CLOCK_DRIFT_PPM: String(error.driftPpm),
    ...(home?.homeSettings(referencePort) ?? messagingPorts(any)),
  });
  if (result.kind !== "config") throw new Error(`Cannot start ${name}: ${JSON.stringify(result)}`);
  return result.config;
}

function messagingPorts(ports: NonNullable<Server["messaging"]>): Readonly<Record<string, string>> {
  return {
    CORREIO_MESSAGING_PORT: String(ports.clients),
    CORREIO_WORKER_PORT: String(ports.workers),
    CORREIO_PUBLISHER_PORT: String(ports.publishers),
    CORREIO_SUBSCRIBER_PORT: String(ports.subscribers),
    CORREIO_MESSAGING_STORE_PORT: String(ports.store),
    CORREIO_REFERENCE_PORT: String(ports.reference),
  };
}
