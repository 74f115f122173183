// One server: the system, then sockets, then the gateway; and all of it in reverse.
import { randomBytes } from "node:crypto";

import { createCatalog } from "#actors/catalog.ts";
import type { MatchLog } from "#actors/match/match-log.ts";
import { ledgerHeader } from "#actors/pipeline/ledger.ts";
import { startGateway } from "#gateway/gateway.ts";

import type { ServerPorts } from "./announce.ts";
import { systemClock } from "./base/clock.ts";
import type { Oscillator } from "./base/oscillator.ts";
import { settlesWithin } from "./base/settles-within.ts";
import type { Config } from "./config.ts";
import { createTable, drainSessions, lookAgain } from "./connections.ts";
import type { AnyActorType } from "./core/definition.ts";
import { isStoreFailure } from "./core/errors.ts";
import { createGatewayParts } from "./gateway-parts.ts";
import { type Listeners, startListeners } from "./listeners.ts";
import { type ChangeableLimit, LiveLimits } from "./live-limits.ts";
import { startMessagingServer } from "./messaging-start.ts";
import { openStore, troubleOf } from "./node-files.ts";
import type { Log } from "./observe/log.ts";
import { logStoreFailures } from "./observe/store-failures.ts";
import type { NotReady } from "./observe/view.ts";
import { startObservers } from "./observers.ts";
import type { Late } from "./process-parts.ts";
import { startQuietCollector } from "./quiet-collector.ts";
import { createServersView } from "./servers-view.ts";
import { createServices } from "./services.ts";
import { collectedOf, createSystem, serverActors, startSystem } from "./system-start.ts";

/** What the store may take for closing, whatever is left of the drain time: it copies its log. */
const STORE_CLOSE_MS = 1_000;

export interface Server extends ServerPorts {
  /** Of this server among the others, and what their hardware is taken to be. */
  readonly clocks: ReturnType<typeof createCatalog>["clocks"];
  readonly oscillator: Oscillator;
  readonly adminToken: string;
  /** How an end begins that is asked for over HTTP: with `drain`, unless changed. */
  readonly late: Late;
  /** Answers what was accepted, writes every session's row, closes: once. Returns how many sessions were cut off. */
  drain(): Promise<number>;
}

/** Starts everything, or nothing: rejects with a `RuntimeError`, or an `Error` that names file or port. */
export async function startServer(settings: Config, log: Log): Promise<Server> {
  const limitsNow = new LiveLimits(settings, (name) => heed(name));
  const { config } = limitsNow;
  const phase = { notReady: "starting" as string | undefined, drained: undefined as Promise<number> | undefined };
  const storeFailed = logStoreFailures(log, systemClock);
  await using undo = new AsyncDisposableStack();
  const services = createServices(config, log, ledgerHeader, (line) => void process.stdout.write(line));
  undo.defer(() => void services.close());
  const catalog = createCatalog(services.actors);
  const types: readonly AnyActorType[] = Object.values(catalog.types);
  const store = openStore(config);
  undo.defer(() => store.close());
  const observers = await startObservers({ types, config, log, storeFailed });
  undo.defer(() => observers.stop());
  const { traces } = observers;
  const system = createSystem({ types, store, ...observers.ears }, config);
  await startSystem(system, catalog);
  // Before any socket is written to: a client that sees its connection closed finds its row in the file.
  system.scheduler.onStepEnd("write", () => services.flush());
  const table = createTable(system, config, log);
  const heed = (name: ChangeableLimit): void =>
    name === "blockedMs" ? observers.watch(config.blockedMs) : lookAgain(table);
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
  const late: Late = { ports: undefined, end: () => void drain() };
  const sources = { system, catalog, table, services, listeners, servers, limitsNow, late, log, traces, notReady };
  const parts = createGatewayParts(sources);
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
  const end = async (): Promise<number> => {
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
    await observers.stop();
    return cutOff;
  };
  const drain = (): Promise<number> => (phase.drained ??= end());
  const ports = { tcpPort, tlsPort, udpPort, matchPort, matchTlsPort, messaging: messaging.ports };
  late.ports = { ...ports, httpPort: gateway.port };
  return { ...late.ports, clocks: catalog.clocks, oscillator: port.oscillator, adminToken, late, drain };
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
