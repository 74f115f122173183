// The process: settings, then the system, then sockets, then the gateway; and on a signal all of it in reverse.
import { randomBytes } from "node:crypto";

import { BROKER_KEY } from "#actors/broker/broker-addresses.ts";
import { createCatalog } from "#actors/catalog.ts";
import type { MatchLog } from "#actors/match/match-log.ts";
import { ledgerHeader } from "#actors/pipeline/ledger.ts";
import { CEILING_KEY } from "#actors/servers/clock-ceiling.ts";
import { DESK_KEY } from "#actors/servers/request-desk.ts";
import { SERVER_KEY } from "#actors/servers/server-addresses.ts";
import { startGateway } from "#gateway/gateway.ts";

import { type ServerPorts, startLines } from "./announce.ts";
import { systemClock } from "./base/clock.ts";
import type { Oscillator } from "./base/oscillator.ts";
import { settlesWithin } from "./base/settles-within.ts";
import { type Config, readConfig } from "./config.ts";
import { createTable } from "./connections.ts";
import type { AnyActorType } from "./core/definition.ts";
import { isStoreFailure } from "./core/errors.ts";
import type { CoreEvents, Store, TurnProbe, TurnTracer } from "./core/ports.ts";
import { ActorSystem } from "./core/system.ts";
import { createGatewayParts } from "./gateway-parts.ts";
import { limits } from "./limits.ts";
import { type Listeners, startListeners } from "./listeners.ts";
import { beginClock, startMessagingServer } from "./messaging-start.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { logFileOf, messageOf, openStore, troubleOf } from "./node-files.ts";
import { logEvents } from "./observe/event-log.ts";
import { createLog, type Log } from "./observe/log.ts";
import { startStackSampler } from "./observe/stack-sampler.ts";
import { startTraces } from "./observe/start-traces.ts";
import { logStoreFailures } from "./observe/store-failures.ts";
import type { NotReady } from "./observe/view.ts";
import { startWatchdog, watchedType } from "./observe/watchdog.ts";
import { type Collected, startQuietCollector } from "./quiet-collector.ts";
import { createServersView } from "./servers-view.ts";
import { createServices } from "./services.ts";
import { sharpenTimers } from "./timer-slack.ts";

type Catalog = ReturnType<typeof createCatalog>;

/** Of the drain time, what is kept for closing what did not end by itself. */
const FORCE_SHARE = 0.2;
/** npx and `bun run` pass on a signal that the terminal gave to all: so soon after the first it is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** One request that another node's broker has dealt. */
const SERVE_MS = 2 * limits.askTimeoutMs;

/** What the store may take for closing, whatever is left of the drain time: it copies its log. */
const STORE_CLOSE_MS = 1_000;

export interface Server extends ServerPorts {
  /** Of this server among the others, and what their hardware is taken to be. */
  readonly clocks: ReturnType<typeof createCatalog>["clocks"];
  readonly oscillator: Oscillator;
  readonly adminToken: string;
  /** Answers what was accepted, writes every session's row, closes. Returns how many sessions had to be cut off. */
  drain(): Promise<number>;
}

