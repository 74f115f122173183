// Settings of the load client.
import { type CommandLine, InvalidSetting } from "../settings/command-line.ts";
import type { Settings } from "../settings/config.ts";
import { HOST, PORT } from "../settings/server-flags.ts";
import {
  BATCH_SIZE,
  CLIENTS,
  DATA,
  JSON_OUTPUT,
  LOAD_FLAGS,
  loadHelp,
  MAX_WORKERS,
  MESSAGES,
  PIPELINING,
  TIMEOUT_MS,
} from "./flags.ts";
import { REQUEST_PAYLOAD_BYTES_MAX } from "./limits.ts";

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly clients: number;
  /** Messages of each client. */
  readonly messages: number;
  readonly pipelining: boolean;
  /** Connections at a time when pipelining is off. */
  readonly maxWorkers: number;
  /** Requests in flight per connection; 0 sends all before the first reply is read. */
  readonly batchSize: number;
  readonly data: string;
  readonly timeoutMs: number;
  readonly json: boolean;
}

export const loadSettings: Settings<LoadOptions> = { flags: LOAD_FLAGS, help: loadHelp, read: optionsFrom };

function optionsFrom(settings: CommandLine): LoadOptions {
  return {
    host: settings.text(HOST),
    port: settings.integer(PORT),
    clients: settings.integer(CLIENTS),
    messages: settings.integer(MESSAGES),
    pipelining: settings.onOff(PIPELINING),
    maxWorkers: settings.integer(MAX_WORKERS),
    batchSize: settings.integer(BATCH_SIZE),
    data: checkData(settings.text(DATA)),
    timeoutMs: settings.integer(TIMEOUT_MS),
    json: settings.switched(JSON_OUTPUT),
  };
}

/** The whole payload may hold 1 MiB; 1 KiB of it is left to the other fields. */
function checkData(data: string): string {
  const dataBytes = Buffer.byteLength(JSON.stringify(data));
  const dataBytesMax = REQUEST_PAYLOAD_BYTES_MAX - 1_024;
  if (dataBytes <= dataBytesMax) return data;
  throw new InvalidSetting(`--data: expected at most ${dataBytesMax} bytes as JSON, got ${dataBytes}`);
}
