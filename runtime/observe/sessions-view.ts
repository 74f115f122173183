// Open connections as an operator sees them: page by page, one with what its actor does, and how he ends one.
import { RuntimeError } from "../core/errors.ts";
import { describe } from "../core/queries.ts";
import type { ActorSystem } from "../core/system.ts";
import { actorView } from "./actors-page.ts";
import type { ConnectionFigures, NetFigures } from "./figures.ts";
import { pageOf } from "./page-of.ts";
import type { ActorView, NodeView, Page, SessionQuery, SessionView } from "./view.ts";

/** `disconnected` hears of each session that is ended here, and why. */
export function createSessionsView(
  system: ActorSystem,
  net: NetFigures,
  disconnected: (session: SessionView, why: string | undefined) => void,
): Pick<NodeView, "sessions" | "session" | "disconnect"> {
  return {
    sessions: (query) => sessionsPage(net, query),
    session(id) {
      const connection = net.connections.get(id);
      if (connection === undefined) return undefined;
      const session = actorOf(system, connection);
      return { ...sessionView(connection), ...(session === undefined ? {} : { session }) };
    },
    disconnect(id, why) {
      const connection = net.connections.get(id);
      if (connection === undefined) return false;
      disconnected(sessionView(connection), why);
      connection.end("disconnected_by_operator");
      return true;
    },
  };
}

/** Oldest first; ids only grow, so a page goes on behind its cursor though that session may be gone. */
function sessionsPage(net: NetFigures, query: SessionQuery): Page<SessionView> {
  const { after, limit, transport, address, actorType } = query;
  if (after !== undefined && !SESSION_ID.test(after)) {
    throw new RuntimeError(
      "actor.bad_input",
      "Cannot go on after this cursor: it is no session's id, as `next` is one",
    );
  }
  const afterCount = after === undefined ? 0 : countOf(after);
  const rest: ConnectionFigures[] = [];
  for (const connection of net.connections.values()) {
    if (rest.length > limit) break;
    if (after !== undefined && countOf(connection.id) <= afterCount) continue;
    if (transport !== undefined && connection.transport !== transport) continue;
    if (address !== undefined && connection.remoteAddress !== address) continue;
    if (actorType !== undefined && !connection.sessionAddress.startsWith(`${actorType}/`)) continue;
    rest.push(connection);
  }
  const { items, ...next } = pageOf(rest, limit, ({ id }) => id);
  return { items: items.map(sessionView), ...next };
}

const SESSION_ID = /^(?:.*-)?\d+$/;

/** Ids count up; what stands before the last dash is the same for all of one process. */
function countOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}

function sessionView(connection: ConnectionFigures): SessionView {
  const { id, sessionAddress: actor, transport, remoteAddress, remotePort, openedAt } = connection;
  const { bytesIn, bytesOut, outboundBytes, paused } = connection;
  return { id, actor, transport, remoteAddress, remotePort, openedAt, bytesIn, bytesOut, outboundBytes, paused };
}

/** Some connections are heard by what is no actor. */
function actorOf({ types, clock }: ActorSystem, { sessionAddress }: ConnectionFigures): ActorView | undefined {
  const slash = sessionAddress.indexOf("/");
  const host = types.find(sessionAddress.slice(0, Math.max(0, slash)));
  const found = host && describe(host, sessionAddress.slice(slash + 1));
  return found?.cell && host && actorView(host, found, clock.monotonicMs());
}
