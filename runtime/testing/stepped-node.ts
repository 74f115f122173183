// A stepped system with the view that the gateway is given, and a loop that runs it while a client waits for an answer.
import type { AnyActorType } from "../core/definition.ts";
import { createMetrics } from "../observe/metrics.ts";
import { createNodeView } from "../observe/node-view.ts";
import type { NodeView } from "../observe/view.ts";
import { watch } from "./outcome.ts";
import { type SteppedOptions, SteppedSystem } from "./stepped-system.ts";

export interface SteppedNode {
  readonly stepped: SteppedSystem;
  readonly view: NodeView;
  /** Lets actors run until the promise settles, however long the network takes; no time of theirs passes meanwhile. */
  serve<Value>(promise: Promise<Value>): Promise<Value>;
}

/** Nobody is connected to it. As a node in production: what actors send each other is taken on trust. */
export function createSteppedNode(types: readonly AnyActorType[], options: SteppedOptions = {}): SteppedNode {
  const stepped = new SteppedSystem(types, { development: false, ...options });
  const { system } = stepped;
  const net = {
    stats: {
      accepted: 0,
      bytesIn: 0,
      messagesIn: 0,
      messagesOut: 0,
      pauses: 0,
      refused: new Map<string, number>(),
      ended: new Map<string, number>(),
      dialFailed: new Map<string, number>(),
    },
    connections: new Map(),
    connectionCount: () => 0,
    bytesOut: () => 0,
    outboundBytes: () => 0,
  };
  const ledger = { lines: 0, failures: 0, lost: 0 };
  const metrics = createMetrics({ system, net, ledger, processStartedAt: stepped.clock.unixMs() });
  const view = createNodeView({
    system,
    net,
    serverId: "stepped",
    version: "0.0.0",
    notReady: () => undefined,
    metrics,
  });
  return {
    stepped,
    view,
    async serve(promise) {
      const watched = watch(promise);
      await stepped.started();
      while (watched.outcome.kind === "pending") await stepped.clock.settle();
      return promise;
    },
  };
}
