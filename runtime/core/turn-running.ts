// Hot. A message becomes a turn: its handler is called, and what it ends in is acted on, now or when a promise settles.
import { limits } from "../limits.ts";
import { type ActivatedCell, remember } from "./activation.ts";
import type { SessionMethods } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { runOnce } from "./once-results.ts";
import type { MessageBatch } from "./ports.ts";
import { OUTCOME, type Outcome } from "./recorder.ts";
import { failTurn, giveUpTurn, succeed } from "./turn-ending.ts";
import { beginOccasion } from "./turn-occasion.ts";
import { Turn, type TurnCell } from "./turn.ts";

export interface RunningCell extends ActivatedCell, TurnCell {
  /** The turn that runs now, or that has the actor to itself while it waits. */
  turn: Turn | undefined;
  /** Reads that wait side by side. */
  reads: Turn | undefined;
  /** For the next turn, as long as no other actor runs; one that waits keeps its own. */
  spareTurn: Turn | undefined;
  recordSlot: number;
  turnEnded(turn: Turn, endedMs: number): void;
}

/** The envelope is at the head of the mailbox, and may have its turn. */
export function runEnvelope(cell: RunningCell, envelope: Envelope): void {
  const { meter, tracer } = cell.services;
  const { asking, trace } = envelope;
  cell.mailbox.shift(envelope);
  const startedMs = asking === undefined ? meter.nowMs : meter.read(cell);
  const turn = (cell.spareTurn ??= new Turn(cell));
  turn.begin(envelope.method, envelope, Math.max(0, startedMs - envelope.queuedMs));
  if (tracer !== undefined) turn.span = trace === undefined ? undefined : tracer.call(turn, trace);
  if (asking?.start(startedMs, turn) === false) {
    if (turn.span !== undefined) turn.span.ended(OUTCOME.expired);
    meter.turnOver(cell, turn, OUTCOME.expired);
  } else runTurn(cell, turn, envelope.input);
}

/** The batch is at the head of the mailbox: its next message has a turn. */
export function runMessage(cell: RunningCell, batch: MessageBatch): void {
  const { meter, tracer } = cell.services;
  const { arrivedMs } = batch;
  const input = cell.mailbox.shiftMessage(batch);
  const turn = (cell.spareTurn ??= new Turn(cell));
  const { message } = cell.host.type.session as SessionMethods;
  turn.begin(message, undefined, meter.nowMs - arrivedMs, arrivedMs);
  if (tracer !== undefined) turn.span = tracer.message(turn);
  runTurn(cell, turn, input);
}

function runTurn(cell: RunningCell, turn: Turn, input: unknown): void {
  const { meter, probe } = cell.services;
  const { method, envelope } = turn;
  turn.live = true;
  cell.turn = turn;
  probe?.turn(method.index);
  let outcome: Outcome = OUTCOME.answered;
  try {
    if (cell.presence !== "present") remember(cell);
    const result = envelope?.origin === undefined ? method.handler(turn, input) : runOccasion(cell, turn, envelope);
    const promise = promiseOf(result);
    if (promise !== undefined) return void awaitTurn(cell, turn, promise);
    succeed(cell, turn, result);
  } catch (error) {
    outcome = failTurn(cell, turn, error);
  }
  if (turn.span !== undefined) turn.span.ended(outcome);
  turn.live = false;
  cell.turn = undefined;
  // While developing, also what a handler leaves behind unawaited finds that its turn is over.
  if (turn.mayComeBack || cell.services.development) cell.spareTurn = undefined;
  if (cell.connection === undefined) meter.turnOver(cell, turn, outcome);
  else sessionTurnOver(cell, turn, outcome);
}

function sessionTurnOver(cell: RunningCell, turn: Turn, outcome: Outcome): void {
  const { meter, clock } = cell.services;
  // A reading costs 40 ns, a tenth of a short turn: where the handler has read the clock, that stands for the end.
  const endedMs = turn.lastReadMs > meter.nowMs ? turn.lastReadMs : clock.monotonicMs();
  meter.turnOver(cell, turn, outcome, endedMs);
  if (turn.arrivedMs >= 0) cell.host.stats.latencies.record(endedMs - turn.arrivedMs);
  if (turn.method.kind === "lifecycle") cell.turnEnded(turn, endedMs);
}

/** A message that is more than a call: what it stands for is checked and noted before its handler is called. */
function runOccasion(cell: RunningCell, turn: Turn, envelope: Envelope): unknown {
  const { method, input, origin } = envelope;
  if (origin === undefined || !beginOccasion(cell, turn, origin)) return undefined;
  if (origin.once === undefined || cell.durable === undefined) return method.handler(turn, input);
  // Of each method apart: another method's answer would be none to this call.
  const name = `${method.name}:${origin.once}`;
  const { onceResultsMax: countMax = limits.onceResultsMax } = cell.host.type.options;
  return runOnce(turn, { rows: cell.durable.rows, countMax }, name, () => method.handler(turn, input));
}

/** The turn is held until its promise settles, also where nobody waits for what it ends in. */
async function awaitTurn(cell: RunningCell, turn: Turn, result: Promise<unknown>): Promise<void> {
  const { meter, openTurns } = cell.services;
  turn.wait();
  cell.spareTurn = undefined;
  meter.waits(cell, turn.method);
  openTurns.add(turn);
  if (turn.method.kind === "read") shareRead(cell, turn);
  let outcome: Outcome = OUTCOME.answered;
  try {
    const value = await result;
    if (turn.abandoned) return;
    succeed(cell, turn, value);
  } catch (error) {
    if (turn.abandoned) return;
    outcome = failTurn(cell, turn, error);
  }
  waitedTurnOver(cell, turn, outcome);
}

/** A turn that waits is over now, whatever its handler still does: its changes go, and it is told to stop. */
export function abandonTurn(cell: RunningCell, turn: Turn, because: string): void {
  turn.abandoned = true;
  turn.cancel(because);
  giveUpTurn(cell, turn, new RuntimeError("actor.cancelled", `Gave up a turn of "${cell.address}": ${because}`));
  waitedTurnOver(cell, turn, OUTCOME.cancelled);
}

function waitedTurnOver(cell: RunningCell, turn: Turn, outcome: Outcome): void {
  const { meter, openTurns } = cell.services;
  if (turn.span !== undefined) turn.span.ended(outcome);
  turn.live = false;
  openTurns.remove(turn);
  if (cell.turn === turn) cell.turn = undefined;
  else unshareRead(cell, turn);
  const endedMs = meter.waitedTurnOver(cell, turn, outcome);
  if (turn.arrivedMs >= 0) cell.host.stats.latencies.record(endedMs - turn.arrivedMs);
  cell.turnEnded(turn, endedMs);
}

/** What a handler returned, where it has to be waited for: query builders and the like are no promises. */
function promiseOf(result: unknown): Promise<unknown> | undefined {
  if (result instanceof Promise) return result;
  if (typeof result !== "object" || result === null) return undefined;
  const { then } = result as { readonly then?: unknown };
  return typeof then === "function" ? Promise.resolve(result) : undefined;
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
