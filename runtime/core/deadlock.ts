// Who waits for whom: finds the asks that would close a circle, so that they fail at once, with the way round it.

/** A turn that is being run, or that waits for something. */
export interface WaitingTurn {
  readonly cell: WaitedCell;
  readonly methodName: string;
  /** What it has asked, settled or not; undefined when it never asked. */
  readonly asks: readonly Wait[] | undefined;
  /** Something it has asked for is there. */
  resumes(): void;
}

export interface Wait {
  readonly settled: boolean;
  readonly method: string;
  readonly to: { readonly type: string; readonly key: string; readonly cell: WaitedCell | undefined };
}

export interface WaitedCell {
  readonly address: string;
  /** Turns that have to end before a message that waits here can be run. */
  blockers(): readonly WaitingTurn[];
}

/** An actor that is waited for, and the turn that waits for it. */
interface Step {
  readonly cell: WaitedCell;
  readonly waiting: WaitingTurn | undefined;
  readonly before: Step | undefined;
}

/**
 * The shortest way from a turn of `target` to `asker` along unsettled asks: `room/lobby.post → session/ada.push`.
 * Undefined when no turn of `target` waits for the asker. Looks at each actor once, nearest first: it costs what there
 * is to see and no more, and any number of actors may wait for each other.
 */
export function findCycle(asker: WaitingTurn, target: WaitedCell): string | undefined {
  const seen = new Set<WaitedCell>([target]);
  const steps: Step[] = [{ cell: target, waiting: undefined, before: undefined }];
  for (const step of steps) {
    for (const turn of step.cell.blockers()) {
      if (turn === asker) return wayTo(turn, step);
      for (const ask of turn.asks ?? []) {
        const cell = ask.settled ? undefined : ask.to.cell;
        if (cell === undefined || seen.has(cell)) continue;
        seen.add(cell);
        steps.push({ cell, waiting: turn, before: step });
      }
    }
  }
  return undefined;
}

function wayTo(asker: WaitingTurn, last: Step): string {
  const names = [nameOf(asker)];
  for (let step: Step | undefined = last; step?.waiting !== undefined; step = step.before)
    names.push(nameOf(step.waiting));
  return names.toReversed().join(" → ");
}

const nameOf = ({ cell, methodName }: WaitingTurn): string => `${cell.address}.${methodName}`;
