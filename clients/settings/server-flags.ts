// Where the server is: the flags that all clients for people have, and what they come to.
import { readFileSync } from "node:fs";

import type { TextFlag } from "../load/flags.ts";
import { type CommandLine, InvalidSetting, type PlainSwitch } from "./command-line.ts";

export const TLS: PlainSwitch = { flag: "tls", unit: "switch", meaning: "the TCP connection is encrypted" };

export const TLS_AUTHORITY: TextFlag = {
  flag: "tls-ca",
  unit: "file",
  fallback: "",
  meaning: "with --tls: a certificate in PEM to trust besides those of the system",
};

/** The certificate in PEM; undefined where none is given. Throws an `InvalidSetting`. */
export function authorityFrom(settings: CommandLine): string | undefined {
  const file = settings.text(TLS_AUTHORITY);
  if (file === "") return undefined;
  if (!settings.switched(TLS)) throw new InvalidSetting("--tls-ca: expected with --tls, got it alone");
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new InvalidSetting(`--tls-ca: expected a file that can be read, got ${JSON.stringify(file)}`);
  }
}
