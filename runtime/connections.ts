// All connections of the node: how many there may be, how long they may take, and which of their ends are worth a line.
import type { Config } from "./config.ts";
import type { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import { ConnectionTable } from "./net/connection-table.ts";
import type { Log } from "./observe/log.ts";

/** Ends that need nobody's attention. */
const ORDINARY_ENDS: ReadonlySet<string> = new Set([
  "close",
  "disconnect",
  "shutdown",
  "idle_timeout",
  "exit",
  "replaced",
  "control_gone",
  "heartbeat_missed",
  "listener_closed",
  "closed",
]);
export function createTable(system: ActorSystem, config: Config, log: Log): ConnectionTable {
  const deadlines = { ...config, answerMs: limits.closingTurnsMs, lingerMs: limits.lingerMs };
  // Nobody who remembers a session of an earlier process must take one of this for it.
  const settings = { admission: config, deadlines, idPrefix: `${system.store.epoch}-` };
  return new ConnectionTable(system, settings, {
    refused: ({ reason, ...who }) => log.limited("warn", reason, { ...who, msg: "Refused a connection" }),
    failed: ({ error, ...who }) => log.limited("error", "net.fault", { ...who, err: error }),
    ended: ({ reason, ...who }) => {
      if (!ORDINARY_ENDS.has(reason)) log.limited("warn", reason, { ...who, msg: "Ended a connection" });
    },
  });
}
