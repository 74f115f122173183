// The process: settings, then the system, then sockets, then the gateway; and on a signal all of it in reverse.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createCatalog } from "#actors/catalog.ts";
import { ledgerHeader } from "#actors/pipeline/ledger.ts";
import { startGateway } from "#gateway/gateway.ts";

import packageFile from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import { type Config, readConfig } from "./config.ts";
import type { AnyActorType } from "./core/definition.ts";
import { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener, type TcpListener } from "./net/tcp-listener.ts";
import { createLog, type Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createNodeView } from "./observe/node-view.ts";
import { AppendFile } from "./storage/append-file.ts";
import { createFramesProtocol } from "./wire/frames-protocol.ts";

/** Ends that need nobody's attention. */
const ORDINARY_ENDS: ReadonlySet<string> = new Set(["close", "disconnect", "shutdown", "idle_timeout"]);
/** Of the drain time, what is kept for closing what did not end by itself. */
const FORCE_SHARE = 0.2;
/** npx and `bun run` pass on a signal that the terminal gave to all: so soon after the first it is the same one. */
const SAME_SIGNAL_MS = 1_000;

type TlsFiles = { readonly cert: string; readonly key: string };

const TLS_SETTINGS = "CORREIO_HOST, CORREIO_TLS_PORT, CORREIO_TLS_CERT, CORREIO_TLS_KEY";

export interface Node {
  readonly tcpPort: number;
  readonly tlsPort: number | undefined;
  readonly httpPort: number;
  readonly adminToken: string;
  /** Answers what was accepted, writes every session's row, closes. Returns how many sessions had to be cut off. */
  drain(): Promise<number>;
}

/** Starts everything, or nothing: throws a `RuntimeError`, or an `Error` that names file or port. */
export function startNode(config: Config, log: Log): Node {
  const phase = { notReady: "starting" as string | undefined };
  using undo = new DisposableStack();
  const ledger = createLedger(config, log);
  undo.defer(() => ledger.close());
  const { serverId, workMs, experiment, host: hostname, reusePort } = config;
  const { pipelineSession } = createCatalog({ pipeline: { serverId, workMs, experiment, ledger } });
  const system = startSystem([pipelineSession], log);
  // Before any socket is written to: a client that sees its connection closed finds its row in the file.
  system.scheduler.onStepEnd(() => ledger.flush());
  const table = createTable(system, config, log);
  const listeners: TcpListener[] = [];
  const listen = (port: number, settings: string, tls?: TlsFiles): number => {
    const pairing = { protocol: createFramesProtocol(), session: pipelineSession, table };
    const where = { hostname, port, reusePort, ...(tls === undefined ? {} : { tls }) };
    const listener = namingSettings(settings, () => startTcpListener({ ...where, ...pairing }));
    listeners.push(listener);
    undo.defer(() => listener.stop());
    return listener.port;
  };
  const metrics = createMetrics({ system, net: table, ledger: ledger.stats, processStartedAt: systemClock.unixMs() });
  const notReady = (): string | undefined => phase.notReady;
  const view = createNodeView({ system, net: table, serverId, version: packageFile.version, notReady, metrics });
  const tcpPort = listen(config.port, "CORREIO_HOST, CORREIO_PORT");
  const tlsPort = config.tls === undefined ? undefined : listen(config.tls.port, TLS_SETTINGS, readTls(config.tls));
  const adminToken = config.adminToken || randomBytes(24).toString("base64url");
  const onFault = (error: unknown): void => log.limited("error", "gateway.fault", { err: error });
  const gateway = startGateway({ host: config.httpHost, port: config.httpPort, adminToken, view, onFault });
  // Only now: a second server on the same ports must not touch the ledger of the first.
  openLedger(ledger, config);
  phase.notReady = undefined;
  undo.move();
  const drain = async (): Promise<number> => {
    phase.notReady = "draining";
    const startedMs = systemClock.monotonicMs();
    for (const listener of listeners) listener.stop();
    const cutOff = await drainSessions(table, system, config.drainMs);
    const rowsLost = ledger.close();
    if (cutOff > 0) log.logger.warn({ sessions: cutOff }, "Cut sessions off: the drain deadline passed");
    if (rowsLost > 0) log.logger.error({ rows: rowsLost }, "Lost ledger rows: the file could not be written");
    await settlesWithin(gateway.stop(), Math.max(0, startedMs + config.drainMs - systemClock.monotonicMs()));
    return cutOff;
  };
  return { tcpPort, tlsPort, httpPort: gateway.port, adminToken, drain };
}

function startSystem(types: readonly AnyActorType[], log: Log): ActorSystem {
  return new ActorSystem({
    clock: systemClock,
    types,
    events: {
      crashed: ({ error, ...where }) => log.limited("error", "actor.crashed", { ...where, err: error }),
      refused: ({ reason, ...where }) => log.limited("info", reason, where),
    },
  });
}

