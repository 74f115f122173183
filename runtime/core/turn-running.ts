// Hot. A message becomes a turn: its handler is called, and what it ends in is acted on, now or when its promise settles.

import { limits } from "../limits.ts";
import { type ActivatedCell, remember } from "./activation.ts";
import type { Method, SessionMethods } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { runOnce } from "./once-results.ts";
import type { MessageBatch } from "./ports.ts";
import { OUTCOME, type Outcome } from "./recorder.ts";
import { failTurn, succeed } from "./turn-ending.ts";
import { beginOccasion } from "./turn-occasion.ts";
import { Turn, type TurnCell } from "./turn.ts";

export interface RunningCell extends ActivatedCell, TurnCell {
  /** The turn that runs now, or that has the actor to itself while it waits. */
  turn: Turn | undefined;
  /** Reads that wait side by side. */
  reads: Turn | undefined;
  /** For the next turn of this slice; one that waits keeps its own. */
  spareTurn: Turn | undefined;
  recordSlot: number;
  turnEnded(turn: Turn, endedMs: number): void;
}

/** The envelope is at the head of the mailbox, and may have its turn. */
export function runEnvelope(cell: RunningCell, envelope: Envelope): void {
  const { meter } = cell.services;
  const { asking, method } = envelope;
  cell.mailbox.shift(envelope);
  const startedMs = asking === undefined ? meter.nowMs : meter.read(cell);
  const waitMs = Math.max(0, startedMs - envelope.queuedMs);
  if (asking?.start(startedMs) === false) meter.turnOver(cell, method, OUTCOME.expired, waitMs);
  else runTurn(cell, method, envelope.input, envelope, waitMs);
}

/** The batch is at the head of the mailbox: its next message has a turn. */
export function runMessage(cell: RunningCell, batch: MessageBatch): void {
  const { arrivedMs } = batch;
  const input = cell.mailbox.shiftMessage(batch);
  const waitMs = cell.services.meter.nowMs - arrivedMs;
  runTurn(cell, (cell.host.type.session as SessionMethods).message, input, undefined, waitMs, arrivedMs);
}

function runTurn(
  cell: RunningCell,
  method: Method,
  input: unknown,
  envelope: Envelope | undefined,
  waitMs: number,
  arrivedMs?: number,
): void {
  const { meter, probe } = cell.services;
  const turn = (cell.spareTurn ??= new Turn(cell));
  turn.begin(method, envelope);
  cell.turn = turn;
  probe?.turn(method.index);
  let outcome: Outcome = OUTCOME.answered;
  try {
    if (cell.presence !== "present") remember(cell);
    const result = envelope?.origin === undefined ? method.handler(turn, input) : runOccasion(cell, turn, envelope);
    if (result instanceof Promise) {
      turn.wait(waitMs);
      return void awaitTurn(cell, turn, result, arrivedMs);
    }
    succeed(cell, turn, result);
  } catch (error) {
    outcome = failTurn(cell, turn, error);
  }
  turn.live = false;
  cell.turn = undefined;
  if (cell.connection === undefined) return meter.turnOver(cell, method, outcome, waitMs);
  // A reading costs 40 ns, a tenth of a short turn: where the handler has read the clock, that stands for the end.
  const endedMs = turn.lastReadMs > meter.nowMs ? turn.lastReadMs : cell.services.clock.monotonicMs();
  meter.turnOver(cell, method, outcome, waitMs, endedMs);
  if (arrivedMs !== undefined) cell.host.stats.latencies.record(endedMs - arrivedMs);
  if (method.kind === "lifecycle") cell.turnEnded(turn, endedMs);
}

/** A message that is more than a call: what it stands for is checked and noted before its handler is called. */
function runOccasion(cell: RunningCell, turn: Turn, envelope: Envelope): unknown {
  const { method, input, origin } = envelope;
  if (origin === undefined || !beginOccasion(cell, turn, origin)) return undefined;
  if (origin.once === undefined || cell.durable === undefined) return method.handler(turn, input);
  return runOnce(cell.durable.rows, origin.once, () => method.handler(turn, input));
}

/** The turn is held until its promise settles, also where nobody waits for what it ends in. */
async function awaitTurn(cell: RunningCell, turn: Turn, result: Promise<unknown>, arrivedMs?: number): Promise<void> {
  cell.spareTurn = undefined;
  cell.services.meter.waits(cell, turn.method);
  cell.services.openTurns.add(turn);
  if (turn.method.kind === "read") shareRead(cell, turn);
  let outcome: Outcome = OUTCOME.answered;
  try {
    succeed(cell, turn, await result);
  } catch (error) {
    outcome = failTurn(cell, turn, error);
  }
  turn.live = false;
  cell.services.openTurns.remove(turn);
  if (cell.turn === turn) cell.turn = undefined;
  else unshareRead(cell, turn);
  const endedMs = cell.services.meter.waitedTurnOver(cell, turn.method, outcome, turn.waitMs, turn.turnStartedMs);
  if (arrivedMs !== undefined) cell.host.stats.latencies.record(endedMs - arrivedMs);
  cell.turnEnded(turn, endedMs);
}

/** Whether it is a read that may join those that are running, and those about to join them. */
export function mayShare(item: object, reads: Turn | undefined, joining = 0): boolean {
  if (!(item instanceof Envelope) || item.method.kind !== "read") return false;
  let count = joining;
  for (let read = reads; read !== undefined; read = read.next) count++;
  return count < limits.sharedReadsMax;
}

/** What it looks at stays the same for it, also when a read beside it crashes. */
function shareRead(cell: RunningCell, turn: Turn): void {
  cell.turn = undefined;
  turn.sharedState = cell.state;
  turn.next = cell.reads;
  cell.reads = turn;
}

function unshareRead(cell: RunningCell, turn: Turn): void {
  if (cell.reads === turn) {
    cell.reads = turn.next;
    return;
  }
  for (let read = cell.reads; read !== undefined; read = read.next) {
    if (read.next === turn) read.next = turn.next;
  }
}
