// Where a turn computed too long: the stack that the engine's own sampling profiler met most often meanwhile.
import { samplingProfilerStackTraces, startSamplingProfiler } from "bun:jsc";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";

export interface StackSampler {
  /** One line a frame, innermost first, of the last `lastMs` milliseconds; undefined when they were not sampled. */
  stackOf(lastMs: number): string | undefined;
  /** The engine goes on sampling: nothing is thrown away any more. */
  stop(): void;
}

declare module "bun:jsc" {
  /** There, and not in Bun's types. What was sampled since the last call. */
  // oxlint-disable-next-line no-shadow
  function samplingProfilerStackTraces(): SamplingProfileStackTraces;
}

type Trace = ReturnType<typeof samplingProfilerStackTraces>["traces"][number];
type Frame = Trace["frames"][number];

/** What lies below a handler on the stack tells nothing about it. */
const CORE = new URL("../core/", import.meta.url).pathname;
/** The engine's word for a line it does not know. */
const UNKNOWN_LINE = 0xffff_ffff;

/**
 * Samples the whole process a thousand times a second until it ends. For developing, and for finding out: a busy
 * process stands still for some milliseconds each second while old samples are thrown away.
 */
export function startStackSampler(clock: Clock): StackSampler {
  startSamplingProfiler();
  const forget = (): (() => void) => {
    samplingProfilerStackTraces();
    return clock.after(limits.stackSamplesMs, () => (cancel = forget()));
  };
  let cancel = forget();
  return {
    stackOf: (lastMs) => mostFrequent(newest(samplingProfilerStackTraces().traces, lastMs)),
    stop: () => cancel(),
  };
}

/** Samples know the time between them and no other: the last one was taken just now. */
function newest(traces: readonly Trace[], lastMs: number): readonly Trace[] {
  const since = (traces.at(-1)?.timestamp ?? 0) - lastMs / 1_000;
  return traces.filter(({ timestamp }) => timestamp >= since);
}

function mostFrequent(traces: readonly Trace[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { frames } of traces) {
    const stack = shown(frames);
    if (stack !== "") counts.set(stack, (counts.get(stack) ?? 0) + 1);
  }
  const [most] = Array.from(counts).toSorted(([, a], [, b]) => b - a);
  return most?.[0];
}

function shown(frames: readonly Frame[]): string {
  const below = frames.findIndex(({ sourceURL }) => sourceURL?.startsWith(CORE));
  const above = below < 0 ? frames : frames.slice(0, below);
  return above
    .filter(({ flags }) => flags === 0)
    .map(nameOf)
    .join("\n");
}

/** Without its column, and where the code is optimised also without its line. */
function nameOf({ name, sourceURL = "native", line }: Frame): string {
  return `${name || "anonymous"} (${sourceURL}${line === UNKNOWN_LINE ? "" : `:${line}`})`;
}
