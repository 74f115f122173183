// What a node of the tests is started with: free ports and a folder of its own.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Settings = Readonly<Record<`CORREIO_${string}`, string | number | boolean>>;

export const FREE_PORTS = {
  CORREIO_PORT: 0,
  CORREIO_UDP_PORT: 0,
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "",
  CORREIO_MESSAGING_PORT: "",
  CORREIO_HTTP_PORT: 0,
  CORREIO_SERVER_ID: "test-node",
} as const;

export const MATCH_PORTS = { CORREIO_MATCH_PORT: 0, CORREIO_MATCH_TLS_PORT: 0 } as const;

export function asEnvironment(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

export function createDataFolder(): string {
  return mkdtempSync(join(tmpdir(), "correio-test-"));
}