/** Starts everything, or nothing: rejects with a `RuntimeError`, or an `Error` that names file or port. */
export async function startServer(config: Config, log: Log): Promise<Server> {
  const phase = { notReady: "starting" as string | undefined };
  const storeFailed = logStoreFailures(log, systemClock);
  await using undo = new AsyncDisposableStack();
  const services = createServices(config, log, ledgerHeader, (line) => void process.stdout.write(line));
  undo.defer(() => void services.close());
  const catalog = createCatalog(services.actors);
  const types: readonly AnyActorType[] = Object.values(catalog.types);
  const store = openStore(config);
  undo.defer(() => store.close());
  const watchdog = startWatchdog({ types: types.map(watchedType), blockedMs: config.blockedMs, log });
  undo.defer(() => void watchdog.stop());
  const stacks = config.stacks ? startStackSampler(systemClock) : undefined;
  undo.defer(() => stacks?.stop());
  const events = logEvents(log, storeFailed, stacks);
  const traces = await startTraces({ ...config.traces, serverId: config.serverId, clock: systemClock, log });
  undo.defer(() => traces.stop());
  const system = createSystem({ types, store, probe: watchdog.probe, events, tracer: traces.tracer }, config);
  await startSystem(system, catalog);
  // Before any socket is written to: a client that sees its connection closed finds its row in the file.
  system.scheduler.onStepEnd("write", () => services.flush());
  const table = createTable(system, config, log);
  system.scheduler.onStepEnd("flush", traces.flushed);
  const collector = startQuietCollector(systemClock, collectedOf(system));
  undo.defer(() => collector.stop());
  const onFailure = (error: unknown): void => log.limited("error", "net.cannot_listen", { err: error });
  const listeners = await startListeners({ sessions: catalog, table, config, onFailure }, undo);
  const serving = serverActors(system, catalog);
  const servers = createServersView({ ...serving, proxy: services.actors.servers.proxy, config });
  const notReady = (): NotReady | undefined => (phase.notReady ? { why: phase.notReady } : troubleOf(store));
  const adminToken = config.adminToken || randomBytes(24).toString("base64url");
  const onFault = (error: unknown): void =>
    isStoreFailure(error) ? storeFailed(error) : log.limited("error", "gateway.fault", { err: error });
  const parts = createGatewayParts({ system, table, services, listeners, servers, config, log, traces, notReady });
  const gateway = startGateway({ ...parts, adminToken, onFault });
  undo.defer(() => gateway.stop());
  const { tcpPort, tlsPort, udpPort, matchPort, matchTlsPort, matchConnections, messaging } = listeners;
  const tcpPorts = [tcpPort, tlsPort, matchPort, matchTlsPort, gateway.port];
  services.listening({ udpPort, tcpPorts, matchConnections, proxy: messaging.proxy });
  // Only now: a second server on the same ports must not touch the ledger of the first.
  services.open();
  logListening(catalog.matchLog, listeners);
  const { serverPort: port } = services;
  const stopServer = startMessagingServer({ ...serving, table, config, messaging, port });
  phase.notReady = undefined;
  undo.move();
  const drain = async (): Promise<number> => {
    phase.notReady = "draining";
    collector.stop();
    const startedMs = systemClock.monotonicMs();
    const leftMs = (): number => Math.max(0, startedMs + config.drainMs - systemClock.monotonicMs());
    listeners.stop();
    await stopServer();
    catalog.matchLog.shuttingDown(systemClock.unixMs());
    const cutOff = await drainSessions(table, system, leftMs());
    const rowsLost = services.close();
    reportLosses(log, cutOff, rowsLost);
    listeners.close();
    await settlesWithin(systemClock, gateway.stop(), leftMs());
    await settlesWithin(systemClock, store.close(), Math.max(STORE_CLOSE_MS, leftMs()));
    stacks?.stop();
    await traces.stop();
    void watchdog.stop();
    return cutOff;
  };
  const ports = { tcpPort, tlsPort, udpPort, matchPort, matchTlsPort, messaging: messaging.ports };
  return { ...ports, clocks: catalog.clocks, oscillator: port.oscillator, httpPort: gateway.port, adminToken, drain };
}

function reportLosses({ logger }: Log, cutOff: number, rowsLost: number): void {
  if (cutOff > 0) logger.warn({ sessions: cutOff }, "Cut sessions off: the drain deadline passed");
  if (rowsLost > 0) logger.error({ rows: rowsLost }, "Lost ledger rows: the file could not be written");
}

function logListening(matchLog: MatchLog, { matchPort, matchTlsPort }: Listeners): void {
  for (const port of [matchPort, matchTlsPort]) {
    if (port !== undefined) matchLog.listening(port, systemClock.unixMs());
  }
}

