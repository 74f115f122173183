// What the process opens on disk: the store of durable actors, the session ledger, certificate and key.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { systemClock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import { limits } from "./limits.ts";
import type { LogFileOptions } from "./observe/log-file.ts";
import type { Log } from "./observe/log.ts";
import type { NotReady } from "./observe/view.ts";
import { AppendFile } from "./storage/append-file.ts";
import { createMemoryStore } from "./storage/memory-store.ts";
import { fileState } from "./storage/sqlite-errors.ts";
import { openSqliteStore, type WatchedStore } from "./storage/sqlite-store.ts";

export type TlsFiles = { readonly cert: string; readonly key: string };

export function openStore({ store, dataFolder, sync, storeBytesMax }: Config): WatchedStore {
  if (store === "memory") return Object.assign(createMemoryStore(), { problem: () => undefined });
  const path = join(dataFolder, "correio.db");
  return namingSettings("CORREIO_DATA, CORREIO_STORE", () => openSqliteStore({ path, sync, bytesMax: storeBytesMax }));
}

/** What makes a node unready while its store fails. */
export function troubleOf(store: WatchedStore): NotReady | undefined {
  const problem = store.problem();
  return problem && { why: problem.code, problem: problem.message };
}

/** `header` is the first line of a new file. */
export function createLedger(config: Config, header: string, log: Log): AppendFile {
  const path = ledgerPath(config);
  const onFailure = (error: unknown): void => log.limited("error", "ledger.write_failed", { path, err: error });
  return new AppendFile({ path, header, clock: systemClock, onFailure });
}

/** Of the process's own log. Undefined where none is wanted. */
export function logFileOf({ logFile, dataFolder }: Config): LogFileOptions | undefined {
  return logFile.name === "" ? undefined : { folder: dataFolder, ...logFile };
}

type LogSettings = Pick<Config, "clientLog" | "dataFolder">;

/** Of text clients. Undefined where none is wanted. */
export function createClientLog(config: LogSettings, log: Log): AppendFile | undefined {
  return createLogFile(config, "server_log.txt", log);
}

/** Of players and matches. Undefined where none is wanted. */
export function createMatchLog(config: LogSettings, log: Log): AppendFile | undefined {
  return createLogFile(config, "log.txt", log);
}

function createLogFile({ clientLog, dataFolder }: LogSettings, name: string, log: Log): AppendFile | undefined {
  if (!clientLog) return undefined;
  const path = join(dataFolder, name);
  const onFailure = (error: unknown): void => log.limited("error", "client_log.write_failed", { path, err: error });
  return new AppendFile({ path, header: "", clock: systemClock, bytesMax: limits.clientLogBytesMax, onFailure });
}

export function openLedger(ledger: AppendFile, config: Config): void {
  try {
    ledger.open();
  } catch (error) {
    const path = ledgerPath(config);
    throw new Error(`Cannot open the session ledger "${path}": ${fileState(path, error)}`, { cause: error });
  }
}

export function ledgerPath(config: Pick<Config, "dataFolder">): string {
  return join(config.dataFolder, "sessions.csv");
}

/** Whoever cannot be served is told which settings to look at. */
export function namingSettings<Started>(settings: string, start: () => Started): Started {
  try {
    return start();
  } catch (error) {
    throw new Error(`${messageOf(error)} (settings: ${settings})`, { cause: error });
  }
}

export function readTls({ certFile, keyFile }: NonNullable<Config["tls"]>): TlsFiles {
  return { cert: readSetting("CORREIO_TLS_CERT", certFile), key: readSetting("CORREIO_TLS_KEY", keyFile) };
}

export function readHttpTls({ certFile, keyFile }: NonNullable<Config["httpTls"]>): TlsFiles {
  return { cert: readSetting("CORREIO_HTTP_CERT", certFile), key: readSetting("CORREIO_HTTP_KEY", keyFile) };
}

function readSetting(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Cannot read ${name} "${file}": ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
