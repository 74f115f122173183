// What the match actors have of the process: secrets, times, the log, and, once there are sockets, connections.
import { createHash, randomBytes } from "node:crypto";

import type { Config } from "./config.ts";
import { isThisMachine } from "./net/this-machine.ts";
import { createMatchLog } from "./node-files.ts";
import type { Log } from "./observe/log.ts";

/** Connections that a match session asks for: declared here for listeners to give. */
export interface MatchConnections {
  openSecurePort(owner: string): number | undefined;
  closeSecurePort(owner: string): void;
  /** Whether it is open now, for whomever. */
  isSecurePort(port: number): boolean;
  dialHeartbeat(owner: string, address: string, port: number): void;
}

interface Late {
  connections: MatchConnections;
  /** On which this node listens; those of single clients come and go, and are not among them. */
  ports: ReadonlySet<number>;
}

const NONE: MatchConnections = {
  openSecurePort: () => undefined,
  closeSecurePort: () => undefined,
  isSecurePort: () => false,
  dialHeartbeat: () => undefined,
};

/** The file is not open yet, and there are no sockets: whoever starts the node sees to both. */
export function createMatchServices({ matches, ...config }: Config, log: Log) {
  const file = createMatchLog(config, log);
  const late: Late = { connections: NONE, ports: new Set() };
  const services = {
    ...matches,
    plainLogin: config.plainLogin,
    isWebEncrypted: config.httpTls !== undefined,
    log: { append: (line: string) => void file?.append(line), event: log.event },
    secret: () => randomBytes(24).toString("base64url"),
    digest: (secret: string) => createHash("sha256").update(secret).digest("base64url"),
    openSecurePort: (owner: string) => late.connections.openSecurePort(owner),
    closeSecurePort: (owner: string) => late.connections.closeSecurePort(owner),
    dialHeartbeat: (owner: string, address: string, port: number) =>
      late.connections.dialHeartbeat(owner, address, port),
    listensAt: (address: string, port: number) =>
      (late.ports.has(port) || late.connections.isSecurePort(port)) && isThisMachine(address),
  };
  return { services, file, late };
}
