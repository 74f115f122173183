// Who waits for whom: finds the asks that would close a circle, so that they fail at once, with the way round it.

/** A turn that is being run, or that waits for something. */
export interface WaitingTurn {
  readonly cell: WaitedCell;
  readonly methodName: string;
  /** What it has asked, settled or not; undefined when it never asked. */
  readonly asks: readonly Wait[] | undefined;
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

/**
 * The way from a turn of `target` to `asker` along unsettled asks: `room/lobby.post → session/ada.push`. Undefined when
 * no turn of `target` waits for the asker. Depth first (each actor once), so it costs what there is to see and no more.
 */
export function findCycle(asker: WaitingTurn, target: WaitedCell): string | undefined {
  const seen = new Set<WaitedCell>([target]);
  const search = (cell: WaitedCell): string | undefined => {
    for (const turn of cell.blockers()) {
      const name = `${cell.address}.${turn.methodName}`;
      if (turn === asker) return name;
      for (const ask of turn.asks ?? []) {
        const next = ask.settled ? undefined : ask.to.cell;
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        const rest = search(next);
        if (rest !== undefined) return `${name} → ${rest}`;
      }
    }
    return undefined;
  };
  return search(target);
}