function serverActors(system: ActorSystem, { types, clocks, administration }: Catalog) {
  const own = system.ref(types.server, SERVER_KEY);
  const actors = {
    beat: () => void own.tell.beat(),
    status: () => own.status(),
    queues: () => system.ref(types.requestBroker, BROKER_KEY).figures(),
    tick: () => clocks.lamport.tick(),
    // Longer than the store at home is waited for: so there is a reply that says that it did not answer.
    serve: (body: string[]) => system.ref(types.requestDesk, DESK_KEY).serve(body, { timeoutMs: SERVE_MS }),
  };
  return { actors, administration, adminSession: types.adminSession };
}

interface SystemParts {
  readonly types: readonly AnyActorType[];
  readonly store: Store;
  readonly probe: TurnProbe;
  readonly events: CoreEvents;
  readonly tracer: TurnTracer | undefined;
}

function createSystem(parts: SystemParts, config: Config): ActorSystem {
  const { memoryBudgetBytes: bytes, development } = config;
  const memory = { bytes, used: () => process.memoryUsage.rss() };
  return new ActorSystem({ clock: systemClock, ...parts, development, ...(bytes === 0 ? {} : { memory }) });
}

async function startSystem(system: ActorSystem, { types, clocks }: Catalog): Promise<void> {
  await system.start();
  await beginClock(clocks.lamport, system.ref(types.clockCeiling, CEILING_KEY));
}

function collectedOf({ hosts }: ActorSystem): Collected {
  return {
    arrivals: () => hosts.reduce((sum, { stats }) => sum + stats.activations, 0),
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    collect: () => Bun.gc(true),
  };
}

/** Lets every session end by itself, then closes the rest. Returns how many lost something by that. */
async function drainSessions(table: ConnectionTable, system: ActorSystem, drainMs: number): Promise<number> {
  const answered = await settlesWithin(systemClock, table.drain(), drainMs * (1 - FORCE_SHARE));
  const cutOff = answered ? 0 : table.abortAll("shutdown");
  await settlesWithin(systemClock, system.drain(), drainMs * FORCE_SHARE);
  return cutOff;
}

async function run(): Promise<void> {
  const settings = readConfig(process.argv.slice(2));
  if (settings.kind === "help") return console.log(settings.text);
  if (settings.kind === "wrong") {
    for (const problem of settings.problems) console.error(problem);
    process.exit(2);
  }
  const { config } = settings;
  const log = createLog(config.logLevel, systemClock, { file: logFileOf(config) });
  sharpenTimers();
  try {
    const server = await startServer(config, log);
    log.openFile();
    stopOnSignals(server, log);
    const madeToken = config.adminToken === "" ? server.adminToken : undefined;
    for (const line of startLines({ ...server, httpHost: config.httpHost, madeToken })) console.log(line);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(1);
  }
}

/** Also on an exception that nobody caught: what was accepted is answered, then the process ends with 1. */
function stopOnSignals(server: Server, log: Log): void {
  let stoppedAtMs: number | undefined;
  const stop = async (exitCode: number): Promise<void> => {
    const nowMs = systemClock.monotonicMs();
    if (stoppedAtMs !== undefined) {
      if (nowMs - stoppedAtMs > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAtMs = nowMs;
    const drained = server.drain();
    // From here on nobody new is let in.
    console.log("[INFO] Encerrando: respondendo ao que foi aceito...");
    const ended = await drained.then(
      () => exitCode,
      (error: unknown) => {
        log.logger.error({ err: error }, "Ended, but not in good order");
        return 1;
      },
    );
    await log.close();
    console.log("[INFO] Servidor encerrado");
    process.exit(ended);
  };
  process.on("SIGINT", () => void stop(0));
  process.on("SIGTERM", () => void stop(0));
  process.on("unhandledRejection", (error) => log.limited("error", "unhandled_rejection", { err: error }));
  process.on("uncaughtException", (error) => {
    log.logger.fatal({ err: error }, "Stopping: an exception was not caught");
    void stop(1);
  });
}

if (import.meta.main) await run();
