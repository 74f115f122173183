// The load client's settings, and the page that --help prints.
import {
  type Flag,
  flagTable,
  type IntegerFlag,
  type OnOffFlag,
  type PlainSwitch,
  type TextFlag,
} from "../settings/flags.ts";
import { HOST, PORT } from "../settings/server-flags.ts";
import { CLIENTS_MAX, MESSAGES_PER_CLIENT_MAX, TIMEOUT_MS_MAX, WORKERS_MAX } from "./limits.ts";

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

export const PIPELINING: OnOffFlag = {
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
  mayBeEmpty: true,
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

export const JSON_OUTPUT: PlainSwitch = {
  flag: "json",
  unit: "switch",
  meaning: "print one JSON document and nothing else",
};

export const LOAD_FLAGS: readonly Flag[] = [
  HOST,
  PORT,
  CLIENTS,
  MESSAGES,
  PIPELINING,
  MAX_WORKERS,
  BATCH_SIZE,
  DATA,
  TIMEOUT_MS,
  JSON_OUTPUT,
];

export function loadHelp(): string {
  return [
    "Drives a server of the 12-byte frame protocol with clients x messages and verifies every reply.",
    "",
    "usage: bun clients/load.ts [flags]      a flag wins over the environment",
    "",
    flagTable(LOAD_FLAGS),
    "",
    "Exit code: 0 every reply came and was right, 1 a reply was missing or wrong or a connection failed,",
    "2 a setting is wrong, 130 interrupted with Ctrl-C.",
  ].join("\n");
}
