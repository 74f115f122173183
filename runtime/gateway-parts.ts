// What the gateway is given of the node: its view, its servers, and the WebSockets it takes.
import type { GatewayOptions } from "#gateway/gateway.ts";
import type { ServersView } from "#gateway/servers.ts";

import packageFile from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import type { ActorSystem } from "./core/system.ts";
import { createLedgerView } from "./ledger-download.ts";
import type { Listeners } from "./listeners.ts";
import type { LiveLimits } from "./live-limits.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { ledgerPath } from "./node-files.ts";
import type { ServerFigures } from "./observe/figures.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createNodeView } from "./observe/node-view.ts";
import type { NotReady, SessionView } from "./observe/view.ts";
import { createProcessView, type Late } from "./process-parts.ts";
import type { createServices } from "./services.ts";

interface Sources {
  readonly system: ActorSystem;
  readonly table: ConnectionTable;
  readonly services: ReturnType<typeof createServices>;
  readonly listeners: Listeners;
  readonly servers: (ServersView & { figures(): Promise<ServerFigures | undefined> }) | undefined;
  readonly live: LiveLimits;
  readonly late: Late;
  readonly log: Log;
  readonly notReady: () => NotReady | undefined;
}

export function createGatewayParts(sources: Sources): Omit<GatewayOptions, "adminToken"> {
  const { system, table, services, listeners, servers, live, late, log, notReady } = sources;
  const { config } = live;
  const more = { memory: system.memory, udp: listeners.udp, servers: servers?.figures };
  const figures = { system, net: table, ledger: services.ledger.stats, ...more };
  const metrics = createMetrics({ ...figures, processStartedAt: systemClock.unixMs() });
  const ledger = createLedgerView(ledgerPath(config));
  const ending = (): boolean => notReady()?.why === "draining";
  const disconnected = (session: SessionView, why: string | undefined): void => {
    const { id, actor, remoteAddress, remotePort } = session;
    const reason = "disconnected_by_operator";
    log.logger.info(
      { reason, why, id, actor, remoteAddress, remotePort },
      "Ends a session: an operator has asked for it",
    );
  };
  const { version } = packageFile;
  return {
    host: config.httpHost,
    port: config.httpPort,
    view: createNodeView({ system, net: table, serverId: config.serverId, version, notReady, metrics, disconnected }),
    servers,
    process: createProcessView({ system, table, live, late, ending, ledger }),
    webSockets: new Map([["/chat", listeners.openWebSession]]),
  };
}
