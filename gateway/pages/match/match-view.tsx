// One match as it stands: who plays whom, whose turn it is and for how long yet, the board, and the moves.

import type { ComponentChildren } from "preact";

import { Board, type BoardParts } from "./board.tsx";
import { markOf, type SeenMatch } from "./seen-match.ts";
import { columnOf, rowOf } from "./server-message.ts";
import { TurnClock } from "./turn-clock.tsx";
import { awayText, lastMoveText, standingText } from "./words.ts";

export interface MatchViewParts extends BoardParts {
  readonly title: string;
  /** Empty for whoever only watches. */
  readonly self: string;
  /** What may be done about it. */
  readonly children: ComponentChildren;
}

export function MatchView({ title, self, children, ...board }: MatchViewParts) {
  const { match } = board;
  return (
    <section class="panel match" aria-label={title}>
      <header class="row">
        <h2>
          {nameIn(match.host, self)} ({markOf(match, match.host)}) contra {nameIn(match.guest, self)} (
          {markOf(match, match.guest)})
        </h2>
        {match.turnEndsAtMs !== undefined && <TurnClock endsAtMs={match.turnEndsAtMs} />}
      </header>
      <div class="standing" role="status">
        <p>
          <span class="muted">{lastMoveText(match, self)}</span> <b>{standingText(match, self)}</b>
        </p>
        {match.away
          .filter((who) => who !== self)
          .map((who) => (
            <p key={who}>{awayText(who)}</p>
          ))}
      </div>
      <Board {...board} />
      <Moves match={match} self={self} />
      <div class="row">{children}</div>
    </section>
  );
}

const nameIn = (name: string, self: string): string => (name === self ? "você" : name);

function Moves({ match, self }: { readonly match: SeenMatch; readonly self: string }) {
  const { moves, host, guest } = match;
  if (moves.length === 0) return null;
  return (
    <details>
      <summary>Jogadas ({moves.length})</summary>
      <ol class="moves">
        {moves.map((cell, index) => (
          <li key={cell}>
            {nameIn(index % 2 === 0 ? host : guest, self)}: {rowOf(cell)} {columnOf(cell)}
          </li>
        ))}
      </ol>
    </details>
  );
}
