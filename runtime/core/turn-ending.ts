// Hot. What a turn ends in: an answer, a refusal or a crash; who is told, and when it may leave.
import type { Asking } from "./asking.ts";
import type { Method } from "./definition.ts";
import type { Envelope } from "./envelope.ts";
import {
  isPassedOn,
  isStoreFailure,
  Refusal,
  RuntimeError,
  type RuntimeErrorCode,
  standing,
  type Stood,
} from "./errors.ts";
import type { HeldOutput } from "./group-commit.ts";
import type { ConnectionPort } from "./ports.ts";
import { type AddressedCell, Handled, putAside, settleAside, Unhandled } from "./put-aside.ts";
import { frozenCopy } from "./read-only.ts";
import { OUTCOME, type Outcome } from "./recorder.ts";
import { type FailureRecord, textOf } from "./supervision.ts";
import type { Turn } from "./turn.ts";

export interface EndingCell extends AddressedCell {
  readonly address: string;
  readonly connection: ConnectionPort | undefined;
  failure: FailureRecord | undefined;
  /** The next message finds the actor as it was last committed, or fresh. */
  forget(): void;
  cancelTimers(): void;
  /** As one that was never refused: it was let in before. */
  putAgain(envelope: Envelope): void;
  requestStop(by: "turn"): void;
}

/** A turn, or what should have become one. */
type Work = Pick<Turn, "method" | "envelope">;

/** What the runtime itself finds wrong at the end of a turn keeps its name. */
const NAMED: ReadonlySet<RuntimeErrorCode> = new Set([
  "actor.bad_reply",
  "actor.cannot_upgrade",
  "actor.poison",
  "actor.state_from_future",
  "actor.state_not_encodable",
  "actor.state_too_large",
]);

/** While developing, what a read answers with is a copy: nobody looks through it at the state as it changes. */
function answerOf({ services }: EndingCell, { method }: Turn, value: unknown): unknown {
  return method.kind === "read" && services.development ? frozenCopy(value) : value;
}

/** The handler is done. Throws when what it leaves behind cannot be stored; then nothing of it was. */
export function succeed(cell: EndingCell, turn: Turn, value: unknown): void {
  const { durable, failure } = cell;
  if (turn.doomed !== undefined) return fall(cell, turn, turn.doomed);
  if (turn.method.kind !== "read") durable?.stage(cell.state);
  if (failure !== undefined && failure.inARow > 0) failure.wentWell();
  if (turn.stops) cell.requestStop("turn");
  const asking = turn.envelope?.asking;
  if (durable === undefined) return asking?.resolve(answerOf(cell, turn, value));
  if (turn.span !== undefined && !durable.clean) durable.hold(turn.span.commit());
  if (asking !== undefined) {
    const answer = answerOf(cell, turn, value);
    if (durable.clean) asking.resolve(answer);
    else durable.hold(new HeldAnswer(asking, answer));
  } else if (turn.envelope !== undefined && !durable.clean) {
    durable.hold(new Handled(cell, turn.envelope));
  }
  durable.letGo();
}

/** Waits for what its turn changed. */
class HeldAnswer implements HeldOutput {
  readonly #asking: Asking;
  readonly #value: unknown;

  constructor(asking: Asking, value: unknown) {
    this.#asking = asking;
    this.#value = value;
  }

  release(): void {
    this.#asking.resolve(this.#value);
  }

  discard(error: RuntimeError): void {
    this.#asking.reject(error);
  }
}

/** The handler threw, or what it left cannot be stored. */
export function failTurn(cell: EndingCell, turn: Turn, error: unknown): Outcome {
  const { envelope } = turn;
  if (turn.doomed !== undefined) {
    fall(cell, turn, turn.doomed);
    return OUTCOME.crashed;
  }
  if (error instanceof Refusal) return refuse(cell, turn, error);
  if (turn.isCancellation(error)) {
    undo(cell);
    answerLater(cell, envelope, error as RuntimeError);
    return OUTCOME.cancelled;
  }
  if (isStoreFailure(error)) {
    failForStore(cell, turn, error, "running");
    return OUTCOME.crashed;
  }
  if (error instanceof Unhandled && envelope !== undefined) {
    cell.durable?.abandon(error.why);
    settleAside(cell, envelope, error.why);
    return OUTCOME.refused;
  }
  const id = envelope?.origin?.id;
  if (id !== undefined && cell.failure?.isPoison(id)) rejectPoison(cell, envelope as Envelope, error as RuntimeError);
  else crash(cell, turn, error, id);
  return OUTCOME.crashed;
}

/** Its handler is not done, and is not waited for any more: it counts as one that never ran. */
export function giveUpTurn(cell: EndingCell, { envelope }: Turn, why: RuntimeError): void {
  undo(cell);
  if (envelope !== undefined) putAside(cell, envelope, why);
}

/** What it rests on is lost, and so is all that it has done; what it saw and said counts for nothing. */
function fall(cell: EndingCell, { envelope }: Turn, lost: RuntimeError): void {
  cell.cancelTimers();
  cell.durable?.abandon(lost);
  if (envelope !== undefined) putAside(cell, envelope, lost);
}

