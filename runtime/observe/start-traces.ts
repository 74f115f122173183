// Traces, where somebody collects them: what makes and sends spans is loaded only then.
import { systemRandom } from "../base/random.ts";
import type { TurnTracer } from "../core/ports.ts";
import type { ExportOptions, TraceFigures } from "./trace-export.ts";

export interface StartedTraces {
  /** Undefined, as the figures are, where there is no endpoint: then nothing is followed. */
  readonly tracer: TurnTracer | undefined;
  readonly figures: TraceFigures | undefined;
  /** To be called when the sockets have been given what a step's turns have sent. */
  readonly flushed: () => void;
  /** What waits for the collector goes out first, as far as there is time for it. */
  readonly stop: () => Promise<void>;
}

/** Of messages that say nothing of it, `share` are followed: 0 to 1. */
export async function startTraces(options: ExportOptions & { readonly share: number }): Promise<StartedTraces> {
  const { endpoint, clock, share } = options;
  if (endpoint === "") return { tracer: undefined, figures: undefined, flushed: nothing, stop: async () => undefined };
  const [{ startExport }, { Traces }] = await Promise.all([import("./trace-export.ts"), import("./traces.ts")]);
  const out = startExport(options);
  const tracer = new Traces({ out, clock, random: systemRandom, share });
  return { tracer, figures: out.figures, flushed: () => tracer.flushed(), stop: out.stop };
}

const nothing = (): void => undefined;
