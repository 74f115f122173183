// The watchdog's own thread: looks at the board a few times a second, and names the turn that holds the loop.
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

import { systemClock } from "../base/clock.ts";
import { type RunningTurn, TurnBoard } from "./turn-board.ts";
import { TurnWatch, type Verdict } from "./turn-watch.ts";

export interface WatchedType {
  readonly name: string;
  readonly methods: readonly {
    readonly name: string;
    /** Where its handler stands, as `file:line`. */
    readonly definedAt: string;
  }[];
}

/** What the thread is given at its start. */
export interface WatchOrder {
  readonly memory: SharedArrayBuffer;
  readonly types: readonly WatchedType[];
  readonly blockedMs: number;
  /** The log's numbers for its levels; undefined where it keeps silent. */
  readonly levels: { readonly error: number | undefined; readonly warn: number | undefined };
}

watchTurns(workerData as WatchOrder);

function watchTurns(order: WatchOrder): void {
  const board = new TurnBoard(order.memory);
  const watch = new TurnWatch(order.blockedMs, systemClock.monotonicMs());
  let said: RunningTurn | undefined;
  while (!board.waitForStop(watch.everyMs)) {
    const running = board.running();
    const verdict = watch.look(systemClock.monotonicMs(), running?.sequence);
    if (verdict?.kind === "blocked") said = running;
    if (verdict !== undefined && said !== undefined) writeLine(order, verdict, said);
  }
}

/** As the log's own lines look, but straight to standard error: the thread that has the log is stuck. */
function writeLine({ types, levels }: WatchOrder, verdict: Verdict, { type, method, key }: RunningTurn): void {
  const isOver = verdict.kind === "over";
  const level = isOver ? levels.warn : levels.error;
  if (level === undefined) return;
  const watched = types[type];
  const { name, definedAt } = watched?.methods[method ?? -1] ?? {};
  const line = {
    level,
    time: new Date(systemClock.unixMs()).toISOString(),
    reason: isOver ? "loop.free_again" : "loop.blocked",
    type: watched?.name,
    key,
    method: name,
    definedAt,
    heldMs: Math.round(verdict.heldMs),
    ...(isOver ? { heldMsMax: Math.round(verdict.heldMsMax) } : {}),
    msg: isOver ? "The turn that blocked the process is over" : "A turn blocks the process",
  };
  try {
    writeSync(2, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody can be told: the reader of standard error is gone, or takes nothing.
  }
}