/** The actor could not be brought into memory for the message at its head, which was taken out. */
export function failActivation(cell: EndingCell, envelope: Envelope, error: unknown): void {
  if (isStoreFailure(error)) failForStore(cell, { method: envelope.method, envelope }, error, "queued");
  // Not the message is to blame: one that comes again does so until it is the actor that is shut.
  else crash(cell, { method: envelope.method, envelope }, error, undefined);
}

/** Not the actor is to blame, so it need not rest, and its key stays open: when the store is back, all goes on. */
function failForStore(cell: EndingCell, work: Work, error: RuntimeError, stood: Stood): void {
  const { envelope } = work;
  if (!isPassedOn(error)) cell.services.events.storeFailed({ error });
  // One that is not stored has no state to go back to.
  if (cell.durable === undefined) reportCrash(cell, work.method, error);
  undo(cell);
  const why = standing(error, stood);
  if (cell.connection !== undefined) return crashSession(cell, work, why);
  if (envelope?.asking !== undefined) answerLater(cell, envelope, why);
  else if (envelope !== undefined) putAside(cell, envelope, why);
}

/** An answer, not a crash: what the turn changed before stays, and is committed before the refusal leaves. */
function refuse(cell: EndingCell, turn: Turn, refusal: Refusal): Outcome {
  const { envelope } = turn;
  const { stats, type } = cell.host;
  stats.countRefusal(refusal.code);
  cell.failure?.wentWell();
  if (envelope?.asking === undefined) {
    cell.services.events.refused({ type: type.name, key: cell.key, reason: refusal.code });
  }
  try {
    if (turn.method.kind !== "read") cell.durable?.stage(cell.state);
  } catch (error) {
    crash(cell, turn, error, envelope?.origin?.id);
    return OUTCOME.crashed;
  }
  // What was changed stays, and so what was destroyed is gone.
  if (turn.stops) cell.requestStop("turn");
  if (turn.span !== undefined && cell.durable?.clean === false) cell.durable.hold(turn.span.commit());
  answerLater(cell, envelope, refusal);
  return OUTCOME.refused;
}

/** As replies: not before what the actor changed earlier is stored. */
function answerLater(cell: EndingCell, envelope: Envelope | undefined, error: Error): void {
  const { durable } = cell;
  const asking = envelope?.asking;
  if (durable === undefined || durable.clean) asking?.reject(error);
  else if (asking !== undefined) {
    durable.hold({ release: () => asking.reject(error), discard: (lost) => asking.reject(lost) });
  } else if (envelope !== undefined) {
    durable.hold(new Handled(cell, envelope));
  }
  durable?.letGo();
}

/** The turn's changes are discarded. A plain actor starts afresh; a session ends with its connection. */
function undo(cell: EndingCell): void {
  cell.cancelTimers();
  cell.durable?.abandon(new RuntimeError("actor.crashed", `Cannot go on from "${cell.address}": its turn crashed`));
  if (cell.durable?.loaded === true) cell.state = cell.durable.restore();
  else if (cell.connection === undefined) cell.forget();
  // What it has destroyed before an ask stays destroyed.
  if (cell.durable?.endReason === "destroyed") cell.requestStop("turn");
}

/** `id` is that of a message that may be to blame. */
function crash(cell: EndingCell, work: Work, error: unknown, id: string | undefined): void {
  const { host, services, key } = cell;
  const { method, envelope } = work;
  reportCrash(cell, method, error);
  undo(cell);
  const why = crashError(cell, method, error);
  if (cell.connection !== undefined) return crashSession(cell, work, why);
  const failure = (cell.failure = host.failureOf(key));
  const nowMs = services.clock.monotonicMs();
  // Where it crashed over an ask whose deadline is its own, that is what it ends in.
  envelope?.asking?.look(nowMs);
  const verdict = failure.crashed(nowMs, id);
  if (envelope?.asking !== undefined) answerLater(cell, envelope, why);
  else if (envelope?.origin?.repeats === true && verdict !== "poison") cell.putAgain(envelope);
  else if (envelope !== undefined) settleAside(cell, envelope, why);
  if (verdict !== "quarantine" || host.quarantined.has(key)) return;
  if (!host.quarantine(key, textOf(error))) failure.restLongest(nowMs);
}

function reportCrash({ host, services, key }: EndingCell, { name }: Method, error: unknown): void {
  host.stats.crashes++;
  services.events.crashed({ type: host.type.name, key, method: name, error });
}

/** A session ends with its connection; who called it is told before. */
function crashSession(cell: EndingCell, { method, envelope }: Work, why: RuntimeError): void {
  if (envelope?.asking !== undefined) envelope.asking.reject(why);
  else if (envelope !== undefined && method.kind !== "lifecycle") cell.services.deadLetter(cell, envelope, why);
  cell.connection?.crashed();
}

/** Its handler was not called: that is no crash. */
function rejectPoison(cell: EndingCell, envelope: Envelope, why: RuntimeError): void {
  if (envelope.asking !== undefined) answerLater(cell, envelope, why);
  else settleAside(cell, envelope, why);
}

function crashError(cell: EndingCell, method: Method, error: unknown): RuntimeError {
  if (error instanceof RuntimeError && NAMED.has(error.code)) return error;
  const message = `Crashed in ${cell.address}.${method.name}: ${textOf(error)}`;
  return new RuntimeError("actor.crashed", message, { stood: "running", cause: error });
}
