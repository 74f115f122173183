// Names the turn that blocks the process: a thread of its own looks at what the loop is doing and writes the log line.
import { Worker } from "node:worker_threads";

import { type AnyActorType, methodsInOrder } from "../core/definition.ts";
import type { TurnProbe } from "../core/ports.ts";
import type { Log } from "./log.ts";
import { TurnBoard } from "./turn-board.ts";
import type { WatchedType, WatchOrder } from "./watchdog-worker.ts";

export interface WatchdogOptions {
  /** In the order in which the probe counts types, and their methods. */
  readonly types: readonly WatchedType[];
  /** A turn that holds the loop for this long is named; above 0. */
  readonly blockedMs: number;
  readonly log: Log;
}

export interface Watchdog {
  /** For the system whose turns are to be watched. It may be told of turns for ever, whatever becomes of the thread. */
  readonly probe: TurnProbe;
  /** From now on a turn is named that holds the loop for so long; above 0. */
  watch(blockedMs: number): void;
  /** Resolves when the thread is gone; no other is started. */
  stop(): Promise<void>;
}

const WORKER_FILE = new URL("./watchdog-worker.ts", import.meta.url);

/**
 * Never throws and does not keep the process alive. If the thread cannot be started or dies, that is logged once and
 * nothing is watched any more. With a log that is silent about errors there is no thread.
 */
export function startWatchdog({ types, blockedMs, log }: WatchdogOptions, workerFile = WORKER_FILE): Watchdog {
  const board = new TurnBoard();
  const levels = { error: levelNumber(log, "error"), warn: levelNumber(log, "warn") };
  board.blockedMs = blockedMs;
  const order: WatchOrder = { memory: board.memory, types, levels };
  const gone = levels.error === undefined ? Promise.resolve() : startThread(order, workerFile, board, log);
  return {
    probe: board,
    watch: (ms) => void (board.blockedMs = ms),
    stop() {
      board.stop();
      return gone;
    },
  };
}

/** Resolves when the thread is gone. */
function startThread(order: WatchOrder, workerFile: URL, board: TurnBoard, log: Log): Promise<void> {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  let error: unknown;
  const ended = (exitCode?: number): void => {
    const why = { reason: "watchdog.gone", exitCode, err: error };
    if (!board.stopped) log.logger.error(why, "Cannot name turns that block the process any more");
    resolve();
  };
  try {
    const worker = new Worker(workerFile, { name: "watchdog", workerData: order });
    worker.on("message", () => board.beat());
    // Only now: who listens for messages waits for them, and the process with it.
    worker.unref();
    worker.on("error", (cause) => {
      error = cause;
    });
    worker.on("exit", ended);
  } catch (cause) {
    error = cause;
    ended();
  }
  return gone;
}

function levelNumber({ logger }: Log, level: "error" | "warn"): number | undefined {
  return logger.isLevelEnabled(level) ? logger.levels.values[level] : undefined;
}

/** What the watchdog has to know of an actor type, its methods in the order of their indices. */
export function watchedType(type: AnyActorType): WatchedType {
  return { name: type.name, methods: methodsInOrder(type).map(({ name, definedAt }) => ({ name, definedAt })) };
}
