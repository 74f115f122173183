// How an existing client is kept in sight: it names a port of its own, and we connect there, again when that is lost.
import { limits } from "#runtime/mod.ts";

import type { ExistingSession } from "./existing-state.ts";
import { parsePort } from "./message-fields.ts";
import { say } from "./outlet.ts";
import type { MatchServices } from "./services.ts";

/** 0 is no port, and nobody pings. One of ours is refused: we would ping ourselves. */
export async function takePort(me: ExistingSession, services: MatchServices, text: string): Promise<void> {
  const port = text === "0" ? 0 : parsePort(text);
  if (port === undefined || services.listensAt(me.connection.remoteAddress, port)) {
    me.countRefusal("match.bad_port");
    return say(me, "portERR;Invalid Port");
  }
  me.state.pingPort = port;
  me.state.heardAtMs = me.turnStartedMs;
  if (port !== 0) dialAgain(me, services);
}

/** It has answered no ping for so long that it would be gone with its connection standing, too. */
export function isUnheard({ state, turnStartedMs }: ExistingSession, services: MatchServices): boolean {
  return turnStartedMs - state.heardAtMs > services.heartbeatMs + services.pongMs;
}

/** At once, and then every second until it is reached. */
export function dialAgain(me: ExistingSession, services: MatchServices): void {
  const { pingPort = 0 } = me.state;
  services.dialHeartbeat(me.key, me.connection.remoteAddress, pingPort);
  me.timer("dial", { afterMs: limits.redialMs, send: "dial" });
}

/** At once too, unless another was lost just now: whoever takes connections only to drop them is dialled in measure. */
export function redial(me: ExistingSession, services: MatchServices): void {
  const { state, turnStartedMs: nowMs } = me;
  const { lostAtMs } = state;
  state.lostAtMs = nowMs;
  if (lostAtMs === undefined || nowMs - lostAtMs >= limits.redialMs) return dialAgain(me, services);
  me.timer("dial", { afterMs: limits.redialMs, send: "dial" });
}
