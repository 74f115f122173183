// What all actors have of the process, and the files that they write: opened, flushed and closed together.
import type { Config } from "./config.ts";
import { createMatchServices, type MatchConnections } from "./match-services.ts";
import { createMessagingServices } from "./messaging-services.ts";
import { createLedger, openLedger } from "./node-files.ts";
import type { Log } from "./observe/log.ts";
import type { PublicationProxy } from "./publication-proxy.ts";
import { createTextServices } from "./text-services.ts";

interface Sockets {
  readonly udpPort: number | undefined;
  /** Of every listener on TCP, where there is one. */
  readonly tcpPorts: readonly (number | undefined)[];
  readonly matchConnections: MatchConnections | undefined;
  readonly proxy: PublicationProxy | undefined;
}

/** `print` takes lines for the console, `ledgerHeader` is the first line of a new ledger. No file is touched yet. */
export function createServices(config: Config, log: Log, ledgerHeader: string, print: (line: string) => void) {
  const ledger = createLedger(config, ledgerHeader, log);
  const text = createTextServices(config, log, print);
  const match = createMatchServices(config, log);
  const servers = createMessagingServices(config.messaging, log);
  const logs = [text.file, match.file];
  const { serverId, experiment } = config;
  // Read with each request: it may be changed while the node runs.
  const workMs = (): number => config.workMs;
  return {
    ledger,
    serverPort: servers.services.server,
    actors: {
      pipeline: { serverId, workMs, experiment, ledger },
      text: text.services,
      match: match.services,
      servers: servers.services,
    },
    /** What actors may use of the sockets, now that there are any. */
    listening({ udpPort, tcpPorts, matchConnections, proxy }: Sockets): void {
      servers.late.proxy = proxy;
      text.udp.port = udpPort;
      match.late.ports = new Set(tcpPorts.filter((port) => port !== undefined));
      if (matchConnections !== undefined) match.late.connections = matchConnections;
    },
    /** Throws an `Error` that names the file. */
    open(): void {
      openLedger(ledger, config);
      for (const file of logs) file?.open();
    },
    flush(): void {
      ledger.flush();
      for (const file of logs) file?.flush();
    },
    /** Returns how many rows of the ledger were lost. */
    close(): number {
      for (const file of logs) file?.close();
      return ledger.close();
    },
  };
}
