// Every setting of the process: its name, its unit, its default, and what --help says of it.
import { limits } from "./limits.ts";

export type SettingKind =
  "text" | "name" | "port" | "wait" | "milliseconds" | "count" | "bytes" | "share" | "error" | "drift" | "switch";
export type SettingName = keyof typeof SETTINGS;

export interface Setting {
  readonly kind: SettingKind;
  readonly unit: string;
  readonly fallback: string;
  readonly help: string;
}

const define = (kind: SettingKind, unit: string, fallback: string | number, help: string): Setting => ({
  kind,
  unit,
  fallback: String(fallback),
  help,
});

/** Every setting by its environment name; the flag is the same name in lower case with dashes, without the prefix. */
export const SETTINGS = {
  CORREIO_HOST: define("name", "address", "127.0.0.1", "Address the sockets listen on"),
  CORREIO_PORT: define(
    "text",
    "port",
    5_000,
    "TCP port of frames and of text commands; empty = none, 0 = any free port",
  ),
  CORREIO_UDP_PORT: define(
    "text",
    "port",
    5_001,
    "UDP port of text commands and of datagrams; empty = none, 0 = any free port",
  ),
  CORREIO_TLS_PORT: define("text", "port", "", "TLS port of the same protocols; empty = none, 0 = any free port"),
  CORREIO_TLS_CERT: define("text", "file", "", "PEM certificate for the TLS port"),
  CORREIO_TLS_KEY: define("text", "file", "", "PEM private key for the TLS port"),
  CORREIO_MATCH_PORT: define(
    "text",
    "port",
    3_000,
    "TCP port of existing match clients; empty = none, 0 = any free port",
  ),
  CORREIO_MATCH_TLS_PORT: define("text", "port", 3_001, "TLS port of modern ones; empty = none, 0 = any free port"),
  CORREIO_MATCH_CERT: define("text", "file", "", "PEM certificate for matches; empty = cert.pem in the data folder"),
  CORREIO_MATCH_KEY: define(
    "text",
    "file",
    "",
    "PEM private key for it; empty = key.pem there; both are made if need be",
  ),
  CORREIO_REUSE_PORT: define("switch", "true|false", "false", "Share the TCP and TLS ports with other processes"),
  CORREIO_HTTP_HOST: define("name", "address", "127.0.0.1", "Address the gateway listens on"),
  CORREIO_HTTP_PORT: define("port", "port", 8_080, "HTTP port of the gateway; 0 = any free port"),
  CORREIO_HTTP_CERT: define("text", "file", "", "PEM certificate for the gateway: it speaks HTTPS then; empty = HTTP"),
  CORREIO_HTTP_KEY: define("text", "file", "", "PEM private key for it"),
  CORREIO_ADMIN_TOKEN: define(
    "text",
    "token",
    "",
    "Bearer token that may do all over HTTP; empty = made and printed at start, on loopback only",
  ),
  CORREIO_DATA: define(
    "name",
    "folder",
    "data",
    "Where durable actors, the session ledger and the log of text clients are kept",
  ),
  CORREIO_STORE: define(
    "text",
    "sqlite|memory",
    "sqlite",
    "Durable actors in a file of the data folder, or in memory alone: then they end with the process",
  ),
  CORREIO_SYNC: define(
    "text",
    "full|normal",
    "full",
    "Full: what is acknowledged survives a power cut. Normal: only the end of the process",
  ),
  CORREIO_STORE_BYTES_MAX: define("bytes", "bytes", limits.storeBytesMax, "Size of that file"),
  CORREIO_MEMORY_BUDGET: define("bytes", "bytes", 0, "Memory above which idle actors hibernate early; 0 = no budget"),
  CORREIO_DEVELOPMENT: define(
    "switch",
    "true|false",
    "false",
    "Check what actors say to each other, log stacks; slower",
  ),
  CORREIO_STACKS: define(
    "switch",
    "true|false",
    "false",
    "Log the stacks of turns over their budget, as while developing",
  ),
  CORREIO_BLOCKED_MS: define(
    "wait",
    "ms",
    limits.blockedMs,
    "A turn that blocks the process this long is named in the log",
  ),
  CORREIO_SERVER_ID: define("text", "name", "", "Name of this server in replies and ledger; empty = the host name"),
  CORREIO_PLAIN_LOGIN: define(
    "text",
    "warn|refuse|allow",
    "warn",
    "What becomes of passwords that come over a connection without TLS",
  ),
  CORREIO_CONSOLE: define("switch", "true|false", "true", "Print who comes, goes and says what in rooms"),
  CORREIO_CLIENT_LOG: define(
    "switch",
    "true|false",
    "true",
    "Write what text clients do to server_log.txt in the data folder, and what match clients do to log.txt",
  ),
  CORREIO_WORK_MS: define("milliseconds", "ms", 0, "Simulated work for each request"),
  CORREIO_DRAIN_MS: define("milliseconds", "ms", limits.drainMs, "Time to answer what was accepted, after SIGTERM"),
  CORREIO_CONNECTIONS_MAX: define("count", "connections", limits.connectionsMax, "Open connections"),
  CORREIO_CONNECTIONS_PER_ADDRESS_MAX: define(
    "count",
    "connections",
    limits.connectionsPerAddressMax,
    "Open connections of one remote address",
  ),
  CORREIO_FIRST_BYTE_MS: define("wait", "ms", limits.firstByteMs, "Time until a connection's first byte"),
  CORREIO_HANDSHAKE_MS: define("wait", "ms", limits.handshakeMs, "Time for a TLS handshake"),
  CORREIO_MESSAGE_MS: define("wait", "ms", limits.messageMs, "Time for a message to become whole"),
  CORREIO_IDLE_MS: define("wait", "ms", limits.idleMs, "Silence after which a connection is closed"),
  CORREIO_WRITE_STALL_MS: define(
    "wait",
    "ms",
    limits.writeStallMs,
    "Time a client may take nothing while bytes wait for it",
  ),
  CORREIO_HEARTBEAT_MS: define("wait", "ms", limits.heartbeatMs, "Time between two pings of a match client"),
  CORREIO_PONG_MS: define(
    "wait",
    "ms",
    limits.pongMs,
    "Time in which it has to answer, and 0.8 s more where it is an existing one",
  ),
  CORREIO_TURN_MS: define("wait", "ms", limits.turnMs, "Time for one move in a hosted match"),
  CORREIO_MESSAGING_PORT: define(
    "text",
    "port",
    5_555,
    "ZeroMQ port of clients; empty = none of the messaging ports, 0 = any free port, here and below",
  ),
  CORREIO_WORKER_PORT: define("port", "port", 5_556, "ZeroMQ port of worker servers"),
  CORREIO_PUBLISHER_PORT: define("port", "port", 5_557, "ZeroMQ port of publishers"),
  CORREIO_SUBSCRIBER_PORT: define("port", "port", 5_558, "ZeroMQ port of subscribers"),
  CORREIO_MESSAGING_STORE_PORT: define("port", "port", 5_559, "Port at which joined servers reach what is stored"),
  CORREIO_REFERENCE_PORT: define("port", "port", 5_560, "ZeroMQ port of the reference service"),
  CORREIO_SERVER_PORTS: define("port", "port", 5_600, "A server's admin endpoint is at this port plus its rank"),
  CORREIO_JOIN: define("text", "host", "", "Be one more server of the node at this host, at the ports above"),
  CORREIO_SERVER_ADDRESS: define(
    "text",
    "host[:port]",
    "",
    "Where other servers reach this one's admin endpoint; empty = where they see it come from",
  ),
  CORREIO_SERVES: define("switch", "true|false", "true", "Serve requests in this process too, not only by workers"),
  CORREIO_SERVER_HEARTBEAT_MS: define(
    "wait",
    "ms",
    limits.serverHeartbeatMs,
    "Time between two heartbeats of a server, at most 10 s; one that joins takes its home's",
  ),
  CORREIO_CLOCK_SYNC: define(
    "text",
    "estimate|berkeley",
    "estimate",
    "How a coordinator synchronises clocks; one that joins takes its home's",
  ),
  CORREIO_CLOCK_OFFSET_MS: define(
    "error",
    "ms",
    0,
    "Error of this server's clock, to try synchronisation with; up to half a day, or below 0",
  ),
  CORREIO_CLOCK_DRIFT_PPM: define("drift", "ppm", 0, "Drift of this server's clock, from -500 to 500"),
  CORREIO_LOG_LEVEL: define("text", "level", "info", "Least severe log level: debug, info, warn, error, silent"),
  CORREIO_LOG_FILE: define("text", "file", "correio.log", "Log file in the data folder, JSON lines; empty = none"),
  CORREIO_LOG_FILE_BYTES_MAX: define("bytes", "bytes", limits.logFileBytesMax, "Size at which it is set aside"),
  CORREIO_LOG_FILES_MAX: define("count", "files", limits.logFilesMax, "How many that were set aside are kept"),
  CORREIO_OTLP_ENDPOINT: define(
    "text",
    "url",
    "",
    "Where traces go, as OTLP in JSON; such as http://host:4318/v1/traces",
  ),
  CORREIO_TRACE_SHARE: define(
    "share",
    "0 to 1",
    1,
    "Messages that are followed, but never more than 100 a second; beside those that say so",
  ),
  CORREIO_NUM_SERVERS: define("text", "label", "", "Ledger column num_servers: the experiment's cell"),
  CORREIO_NUM_CLIENTS: define("text", "label", "", "Ledger column num_clients"),
  CORREIO_NUM_MESSAGES: define("text", "label", "", "Ledger column num_messages"),
} satisfies Record<string, Setting>;

/** Of a setting, without the dashes before it. */
export function flagOf(name: string): string {
  return name.slice("CORREIO_".length).toLowerCase().replaceAll("_", "-");
}

/** What `--help` prints. */
export function helpText(): string {
  const names = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  const rows = names.map((name) => [`--${flagOf(name)}`, name, SETTINGS[name].unit, SETTINGS[name].fallback] as const);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row, index) => {
    const [flag, name, unit] = row.slice(0, 3).map((cell, column) => cell.padEnd(widths[column] as number));
    const setting = SETTINGS[names[index] as keyof typeof SETTINGS];
    return `  ${flag}  ${name}  ${unit}  ${setting.help} (${setting.fallback === "" ? "none" : setting.fallback})`;
  });
  return [
    "Usage: bun run runtime [flags]",
    "",
    "Starts the Correio server. A flag wins over the environment variable beside it.",
    "  flag, variable, unit, meaning (default)",
    "",
    ...lines,
    "",
  ].join("\n");
}