function createTable(system: ActorSystem, config: Config, log: Log): ConnectionTable {
  const settings = { admission: config, deadlines: { ...config, lingerMs: limits.lingerMs } };
  return new ConnectionTable(system, settings, {
    refused: ({ reason, ...who }) => log.limited("warn", reason, { ...who, msg: "Refused a connection" }),
    failed: ({ error, ...who }) => log.limited("error", "net.fault", { ...who, err: error }),
    ended: ({ reason, ...who }) => {
      if (!ORDINARY_ENDS.has(reason)) log.limited("warn", reason, { ...who, msg: "Ended a connection" });
    },
  });
}

/** Lets every session end by itself, then closes the rest. Returns how many lost something by that. */
async function drainSessions(table: ConnectionTable, system: ActorSystem, drainMs: number): Promise<number> {
  const answered = await settlesWithin(table.drain(), drainMs * (1 - FORCE_SHARE));
  const cutOff = answered ? 0 : table.abortAll("shutdown");
  await settlesWithin(system.drain(), drainMs * FORCE_SHARE);
  return cutOff;
}

function settlesWithin(promise: Promise<unknown>, waitMs: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const cancel = systemClock.after(waitMs, () => resolve(false));
  return Promise.race([promise.then(() => true), timeout]).finally(cancel);
}

function createLedger(config: Config, log: Log): AppendFile {
  const path = ledgerPath(config);
  const onFailure = (error: unknown): void => log.limited("error", "ledger.write_failed", { path, err: error });
  return new AppendFile({ path, header: ledgerHeader, clock: systemClock, onFailure });
}

function openLedger(ledger: AppendFile, config: Config): void {
  try {
    ledger.open();
  } catch (error) {
    throw new Error(`Cannot open the session ledger "${ledgerPath(config)}": ${messageOf(error)}`, { cause: error });
  }
}

function ledgerPath(config: Config): string {
  return join(config.dataFolder, "sessions.csv");
}

/** Whoever cannot be served is told which settings to look at. */
function namingSettings<Started>(settings: string, start: () => Started): Started {
  try {
    return start();
  } catch (error) {
    throw new Error(`${messageOf(error)} (settings: ${settings})`, { cause: error });
  }
}

function readTls({ certFile, keyFile }: NonNullable<Config["tls"]>): TlsFiles {
  return { cert: readSetting("CORREIO_TLS_CERT", certFile), key: readSetting("CORREIO_TLS_KEY", keyFile) };
}

function readSetting(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Cannot read ${name} "${file}": ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function announce(node: Node, config: Config): void {
  const { tcpPort, tlsPort, httpPort, adminToken } = node;
  const httpHost = config.httpHost.includes(":") ? `[${config.httpHost}]` : config.httpHost;
  console.log(`[INFO] Servidor TCP iniciado na porta ${tcpPort}`);
  if (tlsPort !== undefined) console.log(`[INFO] Servidor TLS iniciado na porta ${tlsPort}`);
  console.log(`[INFO] Gateway HTTP iniciado na porta ${httpPort} (http://${httpHost}:${httpPort}/docs)`);
  if (config.adminToken === "") console.log(`[INFO] Token de administração: ${adminToken}`);
  console.log("[INFO] Aguardando conexões...");
}

function run(): void {
  const settings = readConfig(process.argv.slice(2));
  if (settings.kind === "help") return console.log(settings.text);
  if (settings.kind === "wrong") {
    for (const problem of settings.problems) console.error(problem);
    process.exit(2);
  }
  const { config } = settings;
  const log = createLog(config.logLevel, systemClock);
  try {
    const node = startNode(config, log);
    announce(node, config);
    stopOnSignals(node, log);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(1);
  }
}

/** Also on an exception that nobody caught: what was accepted is answered, then the process ends with 1. */
function stopOnSignals(node: Node, log: Log): void {
  let stoppedAtMs: number | undefined;
  const stop = async (exitCode: number): Promise<void> => {
    const nowMs = systemClock.monotonicMs();
    if (stoppedAtMs !== undefined) {
      if (nowMs - stoppedAtMs > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAtMs = nowMs;
    console.log("[INFO] Encerrando: respondendo ao que foi aceito...");
    await node.drain();
    console.log("[INFO] Servidor encerrado");
    process.exit(exitCode);
  };
  process.on("SIGINT", () => void stop(0));
  process.on("SIGTERM", () => void stop(0));
  process.on("unhandledRejection", (error) => log.limited("error", "unhandled_rejection", { err: error }));
  process.on("uncaughtException", (error) => {
    log.logger.fatal({ err: error }, "Stopping: an exception was not caught");
    void stop(1);
  });
}

if (import.meta.main) run();
