// The watchdog's own thread: looks at the board a few times a second, and names the turn that holds the loop.
import { writeSync } from "node:fs";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { systemClock } from "../base/clock.ts";
import { type BoardReading, TurnBoard } from "./turn-board.ts";
import type { NotedTurn } from "./turn-note.ts";
import { TurnWatch, type Verdict } from "./turn-watch.ts";

export interface WatchedType {
  readonly name: string;
  readonly methods: readonly {
    readonly name: string;
    /** Where its handler stands, as `file:line`. */
    readonly definedAt: string;
  }[];
}

/** What the thread is given at its start. Each message that it sends asks the loop for a beat. */
export interface WatchOrder {
  readonly memory: SharedArrayBuffer;
  readonly types: readonly WatchedType[];
  /** The log's numbers for its levels; undefined where it keeps silent. */
  readonly levels: { readonly error: number | undefined; readonly warn: number | undefined };
}

/** Whoever operates the process may try to stop it now. */
const NO_SIGNALS = "no signal is handled until it ends, and kill -9 loses nothing acknowledged";
const BLOCKED = {
  slice: `A turn blocks the process: ${NO_SIGNALS}`,
  resumed: `Something outside all slices blocks the process, maybe a turn that went on after a wait: ${NO_SIGNALS}`,
  other: `Something blocks the process that is no turn, as far as can be seen: ${NO_SIGNALS}`,
} as const;
const FREE_AGAIN = {
  slice: "The turn that blocked the process is over",
  resumed: "What blocked the process is over",
  other: "What blocked the process is over",
} as const;

watchTurns(workerData as WatchOrder, parentPort as MessagePort);

function watchTurns(order: WatchOrder, loop: MessagePort): void {
  const board = new TurnBoard(order.memory);
  let { blockedMs } = board;
  let watch = new TurnWatch(blockedMs, systemClock.monotonicMs());
  let said: BoardReading | undefined;
  let beatsAsked = 0;
  while (!board.waitForStop(watch.everyMs)) {
    if (board.blockedMs !== blockedMs) {
      ({ blockedMs } = board);
      watch = new TurnWatch(blockedMs, systemClock.monotonicMs());
    }
    const reading = board.read();
    const verdict = watch.look(systemClock.monotonicMs(), reading.position);
    if (verdict?.kind === "blocked") said = reading;
    if (verdict !== undefined && said !== undefined) writeLine(order, verdict, said);
    if (board.beats !== beatsAsked) continue;
    beatsAsked = (beatsAsked + 1) | 0;
    loop.postMessage(undefined, []);
  }
}

/** As the log's own lines look, but straight to standard error: the thread that has the log is stuck. */
function writeLine({ types, levels }: WatchOrder, verdict: Verdict, reading: BoardReading): void {
  const isOver = verdict.kind === "over";
  const level = isOver ? levels.warn : levels.error;
  if (level === undefined) return;
  const line = {
    level,
    time: new Date(systemClock.unixMs()).toISOString(),
    reason: isOver ? "loop.free_again" : "loop.blocked",
    ...suspects(types, reading),
    heldMs: Math.round(verdict.heldMs),
    ...(isOver ? { heldMsMax: Math.round(verdict.heldMsMax) } : {}),
    msg: (isOver ? FREE_AGAIN : BLOCKED)[kindOf(reading)],
  };
  try {
    writeSync(2, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody can be told: the reader of standard error is gone, or takes nothing.
  }
}

function kindOf({ running, resumedCount }: BoardReading): keyof typeof BLOCKED {
  if (running !== undefined) return "slice";
  return resumedCount > 0 ? "resumed" : "other";
}

/** The turn whose slice it is; outside slices those that may be it, each once. */
function suspects(types: readonly WatchedType[], { running, resumed, resumedCount }: BoardReading): object {
  if (running !== undefined) return namesOf(types, running);
  const once = new Map(resumed.map((turn) => [JSON.stringify(turn), namesOf(types, turn)]));
  return { mayBe: [...once.values()], resumedCount };
}

function namesOf(types: readonly WatchedType[], { type, method, key }: NotedTurn): object {
  const watched = types[type];
  const { name, definedAt } = watched?.methods[method ?? -1] ?? {};
  return { type: watched?.name, key, method: name, definedAt };
}
