// Settings of the process: from flags, then from the environment, then the default. The only reader of `process.env`.
import { hostname } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { JOINED, type MessagingConfig, toMessagingConfig } from "./messaging-config.ts";
import { problemsTogether, wantedOf } from "./setting-values.ts";
import { flagOf, helpText, type SettingName as Name, SETTINGS } from "./settings.ts";

const NAMES = Object.keys(SETTINGS) as Name[];

export interface Config {
  readonly host: string;
  /** Undefined = none, here and below. */
  readonly port: number | undefined;
  readonly udpPort: number | undefined;
  readonly tls: { readonly port: number; readonly certFile: string; readonly keyFile: string } | undefined;
  readonly matches: {
    readonly port: number | undefined;
    readonly tlsPort: number | undefined;
    readonly certFile: string;
    readonly keyFile: string;
    readonly heartbeatMs: number;
    readonly pongMs: number;
    readonly turnMs: number;
  };
  readonly messaging: MessagingConfig;
  readonly reusePort: boolean;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Undefined = HTTP. */
  readonly httpTls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Empty = to be made. */
  readonly adminToken: string;
  readonly dataFolder: string;
  readonly store: "sqlite" | "memory";
  readonly sync: "full" | "normal";
  readonly storeBytesMax: number;
  /** 0 = none. */
  readonly memoryBudgetBytes: number;
  readonly development: boolean;
  /** Turns over their budget are logged with the stack they spent it in. */
  readonly stacks: boolean;
  readonly blockedMs: number;
  readonly serverId: string;
  readonly plainLogin: "warn" | "refuse" | "allow";
  readonly console: boolean;
  readonly clientLog: boolean;
  readonly workMs: number;
  readonly drainMs: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly firstByteMs: number;
  readonly handshakeMs: number;
  readonly messageMs: number;
  readonly idleMs: number;
  readonly writeStallMs: number;
  readonly logLevel: string;
  /** In the data folder; empty = none. */
  readonly logFile: { readonly name: string; readonly bytesMax: number; readonly filesMax: number };
  /** All of them by name, as they were given, secrets too. */
  readonly settings: ReadonlyMap<Name, string>;
  /** An empty endpoint = none. */
  readonly traces: { readonly endpoint: string; readonly share: number };
  readonly experiment: { readonly numServers: string; readonly numClients: string; readonly numMessages: string };
}

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "help"; readonly text: string }
  /** One line for each wrong value. */
  | { readonly kind: "wrong"; readonly problems: readonly string[] };

/** Reads flags and environment; wrong values are all named, none is replaced by its default. */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConfigResult {
  const flags = parseFlags(args);
  if (flags.help) return { kind: "help", text: helpText() };
  const problems = [...flags.problems, ...unknownNames(environment)];
  const given = (name: Name): string | undefined => flags.values.get(flagOf(name)) ?? environment[name];
  const fallbacks = (given("CORREIO_JOIN") ?? "") === "" ? {} : JOINED;
  const text = (name: Name): string => given(name) ?? fallbacks[name] ?? SETTINGS[name].fallback;
  for (const name of NAMES) {
    const problem = problemOf(name, text(name));
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length === 0) problems.push(...problemsTogether(text));
  if (problems.length > 0) return { kind: "wrong", problems };
  return { kind: "config", config: toConfig(text) };
}

