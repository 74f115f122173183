// Who listens to what the core reports: the log, the watchdog, the sampler of stacks, the traces.
import { systemClock } from "./base/clock.ts";
import type { Config } from "./config.ts";
import type { AnyActorType } from "./core/definition.ts";
import { logEvents } from "./observe/event-log.ts";
import type { Log } from "./observe/log.ts";
import { startStackSampler } from "./observe/stack-sampler.ts";
import { startTraces } from "./observe/start-traces.ts";
import { startWatchdog, watchedType } from "./observe/watchdog.ts";

interface Sources {
  readonly types: readonly AnyActorType[];
  readonly config: Config;
  readonly log: Log;
  readonly storeFailed: (error: unknown) => void;
}

export async function startObservers({ types, config, log, storeFailed }: Sources) {
  const watchdog = startWatchdog({ types: types.map(watchedType), blockedMs: config.blockedMs, log });
  const stacks = config.stacks ? startStackSampler(systemClock) : undefined;
  const traces = await startTraces({ ...config.traces, serverId: config.serverId, clock: systemClock, log });
  return {
    /** For the system. */
    ears: { probe: watchdog.probe, events: logEvents(log, storeFailed, stacks), tracer: traces.tracer },
    traces,
    /** A turn that blocks the process so long is named from now on. */
    watch: (blockedMs: number): void => watchdog.watch(blockedMs),
    async stop(): Promise<void> {
      stacks?.stop();
      await traces.stop();
      void watchdog.stop();
    },
  };
}
