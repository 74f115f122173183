// Hot. A message becomes a turn: its handler is called, and what it ends in is acted on, now or when its promise settles.
import type { Method, SessionMethods } from "./definition.ts";
import type { Envelope } from "./envelope.ts";
import type { Mailbox } from "./mailbox.ts";
import { runOnce } from "./once-results.ts";
import type { MessageBatch } from "./ports.ts";
import { OUTCOME, type Outcome } from "./recorder.ts";
import { type EndingCell, failTurn, succeed } from "./turn-ending.ts";
import { beginOccasion } from "./turn-occasion.ts";
import { Turn, type TurnCell } from "./turn.ts";

export interface RunningCell extends EndingCell, TurnCell {
  readonly mailbox: Mailbox;
  /** The turn that runs now, or that has the actor to itself while it waits. */
  turn: Turn | undefined;
  /** Reads that wait side by side. */
  reads: Turn | undefined;
  /** For the next turn of this slice; one that waits keeps its own. */
  spareTurn: Turn | undefined;
  recordSlot: number;
  /** Brings the state into memory. Throws what the actor's own code throws. */
  remember(): void;
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
  turn.begin(method, envelope, meter.nowMs, waitMs);
  cell.turn = turn;
  probe?.turn(method.index);
  let outcome: Outcome = OUTCOME.answered;
  try {
    cell.remember();
    const result = envelope?.origin === undefined ? method.handler(turn, input) : runOccasion(cell, turn, envelope);
    if (result instanceof Promise) return void awaitTurn(cell, turn, result, arrivedMs);
    succeed(cell, turn, result);
  } catch (error) {
    outcome = failTurn(cell, turn, error);
  }
  turn.live = false;
  cell.turn = undefined;
  if (cell.connection === undefined) return meter.turnOver(cell, method, outcome, waitMs);
  // A reading costs 40 ns, a tenth of a short turn: where the handler has read the clock, that stands for the end.
  const endedMs = turn.lastReadMs > turn.startedMs ? turn.lastReadMs : cell.services.clock.monotonicMs();
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
  turn.keepStart();
  if (turn.method.kind === "read") shareRead(cell, turn);
  let outcome: Outcome = OUTCOME.answered;
  try {
    succeed(cell, turn, await result);
  } catch (error) {
    outcome = failTurn(cell, turn, error);
  }
  turn.live = false;
  if (cell.turn === turn) cell.turn = undefined;
  else unshareRead(cell, turn);
  const endedMs = cell.services.meter.waitedTurnOver(cell, turn.method, outcome, turn.waitMs, turn.startedMs);
  if (arrivedMs !== undefined) cell.host.stats.latencies.record(endedMs - arrivedMs);
  cell.turnEnded(turn, endedMs);
}

function shareRead(cell: RunningCell, turn: Turn): void {
  cell.turn = undefined;
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