function toConfig(text: (name: Name) => string): Config {
  const number = (name: Name): number => Number(text(name));
  const optional = (name: Name): number | undefined => (text(name) === "" ? undefined : number(name));
  const inData = (name: Name, file: string): string => text(name) || join(text("CORREIO_DATA"), file);
  const tlsPort = text("CORREIO_TLS_PORT");
  const tls = { port: Number(tlsPort), certFile: text("CORREIO_TLS_CERT"), keyFile: text("CORREIO_TLS_KEY") };
  const httpTls = { certFile: text("CORREIO_HTTP_CERT"), keyFile: text("CORREIO_HTTP_KEY") };
  return {
    host: text("CORREIO_HOST"),
    port: optional("CORREIO_PORT"),
    udpPort: optional("CORREIO_UDP_PORT"),
    tls: tlsPort === "" ? undefined : tls,
    matches: {
      port: optional("CORREIO_MATCH_PORT"),
      tlsPort: optional("CORREIO_MATCH_TLS_PORT"),
      certFile: inData("CORREIO_MATCH_CERT", "cert.pem"),
      keyFile: inData("CORREIO_MATCH_KEY", "key.pem"),
      heartbeatMs: number("CORREIO_HEARTBEAT_MS"),
      pongMs: number("CORREIO_PONG_MS"),
      turnMs: number("CORREIO_TURN_MS"),
    },
    messaging: toMessagingConfig(text),
    reusePort: text("CORREIO_REUSE_PORT") === "true",
    httpHost: text("CORREIO_HTTP_HOST"),
    httpPort: number("CORREIO_HTTP_PORT"),
    httpTls: text("CORREIO_HTTP_CERT") === "" ? undefined : httpTls,
    adminToken: text("CORREIO_ADMIN_TOKEN"),
    dataFolder: text("CORREIO_DATA"),
    store: text("CORREIO_STORE") === "memory" ? "memory" : "sqlite",
    sync: text("CORREIO_SYNC") === "normal" ? "normal" : "full",
    storeBytesMax: number("CORREIO_STORE_BYTES_MAX"),
    memoryBudgetBytes: number("CORREIO_MEMORY_BUDGET"),
    development: text("CORREIO_DEVELOPMENT") === "true",
    stacks: text("CORREIO_DEVELOPMENT") === "true" || text("CORREIO_STACKS") === "true",
    blockedMs: number("CORREIO_BLOCKED_MS"),
    serverId: text("CORREIO_SERVER_ID") || hostname(),
    plainLogin: text("CORREIO_PLAIN_LOGIN") as Config["plainLogin"],
    console: text("CORREIO_CONSOLE") === "true",
    clientLog: text("CORREIO_CLIENT_LOG") === "true",
    workMs: number("CORREIO_WORK_MS"),
    drainMs: number("CORREIO_DRAIN_MS"),
    connectionsMax: number("CORREIO_CONNECTIONS_MAX"),
    connectionsPerAddressMax: number("CORREIO_CONNECTIONS_PER_ADDRESS_MAX"),
    firstByteMs: number("CORREIO_FIRST_BYTE_MS"),
    handshakeMs: number("CORREIO_HANDSHAKE_MS"),
    messageMs: number("CORREIO_MESSAGE_MS"),
    idleMs: number("CORREIO_IDLE_MS"),
    writeStallMs: number("CORREIO_WRITE_STALL_MS"),
    logLevel: text("CORREIO_LOG_LEVEL"),
    logFile: {
      name: text("CORREIO_LOG_FILE"),
      bytesMax: number("CORREIO_LOG_FILE_BYTES_MAX"),
      filesMax: number("CORREIO_LOG_FILES_MAX"),
    },
    settings: new Map(NAMES.map((name) => [name, text(name)])),
    traces: { endpoint: text("CORREIO_OTLP_ENDPOINT"), share: number("CORREIO_TRACE_SHARE") },
    experiment: {
      numServers: text("CORREIO_NUM_SERVERS"),
      numClients: text("CORREIO_NUM_CLIENTS"),
      numMessages: text("CORREIO_NUM_MESSAGES"),
    },
  };
}

interface Flags {
  readonly help: boolean;
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** Not `strict`, which throws at the first wrong flag: all are named, and the wrong values beside them. */
function parseFlags(args: readonly string[]): Flags {
  const known = Object.fromEntries(NAMES.map((name) => [flagOf(name), { type: "string" as const }]));
  const options = { ...known, help: { type: "boolean" as const, short: "h" } };
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string>();
  const problems: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === "positional") {
      problems.push(`Cannot use "${token.value}": it belongs to no flag; --help lists all`);
    } else if (token.kind === "option") {
      if (token.name === "help") help = true;
      else if (!Object.hasOwn(known, token.name)) {
        problems.push(`Cannot use ${token.rawName}: there is no such flag; --help lists all`);
      } else if (token.value === undefined) problems.push(`Cannot use ${token.rawName}: its value is missing`);
      else values.set(token.name, token.value);
    }
  }
  return { help, values, problems };
}

/** A misspelt variable would otherwise be a setting that silently does nothing. */
function unknownNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("CORREIO_") && !Object.hasOwn(SETTINGS, name))
    .map((name) => `Cannot use ${name}: there is no such setting; --help lists all`);
}

function problemOf(name: Name, value: string): string | undefined {
  const wanted = wantedOf(name, value);
  return wanted === undefined ? undefined : `Cannot use ${name}="${value}": it must be ${wanted}`;
}
