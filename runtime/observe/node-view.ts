// The view of a running node that the gateway is given: what is shown is read from the system when somebody asks.
import { RuntimeError } from "../core/errors.ts";
import { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import { createActorsView } from "./actors-view.ts";
import { createDeadLettersView } from "./dead-letters-view.ts";
import type { ConnectionFigures, NetFigures } from "./figures.ts";
import { pageOf } from "./page-of.ts";
import type { NodeView, NotReady, Page, PageQuery, SessionView } from "./view.ts";

export interface NodeViewSources {
  readonly system: ActorSystem;
  readonly net: NetFigures;
  readonly serverId: string;
  readonly version: string;
  /** Why the node is not ready; undefined when it is. */
  readonly notReady: () => NotReady | undefined;
  readonly metrics: () => Promise<string>;
}

export function createNodeView(sources: NodeViewSources): NodeView {
  const { system, net, serverId, version } = sources;
  const operations = new Operations(system);
  const startedAt = system.clock.unixMs();
  const startedMs = system.clock.monotonicMs();
  return {
    ...createActorsView(system, operations),
    ...createDeadLettersView(system, operations),
    readiness() {
      const not = sources.notReady();
      return not === undefined ? { ready: true } : { ready: false, ...not };
    },
    about: () => ({ serverId, version, startedAt, uptimeMs: Math.round(system.clock.monotonicMs() - startedMs) }),
    sessions: (query) => sessionsPage(net, query),
    disconnect(sessionId) {
      const connection = net.connections.get(sessionId);
      connection?.end("disconnected_by_operator");
      return connection !== undefined;
    },
    metrics: sources.metrics,
  };
}

/** Oldest first; ids only grow, so a page goes on behind its cursor though that session may be gone. */
function sessionsPage(net: NetFigures, query: PageQuery): Page<SessionView> {
  const connections = Array.from(net.connections.values());
  const { after } = query;
  if (after !== undefined && !SESSION_ID.test(after)) {
    throw new RuntimeError(
      "actor.bad_input",
      "Cannot go on after this cursor: it is no session's id, as `next` is one",
    );
  }
  const rest = after === undefined ? connections : connections.filter(({ id }) => countOf(id) > countOf(after));
  const { items, ...next } = pageOf(rest, query.limit, (connection) => connection.id);
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
