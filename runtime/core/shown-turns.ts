// Recorded turns as people are shown them: methods by name, times as they go back from now.
import { type AnyActorType, methodsInOrder } from "./definition.ts";
import { OUTCOME, type RecordedTurn } from "./recorder.ts";

export type OutcomeName = keyof typeof OUTCOME;

const OUTCOME_NAMES = Object.keys(OUTCOME) as OutcomeName[];

/** Where the turn was none of the type's methods: an alarm cancelled by hand or skipped, and the like. */
const OF_THE_RUNTIME = "(runtime)";

export interface ShownTurn {
  readonly method: string;
  readonly outcome: OutcomeName;
  readonly agoMs: number;
  readonly waitMs: number;
  /** Of short turns that ran in one go: their mean. */
  readonly durationMs: number;
}

export function shownTurns(type: AnyActorType, turns: readonly RecordedTurn[], nowMs: number): readonly ShownTurn[] {
  const names = methodsInOrder(type).map((method) => method.name);
  return turns.map(({ method, outcome, endedMs, waitMs, durationMs }) => ({
    method: names[method] ?? OF_THE_RUNTIME,
    outcome: OUTCOME_NAMES[outcome] as OutcomeName,
    agoMs: rounded(Math.max(0, nowMs - endedMs)),
    waitMs: rounded(waitMs),
    durationMs: rounded(durationMs),
  }));
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
