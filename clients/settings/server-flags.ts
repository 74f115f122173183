// Where the server is: the flags that all clients have, and what they come to.
import { readFileSync } from "node:fs";

import type { LinkTarget } from "../links/link.ts";
import { type CommandLine, InvalidSetting } from "./command-line.ts";
import type { IntegerFlag, PlainSwitch, TextFlag } from "./flags.ts";

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

export const UDP_PORT: IntegerFlag = {
  flag: "udp-port",
  environment: "SERVER_UDP_PORT",
  unit: "UDP port",
  fallback: 5_001,
  min: 1,
  max: 65_535,
  meaning: "where it takes datagrams",
};

export const TLS: PlainSwitch = { flag: "tls", unit: "switch", meaning: "the TCP connection is encrypted" };

export const TLS_AUTHORITY: TextFlag = {
  flag: "tls-ca",
  unit: "file",
  fallback: "",
  meaning: "with --tls: a certificate in PEM to trust besides those of the system",
};

/** Where everything goes; in hybrid mode, all but messages. Throws an `InvalidSetting`. */
export function mainTarget(settings: CommandLine, transport: "tcp" | "udp" | "hybrid"): LinkTarget {
  const isEncrypted = settings.switched(TLS);
  const authority = authorityFrom(settings);
  if (transport === "udp") {
    if (isEncrypted) throw new InvalidSetting("--tls: expected with a TCP connection, got it with --transport udp");
    return datagramTarget(settings);
  }
  return {
    transport: isEncrypted ? "tls" : "tcp",
    host: settings.text(HOST),
    port: settings.integer(PORT),
    ...(authority === undefined ? {} : { authority }),
  };
}

export function datagramTarget(settings: CommandLine): LinkTarget {
  return { transport: "udp", host: settings.text(HOST), port: settings.integer(UDP_PORT), isQuick: true };
}

/** The certificate in PEM; undefined where none is given. Throws an `InvalidSetting`. */
function authorityFrom(settings: CommandLine): string | undefined {
  const file = settings.text(TLS_AUTHORITY);
  if (file === "") return undefined;
  if (!settings.switched(TLS)) throw new InvalidSetting("--tls-ca: expected with --tls, got it alone");
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new InvalidSetting(`--tls-ca: expected a file that can be read, got ${JSON.stringify(file)}`);
  }
}
