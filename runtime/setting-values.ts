// What each setting may be, and what to say of a value that it may not.
import { unreachable } from "./base/assert.ts";
import { limits } from "./limits.ts";
import { isLoopback } from "./server-address.ts";
import { type SettingName as Name, SETTINGS } from "./settings.ts";
import { parseHostAddress } from "./wire/host-address.ts";

const LOG_LEVELS: readonly string[] = ["debug", "info", "warn", "error", "silent"];
const MILLISECONDS_MAX = 86_400_000;
const COUNT_MAX = 1_000_000;
/** Each is looked for whenever the file is set aside. */
const LOG_FILES_MAX = 100;
const DRIFT_PPM_MAX = limits.clockDriftMax * 1_000_000;
const BYTES_MAX = 2 ** 50;
/** Ports that need not be there. */
const OPTIONAL_PORTS: ReadonlySet<Name> = new Set([
  "CORREIO_PORT",
  "CORREIO_TLS_PORT",
  "CORREIO_UDP_PORT",
  "CORREIO_MATCH_PORT",
  "CORREIO_MATCH_TLS_PORT",
  "CORREIO_MESSAGING_PORT",
]);
/** Settings that are one of a few words. */
const CHOICES: Partial<Record<Name, readonly string[]>> = {
  CORREIO_LOG_LEVEL: LOG_LEVELS,
  CORREIO_STORE: ["sqlite", "memory"],
  CORREIO_SYNC: ["full", "normal"],
  CORREIO_PLAIN_LOGIN: ["warn", "refuse", "allow"],
  CORREIO_CLOCK_SYNC: ["estimate", "berkeley"],
};

const PAIRS: readonly (readonly [cert: Name, key: Name])[] = [
  ["CORREIO_MATCH_CERT", "CORREIO_MATCH_KEY"],
  ["CORREIO_HTTP_CERT", "CORREIO_HTTP_KEY"],
];

/** What the value should have been; undefined when it is that. */
export function wantedOf(name: Name, value: string): string | undefined {
  if (OPTIONAL_PORTS.has(name) && value !== "") return inRange(value, 0, 65_535, "a port, or empty");
  const choices = CHOICES[name];
  if (choices !== undefined) return choices.includes(value) ? undefined : `one of ${choices.join(", ")}`;
  if (name === "CORREIO_SERVER_ADDRESS" && value !== "" && parseHostAddress(value) === undefined) {
    return "a host, or a host and a port from 1 to 65535";
  }
  if (name === "CORREIO_LOG_FILE" && !/^(?!\.{1,2}$)[^/\\\0]*$/.test(value))
    return "a file's name without a folder, or empty";
  if (name === "CORREIO_OTLP_ENDPOINT" && value !== "" && !isHttp(value)) return "an http or https URL, or empty";
  const waitMsMax = name === "CORREIO_SERVER_HEARTBEAT_MS" ? limits.serverHeartbeatMsMax : MILLISECONDS_MAX;
  switch (SETTINGS[name].kind) {
    case "port":
      return inRange(value, 0, 65_535, "a port");
    case "milliseconds":
      return inRange(value, 0, MILLISECONDS_MAX, "a time in milliseconds");
    case "wait":
      return inRange(value, 1, waitMsMax, "a time in milliseconds");
    case "count":
      return inRange(value, 1, name === "CORREIO_LOG_FILES_MAX" ? LOG_FILES_MAX : COUNT_MAX, "a count");
    case "bytes":
      return inRange(value, name === "CORREIO_LOG_FILE_BYTES_MAX" ? 1 : 0, BYTES_MAX, "a number of bytes");
    case "share":
      return isShare(value) ? undefined : "a number from 0 to 1";
    case "error":
      return inRange(value, -limits.clockErrorMsMax, limits.clockErrorMsMax, "milliseconds");
    case "drift":
      return inRange(value, -DRIFT_PPM_MAX, DRIFT_PPM_MAX, "parts per million");
    case "switch":
      return value === "true" || value === "false" ? undefined : "true or false";
    case "name":
      return value === "" ? "a text that is not empty" : undefined;
    case "text":
      return undefined;
    default:
      return unreachable(SETTINGS[name].kind);
  }
}

const TOKEN_LENGTH_MIN = 16;
/** What a header carries, and a sign-in takes. */
const TOKEN = /^[!-~]{0,256}$/;

/** What is wrong with values that are right each by itself. */
export function problemsTogether(text: (name: Name) => string): readonly string[] {
  const problems: string[] = [];
  const isOne = (one: Name, other: Name): boolean => (text(one) === "") !== (text(other) === "");
  if (text("CORREIO_TLS_PORT") !== "" && (text("CORREIO_TLS_CERT") === "" || text("CORREIO_TLS_KEY") === "")) {
    problems.push("Cannot use CORREIO_TLS_PORT: CORREIO_TLS_CERT and CORREIO_TLS_KEY must name the files it needs");
  }
  for (const [cert, key] of PAIRS) {
    if (isOne(cert, key)) {
      problems.push(`Cannot use ${cert} without ${key}, nor that without this: a certificate has its own key`);
    }
  }
  if (!TOKEN.test(text("CORREIO_ADMIN_TOKEN"))) {
    problems.push("Cannot use CORREIO_ADMIN_TOKEN: nobody could send it; it has at most 256 visible ASCII characters");
  }
  const host = text("CORREIO_HTTP_HOST");
  if (!isLoopback(host) && text("CORREIO_ADMIN_TOKEN").length < TOKEN_LENGTH_MIN) {
    const needed = `CORREIO_ADMIN_TOKEN of at least ${TOKEN_LENGTH_MIN} characters`;
    problems.push(`Cannot use CORREIO_HTTP_HOST="${host}": others reach it, so it takes a ${needed}`);
  }
  return problems;
}

function isHttp(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? "");
}

function isShare(value: string): boolean {
  return /^(?:0|1|[01]?\.\d+)$/.test(value) && Number(value) <= 1;
}

function inRange(value: string, least: number, most: number, what: string): string | undefined {
  const number = Number(value);
  const fits = /^(?:\d+|-[1-9]\d*)$/.test(value) && number >= least && number <= most;
  return fits ? undefined : `${what}, a whole number from ${least} to ${most}`;
}
