// What the gateway is given of the node: its view, its servers, and the WebSockets it takes.
import type { GatewayOptions } from "#gateway/gateway.ts";
import type { ServersView } from "#gateway/servers.ts";

import packageFile from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import type { ActorSystem } from "./core/system.ts";
import type { Listeners } from "./listeners.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import type { ServerFigures } from "./observe/figures.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createNodeView } from "./observe/node-view.ts";
import type { StartedTraces } from "./observe/start-traces.ts";
import type { NotReady } from "./observe/view.ts";
import type { createServices } from "./services.ts";

interface Sources {
  readonly system: ActorSystem;
  readonly table: ConnectionTable;
  readonly services: ReturnType<typeof createServices>;
  readonly listeners: Listeners;
  readonly servers: (ServersView & { figures(): Promise<ServerFigures | undefined> }) | undefined;
  readonly config: Config;
  readonly log: Log;
  readonly traces: StartedTraces;
  readonly notReady: () => NotReady | undefined;
}

export function createGatewayParts(sources: Sources): Omit<GatewayOptions, "adminToken"> {
  const { system, table, services, listeners, servers, config, log, traces, notReady } = sources;
  const more = { memory: system.memory, udp: listeners.udp, servers: servers?.figures, traces: traces.figures, log };
  const figures = { system, net: table, ledger: services.ledger.stats, ...more };
  const metrics = createMetrics({ ...figures, processStartedAt: systemClock.unixMs() });
  const { version } = packageFile;
  return {
    host: config.httpHost,
    port: config.httpPort,
    view: createNodeView({ system, net: table, serverId: config.serverId, version, notReady, metrics }),
    logs: log.view,
    servers,
    webSockets: new Map([["/chat", listeners.openWebSession]]),
  };
}
