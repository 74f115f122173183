// The ports of match clients: one for existing ones, with a TLS port and a ping for each, and one for modern ones.
import { openCertificate } from "./certificates.ts";
import type { Config } from "./config.ts";
import type { SessionOf } from "./core/ports.ts";
import { limits } from "./limits.ts";
import type { MatchConnections } from "./match-services.ts";
import { createPairing, type Pairing } from "./net/connection-host.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { Dialler } from "./net/dialler.ts";
import { PrivateListeners } from "./net/private-listeners.ts";
import { startTcpListener, type TcpListener } from "./net/tcp-listener.ts";
import { VanishedPeers } from "./net/vanished-peer.ts";
import { namingSettings, type TlsFiles } from "./node-files.ts";
import { createMatchProtocol } from "./wire/match-protocol.ts";

export interface MatchSessions {
  readonly existingMatchSession: SessionOf<string, string>;
  readonly modernMatchSession: SessionOf<string, string>;
  readonly secureMatchSession: SessionOf<string, string>;
  readonly matchHeartbeatSession: SessionOf<string, string>;
}

export interface MatchListeners {
  readonly matchPort: number | undefined;
  readonly matchTlsPort: number | undefined;
  readonly matchConnections: MatchConnections | undefined;
  stop(): void;
}

interface Options {
  readonly types: MatchSessions;
  readonly table: ConnectionTable;
  readonly config: Config;
  /** A TLS port for one client could not be opened. */
  readonly onFailure: (error: unknown) => void;
}

interface Parts extends Options {
  /** Lets the kernel notice a peer that is gone while something is sent to it. */
  readonly chosenBy: (socket: object) => void;
}

/** Somebody else sees that they are alive: us, by a ping on a connection of its own. */
const NEVER_IDLE = { idleMs: Number.POSITIVE_INFINITY };
const PORT_SETTINGS = "CORREIO_HOST, CORREIO_MATCH_PORT";
const TLS_SETTINGS = "CORREIO_HOST, CORREIO_MATCH_TLS_PORT, CORREIO_MATCH_CERT, CORREIO_MATCH_KEY";

/** All of them or none. Makes a certificate where there is none. */
export async function startMatchListeners(options: Options): Promise<MatchListeners> {
  const { matches } = options.config;
  if (matches.port === undefined && matches.tlsPort === undefined) {
    return { matchPort: undefined, matchTlsPort: undefined, matchConnections: undefined, stop: () => undefined };
  }
  const tls = await openCertificate({ certFile: matches.certFile, keyFile: matches.keyFile });
  const vanished = new VanishedPeers(limits.keepAliveMs);
  const parts = { ...options, chosenBy: (socket: object): void => void vanished.watch(socket) };
  const started: (() => void)[] = [];
  const stop = (): void => started.forEach((each) => each());
  try {
    const existing = matches.port === undefined ? undefined : startExisting(parts, matches.port, tls);
    if (existing !== undefined) started.push(existing.stop);
    const modern = matches.tlsPort === undefined ? undefined : startModern(parts, matches.tlsPort, tls);
    if (modern !== undefined) started.push(() => modern.stop());
    return { matchPort: existing?.port, matchTlsPort: modern?.port, matchConnections: existing?.connections, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function startExisting({ types, table, config, onFailure, chosenBy }: Parts, port: number, tls: TlsFiles) {
  const second = createMatchProtocol("second");
  const secure: Pairing = { ...createPairing(second, types.secureMatchSession), ...NEVER_IDLE };
  const heartbeat: Pairing = { ...createPairing(second, types.matchHeartbeatSession), ...NEVER_IDLE };
  const spoken = createPairing(createMatchProtocol("existing"), types.existingMatchSession);
  const plain: Pairing = { ...spoken, ...NEVER_IDLE, chosenBy };
  const securePorts = new PrivateListeners({ hostname: config.host, tls, pairing: secure, table, onFailure });
  const dialler = new Dialler({ pairing: heartbeat, table });
  const where = { hostname: config.host, reusePort: config.reusePort, port };
  const listener = namingSettings(PORT_SETTINGS, () =>
    startTcpListener({ ...where, choose: () => plain, table, speaksFirst: true }),
  );
  return {
    port: listener.port,
    connections: {
      openSecurePort(owner: string): number | undefined {
        // Nobody is there to be told of it any more.
        const plainConnection = table.connections.get(owner);
        return plainConnection && securePorts.open(owner, plainConnection.remoteAddress);
      },
      closeSecurePort: (owner: string) => securePorts.close(owner),
      isSecurePort: (at: number) => securePorts.listensAt(at),
      dialHeartbeat: (owner: string, address: string, at: number) => dialler.dial(owner, address, at),
    },
    stop(): void {
      listener.stop();
      securePorts.closeAll();
    },
  };
}

function startModern({ types, table, config, chosenBy }: Parts, port: number, tls: TlsFiles): TcpListener {
  const pairing = { ...createPairing(createMatchProtocol("modern"), types.modernMatchSession), chosenBy };
  const where = { hostname: config.host, reusePort: config.reusePort, port, tls };
  return namingSettings(TLS_SETTINGS, () => startTcpListener({ ...where, choose: () => pairing, table }));
}
