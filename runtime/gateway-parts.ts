// What the gateway is given of the node: its view, its servers, and the WebSockets it takes.
import { Access, ACCESS_KEY } from "#actors/access/access.ts";
import { Audit, AUDIT_KEY } from "#actors/audit/audit.ts";
import type { SessionAddress } from "#actors/chat/session-address.ts";
import type { GatewayOptions } from "#gateway/gateway.ts";
import type { ServersView } from "#gateway/servers.ts";

import packageFile from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import type { ActorSystem } from "./core/system.ts";
import type { DomainSources } from "./domain/domain-sources.ts";
import { createDomainViews } from "./domain/domain-views.ts";
import { createLedgerView } from "./ledger-download.ts";
import type { Listeners } from "./listeners.ts";
import type { LiveLimits } from "./live-limits.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { ledgerPath, readHttpTls } from "./node-files.ts";
import type { ServerFigures } from "./observe/figures.ts";
import { LiveSampler } from "./observe/live-sampler.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createNodeView } from "./observe/node-view.ts";
import type { StartedTraces } from "./observe/start-traces.ts";
import type { NotReady, SessionView } from "./observe/view.ts";
import { createProcessView, type Late } from "./process-parts.ts";
import type { createServices } from "./services.ts";

interface Sources {
  readonly system: ActorSystem;
  readonly catalog: Pick<DomainSources, "types">;
  readonly table: ConnectionTable;
  readonly services: ReturnType<typeof createServices>;
  readonly listeners: Listeners;
  readonly servers: (ServersView & { figures(): Promise<ServerFigures | undefined> }) | undefined;
  readonly limitsNow: LiveLimits;
  readonly late: Late;
  readonly log: Log;
  readonly traces: StartedTraces;
  readonly notReady: () => NotReady | undefined;
}

export function createGatewayParts(sources: Sources): Omit<GatewayOptions, "adminToken"> {
  const { system, catalog, table, services, listeners, servers, limitsNow, late, log, traces, notReady } = sources;
  const { config } = limitsNow;
  const more = { memory: system.memory, udp: listeners.udp, servers: servers?.figures, traces: traces.figures, log };
  const figures = { system, net: table, ledger: services.ledger.stats, ...more };
  const metrics = createMetrics({ ...figures, processStartedAt: systemClock.unixMs() });
  const { version } = packageFile;
  const about = { serverId: config.serverId, version };
  const view = createNodeView({ system, net: table, ...about, notReady, metrics, disconnected: loggedBy(log) });
  const endSession = ({ type, key }: SessionAddress): void => {
    const connection = table.connections.get(key);
    if (connection?.sessionAddress === `${type}/${key}`) connection.end("disconnected_by_operator");
  };
  const domain = createDomainViews({
    types: catalog.types,
    view,
    ref: (type, key) => system.ref(type, key),
    endSession,
  });
  return {
    host: config.httpHost,
    port: config.httpPort,
    live: new LiveSampler({ system, net: table, notReady }),
    logs: log.view,
    view,
    access: system.ref(Access, ACCESS_KEY),
    audit: system.ref(Audit, AUDIT_KEY),
    clock: systemClock,
    tls: config.httpTls && readHttpTls(config.httpTls),
    servers,
    process: createProcessView({
      system,
      table,
      live: limitsNow,
      late,
      ending: () => notReady()?.why === "draining",
      ledger: createLedgerView(ledgerPath(config)),
    }),
    domain,
    webSockets: new Map([
      ["/chat", listeners.openWebSession],
      ["/match", listeners.openWebMatchSession],
    ]),
  };
}

/** Its end has a code that programs know; why somebody wanted it is for people. */
function loggedBy({ logger }: Log): (session: SessionView, why: string | undefined) => void {
  return ({ id, actor, remoteAddress, remotePort }, why) => {
    const about = { reason: "disconnected_by_operator", why, id, actor, remoteAddress, remotePort };
    logger.info(about, "Ends a session: an operator has asked for it");
  };
}
