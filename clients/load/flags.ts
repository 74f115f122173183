// The table of settings: flag, environment name, unit, default and meaning. Parsing and --help both read it.

import { CLIENTS_MAX, MESSAGES_PER_CLIENT_MAX, TIMEOUT_MS_MAX, WORKERS_MAX } from "./limits.ts";

interface FlagText {
  readonly flag: string;
  /** Name in the documents; settings that the documents do not have are flags only. */
  readonly environment?: string;
  readonly unit: string;
  readonly meaning: string;
}

export interface IntegerFlag extends FlagText {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

export interface TextFlag extends FlagText {
  readonly fallback: string;
}

export interface SwitchFlag extends FlagText {
  readonly fallback: boolean;
}

export const HOST: TextFlag = {
  flag: "host",
  environment: "SERVER_HOST",
  unit: "name or address",
  fallback: "127.0.0.1",
  meaning: "the server",
};

export const PORT: IntegerFlag = {
  flag: "port",
  environment: "SERVER_PORT",
  unit: "TCP port",
  fallback: 5_000,
  min: 1,
  max: 65_535,
  meaning: "where it listens",
};

export const CLIENTS: IntegerFlag = {
  flag: "clients",
  environment: "NUM_CLIENTS",
  unit: "clients",
  fallback: 10,
  min: 1,
  max: CLIENTS_MAX,
  meaning: "clients at the same time",
};

export const MESSAGES: IntegerFlag = {
  flag: "messages",
  environment: "NUM_MENSAGENS",
  unit: "messages",
  fallback: 100,
  min: 1,
  max: MESSAGES_PER_CLIENT_MAX,
  meaning: "messages of each client",
};

export const PIPELINING: SwitchFlag = {
  flag: "pipelining",
  environment: "USE_PIPELINING",
  unit: "true, false, 1, 0",
  fallback: true,
  meaning: "one connection per client; with --no-pipelining one per message",
};

export const MAX_WORKERS: IntegerFlag = {
  flag: "max-workers",
  environment: "MAX_WORKERS",
  unit: "connections",
  fallback: 10,
  min: 1,
  max: WORKERS_MAX,
  meaning: "without pipelining: connections at a time, of all clients together",
};

export const BATCH_SIZE: IntegerFlag = {
  flag: "batch-size",
  environment: "PIPELINE_BATCH_SIZE",
  unit: "requests",
  fallback: 0,
  min: 0,
  max: MESSAGES_PER_CLIENT_MAX,
  meaning: "requests in flight per connection; 0 sends all before it reads the first reply",
};

export const DATA: TextFlag = {
  flag: "data",
  unit: "text",
  fallback: "Hello from client",
  meaning: 'the "data" field of every request',
};

export const TIMEOUT_MS: IntegerFlag = {
  flag: "timeout-ms",
  unit: "milliseconds",
  fallback: 30_000,
  min: 1,
  max: TIMEOUT_MS_MAX,
  meaning: "a connection without any progress for so long has failed",
};

export const JSON_OUTPUT: SwitchFlag = {
  flag: "json",
  unit: "switch",
  fallback: false,
  meaning: "print one JSON document and nothing else",
};

const FLAGS = [HOST, PORT, CLIENTS, MESSAGES, PIPELINING, MAX_WORKERS, BATCH_SIZE, DATA, TIMEOUT_MS, JSON_OUTPUT];

/** The page that --help prints. */
export function helpText(): string {
  const rows = FLAGS.map((flag) => [
    flag === PIPELINING ? "--[no-]pipelining" : `--${flag.flag}`,
    flag.environment ?? "-",
    flag.unit,
    typeof flag.fallback === "string" ? JSON.stringify(flag.fallback) : String(flag.fallback),
    flag.meaning,
  ]);
  const table = [["flag", "environment", "unit", "default", "meaning"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  return [
    "Drives a server of the 12-byte frame protocol with clients x messages and verifies every reply.",
    "",
    "usage: bun clients/load.ts [flags]      a flag wins over the environment",
    "",
    ...lines.map((line) => line.trimEnd()),
    "",
    "Exit code: 0 every reply came and was right, 1 a reply was missing or wrong or a connection failed,",
    "2 a setting is wrong, 130 interrupted with Ctrl-C.",
  ].join("\n");
}
