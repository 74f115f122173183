// What the text commands have of the process: secrets, password hashes, the port of datagrams, and where logs go.
import { randomBytes } from "node:crypto";

import { systemClock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import { createClientLog } from "./node-files.ts";
import type { Log } from "./observe/log.ts";
import { ServerLog } from "./observe/server-log.ts";
import { PasswordHasher } from "./passwords.ts";

/**
 * `print` takes lines for the console. The file is not open yet, and the UDP port not known: whoever starts the node
 * opens the one and sets the other.
 */
export function createTextServices(config: Config, log: Log, print: (line: string) => void) {
  const file = createClientLog(config, log);
  const udp: { port: number | undefined } = { port: undefined };
  const services = {
    clock: systemClock,
    plainLogin: config.plainLogin,
    isWebEncrypted: config.httpTls !== undefined,
    udpPort: () => udp.port,
    secret: () => randomBytes(24).toString("base64url"),
    passwords: new PasswordHasher(),
    log: new ServerLog({ clock: systemClock, print: config.console ? print : undefined, file, event: log.event }),
  };
  return { services, file, udp };
}
