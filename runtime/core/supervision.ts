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
  /** The message, when it came as an envelope: its asker is answered. */
  readonly envelope: Envelope | undefined;
}

/** Answers the asker, counts and reports. True when the turn crashed, so that its actor cannot go on as it is. */
export function judgeFailure(turn: FailedTurn, stats: TurnStats, events: CoreEvents): boolean {
  const { type, key, method, error, envelope } = turn;
  if (error instanceof Refusal) {
    stats.refusals++;
    if (envelope === undefined) events.refused({ type, key, reason: error.code });
    envelope?.reject(error);
    return false;
  }
  if (error instanceof RuntimeError && error.code === "actor.cancelled") {
    envelope?.reject(error);
    return false;
  }
  stats.crashes++;
  events.crashed({ type, key, method, error });
  const why = error instanceof Error ? error.message : String(error);
  const message = `Crashed in ${type}/${key}.${method}: ${why}`;
  envelope?.reject(new RuntimeError("actor.crashed", message, { stood: "running", cause: error }));
  return true;
}
