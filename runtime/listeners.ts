// Every socket that a node listens on, with the sessions that are spoken to there.
import type { Config } from "./config.ts";
import type { SessionOf } from "./core/ports.ts";
import { createPairing, framesOrText } from "./net/connection-host.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { startTcpListener, type TcpListener } from "./net/tcp-listener.ts";
import { namingSettings, readTls, type TlsFiles } from "./node-files.ts";
import { createFramesProtocol } from "./wire/frames-protocol.ts";
import type { TextPart } from "./wire/text-parts.ts";
import { createTextProtocol } from "./wire/text-protocol.ts";

const TLS_SETTINGS = "CORREIO_HOST, CORREIO_TLS_PORT, CORREIO_TLS_CERT, CORREIO_TLS_KEY";

export interface Sessions {
  readonly pipelineSession: SessionOf<string, readonly TextPart[]>;
  readonly textSession: SessionOf<string, string>;
}

export interface Listeners {
  readonly tcpPort: number;
  readonly tlsPort: number | undefined;
  /** Nobody new is let in; who is in stays. */
  stop(): void;
}

/** All of them or none: those that stand when one cannot be started are given to `undo`. */
export function startListeners(
  sessions: Sessions,
  table: ConnectionTable,
  config: Config,
  undo: AsyncDisposableStack,
): Listeners {
  const frames = createPairing(createFramesProtocol(), sessions.pipelineSession);
  const choose = framesOrText(frames, createPairing(createTextProtocol(), sessions.textSession));
  const { host: hostname, reusePort } = config;
  const listen = (port: number, settings: string, tls?: TlsFiles): TcpListener => {
    const where = { hostname, port, reusePort, ...(tls === undefined ? {} : { tls }) };
    const listener = namingSettings(settings, () => startTcpListener({ ...where, choose, table }));
    undo.defer(() => listener.stop());
    return listener;
  };
  const tcp = listen(config.port, "CORREIO_HOST, CORREIO_PORT");
  const tls = config.tls && listen(config.tls.port, TLS_SETTINGS, readTls(config.tls));
  const stop = (): void => {
    tcp.stop();
    tls?.stop();
  };
  return { tcpPort: tcp.port, tlsPort: tls?.port, stop };
}
