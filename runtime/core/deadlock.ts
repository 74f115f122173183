// Who waits for whom: finds the asks that would close a circle, so that they fail at once, with the way round it.

/** A turn that is being run, or that waits for something. */
export interface WaitingTurn {
  readonly cell: WaitedCell;
  readonly methodName: string;
  /** What it has asked, settled or not; undefined when it never asked. */
  readonly asks: readonly Wait[] | undefined;
  /** Something it has asked for is there. */
  resumes(): void;
  /** It is being run for this ask. */
  answers(ask: Wait): boolean;
}

export interface Wait {
  readonly settled: boolean;
  readonly method: string;
  readonly to: { readonly type: string; readonly key: string; readonly cell: WaitedCell | undefined };
  /** What its message has become; undefined while that waits. */
  readonly turn: WaitingTurn | undefined;
}

export interface WaitedCell {
  readonly address: string;
  /** Turns that have to end before a message that waits here can be run. */
  blockers(): readonly WaitingTurn[];
  /** A message that waits here, and will run beside those turns: they are reads, as it is and all before it. */
  sharesSoon(ask: Wait): boolean;
}

/** Turns that are waited for, and the turn that waits for them. */
interface Step {
  readonly turns: readonly WaitingTurn[];
  readonly waiting: WaitingTurn | undefined;
  readonly before: Step | undefined;
}

/**
 * The shortest way from a turn of `target` to `asker` along unsettled asks: `room/lobby.post → session/ada.push`.
 * Undefined when no turn of `target` waits for the asker. Looks at each turn once, nearest first: it costs what there
 * is to see and no more, and any number of actors may wait for each other.
 */
export function findCycle(asker: WaitingTurn, target: WaitedCell): string | undefined {
  const seen = new Set<WaitedCell | WaitingTurn>([target]);
  const steps: Step[] = [{ turns: target.blockers(), waiting: undefined, before: undefined }];
  for (const step of steps) {
    for (const turn of step.turns) {
      if (turn === asker) return wayTo(turn, step);
      if (seen.has(turn)) continue;
      seen.add(turn);
      for (const ask of turn.asks ?? []) {
        if (!ask.settled) steps.push({ turns: turnsBefore(ask, seen), waiting: turn, before: step });
      }
    }
  }
  return undefined;
}

/** Who has to end before this is answered: its own turn; while it waits, all that run. */
function turnsBefore(ask: Wait, seen: Set<WaitedCell | WaitingTurn>): readonly WaitingTurn[] {
  const { turn } = ask;
  const { cell } = ask.to;
  if (turn !== undefined) return turn.answers(ask) ? [turn] : [];
  if (cell === undefined || seen.has(cell) || cell.sharesSoon(ask)) return [];
  seen.add(cell);
  return cell.blockers();
}

function wayTo(asker: WaitingTurn, last: Step): string {
  const names = [nameOf(asker)];
  for (let step: Step | undefined = last; step?.waiting !== undefined; step = step.before)
    names.push(nameOf(step.waiting));
  return names.toReversed().join(" → ");
}

const nameOf = ({ cell, methodName }: WaitingTurn): string => `${cell.address}.${methodName}`;
