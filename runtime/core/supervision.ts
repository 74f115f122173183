// What a failed turn means: an answer, the end of one nobody waits for, or a crash; and who is told.
import type { Envelope } from "./envelope.ts";
import { Refusal, RuntimeError } from "./errors.ts";
import type { CoreEvents } from "./ports.ts";
import type { TurnStats } from "./turn-stats.ts";

export interface FailedTurn {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly error: unknown;
  /** The turn was woken out of its sleep because nobody waits for it any more. */
  readonly cancelled: boolean;
  /** The message, when it came as an envelope: its asker is answered. */
  readonly envelope: Envelope | undefined;
}

/** Answers the asker, counts and reports. True when the turn crashed, so that its actor cannot go on as it is. */
export function judgeFailure(turn: FailedTurn, stats: TurnStats, events: CoreEvents): boolean {
  const { type, key, method, error, envelope, cancelled } = turn;
  if (error instanceof Refusal) {
    stats.countRefusal(error.code);
    if (envelope === undefined) events.refused({ type, key, reason: error.code });
    envelope?.reject(error);
    return false;
  }
  if (cancelled) {
    envelope?.reject(error as Error);
    return false;
  }
  stats.crashes++;
  const message = `Crashed in ${type}/${key}.${method}: ${textOf(error)}`;
  envelope?.reject(new RuntimeError("actor.crashed", message, { stood: "running", cause: error }));
  try {
    events.crashed({ type, key, method, error });
  } catch (cause) {
    // Whoever listens could not even look at it.
    events.crashed({ type, key, method, error: new Error("Cannot report what was thrown", { cause }) });
  }
  return true;
}

/** Handlers may throw anything, also what throws again when it is looked at. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "what was thrown has no text";
  }
}
