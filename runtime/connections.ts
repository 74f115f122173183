// All connections of the node: how many there may be, how long they may take, and which of their ends are worth a line.
import { settlesWithin } from "./base/settles-within.ts";
import type { Config } from "./config.ts";
import type { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import { ConnectionTable, type NetSettings } from "./net/connection-table.ts";
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

/** What the settings say of these is read where it is used: it may be changed while the node runs. */
export function createTable(system: ActorSystem, config: Config, log: Log): ConnectionTable {
  // Nobody who remembers a session of an earlier process must take one of this for it.
  const settings = { admission: config, deadlines: deadlinesOf(config), idPrefix: `${system.store.epoch}-` };
  return new ConnectionTable(system, settings, {
    refused: ({ reason, ...who }) => log.limited("warn", reason, { ...who, msg: "Refused a connection" }),
    failed: ({ error, ...who }) => log.limited("error", "net.fault", { ...who, err: error }),
    ended: ({ reason, ...who }) => {
      if (!ORDINARY_ENDS.has(reason)) log.limited("warn", reason, { ...who, msg: "Ended a connection" });
    },
  });
}

/** Deadlines were changed: who has a connection has them from now on. */
export function lookAgain({ connections }: ConnectionTable): void {
  for (const connection of connections.values()) connection.lookAgain();
}

function deadlinesOf(config: Config): NetSettings["deadlines"] {
  return {
    get handshakeMs() {
      return config.handshakeMs;
    },
    get firstByteMs() {
      return config.firstByteMs;
    },
    get messageMs() {
      return config.messageMs;
    },
    get idleMs() {
      return config.idleMs;
    },
    get writeStallMs() {
      return config.writeStallMs;
    },
    answerMs: limits.closingTurnsMs,
    lingerMs: limits.lingerMs,
  };
}

/** Of the drain time, what is kept for closing what did not end by itself. */
const FORCE_SHARE = 0.2;

/** Lets every session end by itself, then closes the rest. Returns how many lost something by that. */
export async function drainSessions(table: ConnectionTable, system: ActorSystem, drainMs: number): Promise<number> {
  const answered = await settlesWithin(system.clock, table.drain(), drainMs * (1 - FORCE_SHARE));
  const cutOff = answered ? 0 : table.abortAll("shutdown");
  await settlesWithin(system.clock, system.drain(), drainMs * FORCE_SHARE);
  return cutOff;
}
