// The view of a running node that the gateway is given: pages cut from the system's own maps when somebody asks.
import type { Cell } from "../core/cell.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import type { ConnectionFigures, NetFigures } from "./figures.ts";
import type { ActorQuery, ActorTypeView, ActorView, NodeView, Page, PageQuery, SessionView } from "./view.ts";

export interface NodeViewSources {
  readonly system: ActorSystem;
  readonly net: NetFigures;
  readonly serverId: string;
  readonly version: string;
  /** Why the node is not ready; undefined when it is. */
  readonly notReady: () => string | undefined;
  readonly metrics: () => Promise<string>;
}

export function createNodeView(sources: NodeViewSources): NodeView {
  const { system, net, serverId, version } = sources;
  const startedAt = system.clock.unixMs();
  const startedMs = system.clock.monotonicMs();
  return {
    readiness() {
      const why = sources.notReady();
      return why === undefined ? { ready: true } : { ready: false, why };
    },
    about: () => ({ serverId, version, startedAt, uptimeMs: Math.round(system.clock.monotonicMs() - startedMs) }),
    actorTypes: () => system.hosts.map(typeView),
    actors: (query) => actorsPage(system, query),
    sessions: (query) => sessionsPage(net, query),
    disconnect(sessionId) {
      const connection = net.connections.get(sessionId);
      connection?.end("disconnected_by_operator");
      return connection !== undefined;
    },
    metrics: sources.metrics,
  };
}

function typeView({ type, cells }: TypeHost): ActorTypeView {
  const methods = Array.from(type.methods.values(), (method) => ({
    name: method.name,
    kind: method.kind === "read" ? ("read" as const) : ("write" as const),
    ...(method.in === undefined ? {} : { in: method.in }),
    ...(method.out === undefined ? {} : { out: method.out }),
  }));
  return { type: type.name, kind: type.session === undefined ? "actor" : "session", live: cells.size, methods };
}

/** Ordered by type, then by key; the cursor is the address of the last one shown, which may be gone by now. */
function actorsPage(system: ActorSystem, query: ActorQuery): Page<ActorView> {
  const nowMs = system.clock.monotonicMs();
  const hosts = system.hosts.filter((host) => query.type === undefined || host.type.name === query.type);
  const cells = hosts.flatMap((host) => Array.from(host.cells.values()));
  cells.sort((left, right) => (left.address < right.address ? -1 : 1));
  const { after } = query;
  const rest = after === undefined ? cells : cells.filter((cell) => cell.address > after);
  return pageOf(
    rest,
    query.limit,
    (cell) => cell.address,
    (cell) => actorView(cell, nowMs),
  );
}

/** Oldest first; ids only grow, so a page goes on behind its cursor though that session may be gone. */
function sessionsPage(net: NetFigures, query: PageQuery): Page<SessionView> {
  const connections = Array.from(net.connections.values());
  const { after } = query;
  const rest = after === undefined ? connections : connections.filter(({ id }) => Number(id) > Number(after));
  return pageOf(rest, query.limit, (connection) => connection.id, sessionView);
}

function pageOf<Item, View>(
  rest: readonly Item[],
  limit: number,
  idOf: (item: Item) => string,
  viewOf: (item: Item) => View,
): Page<View> {
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const more = last !== undefined && shown.length < rest.length;
  return { items: shown.map(viewOf), ...(more ? { next: idOf(last) } : {}) };
}

function actorView(cell: Cell, nowMs: number): ActorView {
  const idle = cell.status === "idle";
  return {
    type: cell.host.type.name,
    key: cell.key,
    status: cell.status,
    mailbox: cell.mailbox.count,
    mailboxBytes: cell.mailbox.bytes,
    turns: cell.turns,
    idleMs: idle ? Math.max(0, Math.round(nowMs - cell.idleSinceMs)) : 0,
  };
}

function sessionView(connection: ConnectionFigures): SessionView {
  const { id, sessionAddress: actor, transport, remoteAddress, remotePort, openedAt } = connection;
  const { bytesIn, bytesOut, outboundBytes, paused } = connection;
  return { id, actor, transport, remoteAddress, remotePort, openedAt, bytesIn, bytesOut, outboundBytes, paused };
}
