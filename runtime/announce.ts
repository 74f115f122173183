// What the process says at its start, in the words of the documents: which ports it listens on.
import type { MessagingPorts } from "./messaging-config.ts";

/** Of the sockets that a node listens on; 0, or undefined, where there is none. */
export interface ServerPorts {
  readonly tcpPort: number;
  readonly tlsPort: number | undefined;
  readonly udpPort: number | undefined;
  readonly matchPort: number | undefined;
  readonly matchTlsPort: number | undefined;
  readonly messaging: MessagingPorts | undefined;
  readonly httpPort: number;
}

interface Started extends ServerPorts {
  readonly httpHost: string;
  readonly isHttps: boolean;
  /** Undefined where whoever starts it knows it. */
  readonly madeToken: string | undefined;
}

export function startLines(started: Started): readonly string[] {
  const { tcpPort, tlsPort, udpPort, matchPort, matchTlsPort, messaging, httpPort, madeToken } = started;
  const httpHost = started.httpHost.includes(":") ? `[${started.httpHost}]` : started.httpHost;
  const httpUrl = `${started.isHttps ? "https" : "http"}://${httpHost}:${httpPort}`;
  const lines = [
    tcpPort > 0 && `Servidor TCP iniciado na porta ${tcpPort}`,
    tlsPort !== undefined && `Servidor TLS iniciado na porta ${tlsPort}`,
    udpPort !== undefined && `Servidor UDP iniciado na porta ${udpPort}`,
    matchPort !== undefined && `Servidor de partidas iniciado na porta ${matchPort}`,
    matchTlsPort !== undefined && `Partidas por TLS: porta ${matchTlsPort}`,
    messaging !== undefined && messagingLine(messaging),
    `Gateway HTTP iniciado na porta ${httpPort} (${httpUrl}/docs)`,
    madeToken !== undefined && `Token de administração: ${madeToken}`,
    // What stands behind the sign is sent to nobody: the page reads it, and signs in.
    madeToken !== undefined && `Página: ${httpUrl}/#token=${madeToken}`,
    "Aguardando conexões...",
  ];
  return lines.filter((line) => line !== false).map((line) => `[INFO] ${line}`);
}

function messagingLine({ clients, workers, publishers, subscribers, reference }: MessagingPorts): string {
  const proxy = `publicadores ${publishers}, assinantes ${subscribers}`;
  return `Mensagens (ZeroMQ): clientes ${clients}, servidores ${workers}, ${proxy}, referência ${reference}`;
}
