// What the ZeroMQ sockets of a process share: a loop that writes once a step, timers, and bounds on connections.
import { type Clock, systemClock } from "../base/clock.ts";
import { type Random, systemRandom } from "../base/random.ts";
import { TimerWheel } from "../base/timer-wheel.ts";
import { RuntimeError } from "../core/errors.ts";
import { Scheduler } from "../core/scheduler.ts";
import { limits } from "../limits.ts";
import { ConnectionTable } from "../net/connection-table.ts";
import type { NetEvents } from "../net/net-events.ts";

/** Of a node it is that of all its connections; other programs make one. */
export interface ZmtpContext {
  readonly table: ConnectionTable;
  /** Spreads those who come back over time. */
  readonly random: Random;
}

/** For a program that is no node. `events` hears of connections that failed or ended; nobody unless given. */
export function createZmtpContext(events: Partial<NetEvents> = {}, clock: Clock = systemClock): ZmtpContext {
  const host = {
    clock,
    wheel: new TimerWheel(clock),
    scheduler: new Scheduler(clock),
    openSession(): never {
      throw new RuntimeError("actor.unknown_type", "Cannot open a session: this program hosts no actors");
    },
  };
  const { handshakeMs, firstByteMs, messageMs, idleMs, writeStallMs, closingTurnsMs: answerMs, lingerMs } = limits;
  const deadlines = { handshakeMs, firstByteMs, messageMs, idleMs, writeStallMs, answerMs, lingerMs };
  const quiet = { refused: () => undefined, failed: () => undefined, ended: () => undefined };
  const table = new ConnectionTable(host, { admission: limits, deadlines }, { ...quiet, ...events });
  return { table, random: systemRandom };
}
