// The ports of the messaging family: clients and workers at the broker, publishers and subscribers at the proxy.
import type { Config } from "./config.ts";
import type { SessionOf } from "./core/ports.ts";
import { limits } from "./limits.ts";
import type { MessagingPorts } from "./messaging-config.ts";
import { createPairing, type Pairing } from "./net/connection-host.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener, type TcpListener } from "./net/tcp-listener.ts";
import { namingSettings } from "./node-files.ts";
import { PublicationProxy } from "./publication-proxy.ts";
import type { ZmtpMessage } from "./wire/zmtp-message.ts";
import { createZmtpProtocol, type ZmtpIncoming } from "./wire/zmtp-protocol.ts";
import type { ZmtpSocketType } from "./wire/zmtp-socket-types.ts";

export type ZmtpSession = SessionOf<ZmtpIncoming, ZmtpMessage>;

export interface MessagingSessions {
  readonly requesterSession: ZmtpSession;
  readonly workerSession: ZmtpSession;
  readonly storeSession: ZmtpSession;
  readonly referenceSession: ZmtpSession;
}

export interface MessagingListeners {
  /** Undefined where there are none. */
  readonly ports: MessagingPorts | undefined;
  readonly proxy: PublicationProxy | undefined;
  stop(): void;
}

interface Options {
  readonly types: MessagingSessions;
  readonly table: ConnectionTable;
  readonly config: Config;
}

const NONE: MessagingListeners = { ports: undefined, proxy: undefined, stop: () => undefined };

/** All of them or none. */
export function startMessagingListeners({ types, table, config }: Options): MessagingListeners {
  const { ports: wanted, home } = config.messaging;
  if (wanted === undefined || home !== undefined) return NONE;
  const hostname = config.host;
  const started: TcpListener[] = [];
  // Clients are answered with what workers reply, who ask for what is stored.
  const areNeeded = [types.workerSession, types.storeSession];
  const listen = (setting: string, port: number, socketType: ZmtpSocketType, session: ZmtpSession): number => {
    const pairing = { ...zmtpPairing(socketType, session), drainsLast: areNeeded.includes(session) };
    const where = { hostname, port, choose: () => pairing, speaksFirst: true, table };
    const listener = namingSettings(`CORREIO_HOST, ${setting}`, () => startTcpListener(where));
    started.push(listener);
    return listener.port;
  };
  const proxy = new PublicationProxy(table);
  const stop = (): void => {
    for (const listener of started) listener.stop();
    proxy.stopListening();
  };
  try {
    const bound = namingSettings("CORREIO_HOST, CORREIO_PUBLISHER_PORT, CORREIO_SUBSCRIBER_PORT", () =>
      proxy.bind(hostname, wanted),
    );
    const ports = {
      ...bound,
      clients: listen("CORREIO_MESSAGING_PORT", wanted.clients, "ROUTER", types.requesterSession),
      workers: listen("CORREIO_WORKER_PORT", wanted.workers, "DEALER", types.workerSession),
      store: listen("CORREIO_MESSAGING_STORE_PORT", wanted.store, "REP", types.storeSession),
      reference: listen("CORREIO_REFERENCE_PORT", wanted.reference, "REP", types.referenceSession),
    };
    return { ports, proxy, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Peers are pinged where they are silent; those of a version that knows no ping are never idle. */
export function zmtpPairing(socketType: ZmtpSocketType, session: ZmtpSession): Pairing {
  const protocol = createZmtpProtocol({ socketType, role: "server" });
  return { ...createPairing(protocol, session), idleMs: limits.zmtpPingMs };
}
