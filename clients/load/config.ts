// Settings of the load client: flags first, then the environment, then defaults, each checked before use.

import { parseArgs } from "node:util";

import type { IntegerFlag, SwitchFlag, TextFlag } from "./flags.ts";
import {
  BATCH_SIZE,
  CLIENTS,
  DATA,
  HOST,
  JSON_OUTPUT,
  MAX_WORKERS,
  MESSAGES,
  PIPELINING,
  PORT,
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

export type LoadConfig =
  | { readonly kind: "run"; readonly options: LoadOptions }
  | { readonly kind: "help" }
  | { readonly kind: "invalid"; readonly reason: string };

export type Environment = Readonly<Record<string, string | undefined>>;

class InvalidSetting extends Error {}

/** Reads the settings; a wrong value is named together with what was expected, in one line. */
export function parseConfig(args: readonly string[], environment: Environment = process.env): LoadConfig {
  try {
    const flags = parseFlags(args);
    if (flags["help"] === true) return { kind: "help" };
    return { kind: "run", options: optionsFrom(new Settings(flags, environment)) };
  } catch (error) {
    if (error instanceof InvalidSetting) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

function parseFlags(args: readonly string[]): FlagValues {
  const text = { type: "string" } as const;
  const onOff = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: "boolean", short: "h" },
        [HOST.flag]: text,
        [PORT.flag]: text,
        [CLIENTS.flag]: text,
        [MESSAGES.flag]: text,
        [PIPELINING.flag]: onOff,
        [`no-${PIPELINING.flag}`]: onOff,
        [MAX_WORKERS.flag]: text,
        [BATCH_SIZE.flag]: text,
        [DATA.flag]: text,
        [TIMEOUT_MS.flag]: text,
        [JSON_OUTPUT.flag]: onOff,
      },
    }).values as FlagValues;
  } catch (error) {
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const plain = message.replace(" is ambiguous.", " missing: what follows begins with a dash");
    throw new InvalidSetting(`${plain} (--help lists all settings)`);
  }
}

function optionsFrom(settings: Settings): LoadOptions {
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
    json: settings.onOff(JSON_OUTPUT),
  };
}

class Settings {
  readonly #flags: FlagValues;
  readonly #environment: Environment;

  constructor(flags: FlagValues, environment: Environment) {
    this.#flags = flags;
    this.#environment = environment;
  }

  text(flag: TextFlag): string {
    const value = this.#raw(flag)?.value ?? flag.fallback;
    if (value === "" && flag !== DATA) throw new InvalidSetting(`--${flag.flag}: expected a ${flag.unit}, got ""`);
    return value;
  }

  integer(flag: IntegerFlag): number {
    const raw = this.#raw(flag);
    if (raw === undefined) return flag.fallback;
    const value = /^[0-9]{1,15}$/.test(raw.value) ? Number(raw.value) : Number.NaN;
    if (value >= flag.min && value <= flag.max) return value;
    const expected = `a whole number from ${flag.min} to ${flag.max} (${flag.unit})`;
    throw new InvalidSetting(`${raw.source}: expected ${expected}, got ${JSON.stringify(raw.value)}`);
  }

  onOff(flag: SwitchFlag): boolean {
    const yes = this.#flags[flag.flag] === true;
    const no = this.#flags[`no-${flag.flag}`] === true;
    if (yes && no) throw new InvalidSetting(`--${flag.flag} and --no-${flag.flag}: expected one of them, got both`);
    if (yes || no) return yes;
    const raw = this.#raw(flag);
    if (raw === undefined) return flag.fallback;
    const word = raw.value.trim().toLowerCase();
    if (word === "true" || word === "1") return true;
    if (word === "false" || word === "0") return false;
    throw new InvalidSetting(`${raw.source}: expected true, false, 1 or 0, got ${JSON.stringify(raw.value)}`);
  }

  /** An empty environment value counts as not set: that is how compose files and shells spell "none". */
  #raw(flag: TextFlag | IntegerFlag | SwitchFlag): { value: string; source: string } | undefined {
    const fromFlag = this.#flags[flag.flag];
    if (typeof fromFlag === "string") return { value: fromFlag, source: `--${flag.flag}` };
    const fromEnvironment = flag.environment === undefined ? "" : (this.#environment[flag.environment] ?? "");
    return fromEnvironment === "" ? undefined : { value: fromEnvironment, source: flag.environment ?? "" };
  }
}

/** The whole payload may hold 1 MiB; 1 KiB of it is left to the other fields. */
function checkData(data: string): string {
  const dataBytes = Buffer.byteLength(JSON.stringify(data));
  const dataBytesMax = REQUEST_PAYLOAD_BYTES_MAX - 1_024;
  if (dataBytes <= dataBytesMax) return data;
  throw new InvalidSetting(`--data: expected at most ${dataBytesMax} bytes as JSON, got ${dataBytes}`);
}
