// The view of a running node that the gateway is given: what is shown is read from the system when somebody asks.
import { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import { createActorsView } from "./actors-view.ts";
import { createDeadLettersView } from "./dead-letters-view.ts";
import type { NetFigures } from "./figures.ts";
import { createSessionsView } from "./sessions-view.ts";
import { createTopicsView } from "./topics-view.ts";
import type { NodeView, NotReady, SessionView } from "./view.ts";

export interface NodeViewSources {
  readonly system: ActorSystem;
  readonly net: NetFigures;
  readonly serverId: string;
  readonly version: string;
  /** Why the node is not ready; undefined when it is. */
  readonly notReady: () => NotReady | undefined;
  readonly metrics: () => Promise<string>;
  /** Hears of each session that an operator ends, and why. */
  readonly disconnected?: (session: SessionView, why: string | undefined) => void;
}

export function createNodeView(sources: NodeViewSources): NodeView {
  const { system, net, serverId, version } = sources;
  const operations = new Operations(system);
  const startedAt = system.clock.unixMs();
  const startedMs = system.clock.monotonicMs();
  return {
    ...createActorsView(system, operations),
    ...createDeadLettersView(system, operations),
    ...createSessionsView(system, net, sources.disconnected ?? (() => undefined)),
    ...createTopicsView(system),
    readiness() {
      const not = sources.notReady();
      return not === undefined ? { ready: true } : { ready: false, ...not };
    },
    about: () => ({ serverId, version, startedAt, uptimeMs: Math.round(system.clock.monotonicMs() - startedMs) }),
    metrics: sources.metrics,
  };
}
