// The actor system of a server, begun; and what of it others are given: the server among others, what its memory holds.
import { BROKER_KEY } from "#actors/broker/broker-addresses.ts";
import type { createCatalog } from "#actors/catalog.ts";
import { CEILING_KEY } from "#actors/servers/clock-ceiling.ts";
import { DESK_KEY } from "#actors/servers/request-desk.ts";
import { SERVER_KEY } from "#actors/servers/server-addresses.ts";

import { systemClock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import type { AnyActorType } from "./core/definition.ts";
import type { CoreEvents, Store, TurnProbe, TurnTracer } from "./core/ports.ts";
import { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import { beginClock } from "./messaging-start.ts";
import type { Collected } from "./quiet-collector.ts";

type Catalog = ReturnType<typeof createCatalog>;

/** One request that another node's broker has dealt. */
const SERVE_MS = 2 * limits.askTimeoutMs;

export function serverActors(system: ActorSystem, { types, clocks, administration }: Catalog) {
  const own = system.ref(types.server, SERVER_KEY);
  const actors = {
    beat: () => void own.tell.beat(),
    status: () => own.status(),
    elections: (query: Parameters<typeof own.elections>[0]) => own.elections(query),
    queues: () => system.ref(types.requestBroker, BROKER_KEY).figures(),
    tick: () => clocks.lamport.tick(),
    // Longer than the store at home is waited for: so there is a reply that says that it did not answer.
    serve: (body: string[]) => system.ref(types.requestDesk, DESK_KEY).serve(body, { timeoutMs: SERVE_MS }),
  };
  return { actors, administration, adminSession: types.adminSession };
}

interface SystemParts {
  readonly types: readonly AnyActorType[];
  readonly store: Store;
  readonly probe: TurnProbe;
  readonly events: CoreEvents;
  readonly tracer: TurnTracer | undefined;
}

export function createSystem(parts: SystemParts, config: Config): ActorSystem {
  const { development } = config;
  const memory = { bytes: () => config.memoryBudgetBytes, used: () => process.memoryUsage.rss() };
  return new ActorSystem({ clock: systemClock, ...parts, development, memory });
}

export async function startSystem(system: ActorSystem, { types, clocks }: Catalog): Promise<void> {
  await system.start();
  await beginClock(clocks.lamport, system.ref(types.clockCeiling, CEILING_KEY));
}

export function collectedOf({ hosts }: ActorSystem): Collected {
  return {
    arrivals: () => hosts.reduce((sum, { stats }) => sum + stats.activations, 0),
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    collect: () => Bun.gc(true),
  };
}
