// Settings of the messaging family: the ports of a node that is its home, or the home that a server joins.
import { hostname } from "node:os";

import type { SettingName } from "./settings.ts";

export interface MessagingPorts {
  readonly clients: number;
  readonly workers: number;
  readonly publishers: number;
  readonly subscribers: number;
  readonly store: number;
  readonly reference: number;
}

export interface MessagingConfig {
  /** Undefined = none of the family's ports. */
  readonly ports: MessagingPorts | undefined;
  /** Where the home of a joined server listens on those; undefined: this node is the home. */
  readonly home: string | undefined;
  /** Of this server among the others; empty: by its host's name. */
  readonly name: string;
  readonly host: string;
  /** Where others are to connect to it; empty: where they see it come from. */
  readonly address: string;
  /** The admin endpoint of each server is at this port plus its rank; 0 = any free port, for a server that is alone. */
  readonly serverPortBase: number;
  /** Requests are served in this process too, not only by workers. */
  readonly serves: boolean;
  readonly heartbeatMs: number;
  readonly synchronisation: "berkeley" | "estimate";
  /** What the hardware clock is taken to show besides the truth, to try synchronisation with. */
  readonly clock: { readonly offsetMs: number; readonly driftPpm: number };
}

/** What a server that joins does without, where nobody says otherwise: all that its home has. */
export const JOINED: Partial<Record<SettingName, string>> = {
  CORREIO_PORT: "",
  CORREIO_UDP_PORT: "",
  CORREIO_MATCH_PORT: "",
  CORREIO_MATCH_TLS_PORT: "",
  CORREIO_HTTP_PORT: "0",
  CORREIO_STORE: "memory",
  CORREIO_CLIENT_LOG: "false",
};

export function toMessagingConfig(text: (name: SettingName) => string): MessagingConfig {
  const number = (name: SettingName): number => Number(text(name));
  const home = text("CORREIO_JOIN");
  const ports = {
    clients: number("CORREIO_MESSAGING_PORT"),
    workers: number("CORREIO_WORKER_PORT"),
    publishers: number("CORREIO_PUBLISHER_PORT"),
    subscribers: number("CORREIO_SUBSCRIBER_PORT"),
    store: number("CORREIO_MESSAGING_STORE_PORT"),
    reference: number("CORREIO_REFERENCE_PORT"),
  };
  return {
    ports: text("CORREIO_MESSAGING_PORT") === "" ? undefined : ports,
    home: home === "" ? undefined : home,
    name: text("CORREIO_SERVER_ID"),
    host: hostname(),
    address: text("CORREIO_SERVER_ADDRESS"),
    serverPortBase: number("CORREIO_SERVER_PORTS"),
    serves: text("CORREIO_SERVES") === "true",
    heartbeatMs: number("CORREIO_SERVER_HEARTBEAT_MS"),
    synchronisation: text("CORREIO_CLOCK_SYNC") === "berkeley" ? "berkeley" : "estimate",
    clock: { offsetMs: number("CORREIO_CLOCK_OFFSET_MS"), driftPpm: number("CORREIO_CLOCK_DRIFT_PPM") },
  };
}
