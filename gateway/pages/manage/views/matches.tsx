// Matches that go on, the board of one, and who has won most.

import { useEffect } from "preact/hooks";

import { pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Answered } from "../answered.tsx";
import { formatDuration } from "../format.ts";
import { Listing } from "../listing.tsx";
import { linkTo } from "../route.ts";
import { useAnswer } from "../use-answer.ts";

interface Match {
  readonly id: string;
  readonly kind: "hosted" | "p2p";
  readonly host: string;
  readonly guest: string;
}

interface MatchDetail extends Match {
  readonly winner?: string;
  readonly reason?: string;
  /** Nine of `.`, `O` and `X`, row by row; absent where the server does not see the game. */
  readonly board?: string;
  readonly next?: string;
  readonly leftMs?: number;
}

const REFRESH_MS = 1_000;
const FIELDS = 3;
const MARKS: Readonly<Record<string, string>> = { O: "O", X: "X" };

const COLUMNS: readonly Column<Match>[] = [
  { title: "Match", cell: ({ id }) => <a href={linkTo("matches", id)}>{id}</a> },
  { title: "Host (O)", cell: ({ host }) => host },
  { title: "Guest (X)", cell: ({ guest }) => guest },
  { title: "Kind", cell: ({ kind }) => kind },
];

export function Matches({ id }: { readonly id?: string | undefined }) {
  if (id !== undefined) return <OneMatch id={id} />;
  return (
    <>
      <h1>Matches</h1>
      <section class="panel" aria-label="Matches that go on">
        <Listing<Match>
          caption="Matches that go on"
          path="/matches"
          columns={() => COLUMNS}
          keyOf={({ id: of }) => of}
          empty="none now; one begins at /match, or in a terminal with run match"
        />
      </section>
    </>
  );
}

function OneMatch({ id }: { readonly id: string }) {
  const { answer, reload } = useAnswer<MatchDetail>(pathTo("matches", id));
  const goesOn = answer?.ok === true && answer.value.reason === undefined;
  useEffect(() => {
    if (!goesOn) return undefined;
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [goesOn]);
  return (
    <>
      <h1>Match {id}</h1>
      <Answered answer={answer}>
        {(match) => (
          <section class="panel" aria-label="The match">
            <p>
              {match.host} (O) against {match.guest} (X)
            </p>
            <p>{standing(match)}</p>
            {match.board === undefined ? (
              <p class="muted">The two play without the server: it sees no board.</p>
            ) : (
              <Board board={match.board} />
            )}
          </section>
        )}
      </Answered>
    </>
  );
}

function Board({ board }: { readonly board: string }) {
  const rows = Array.from({ length: FIELDS }, (_, row) => board.slice(row * FIELDS, (row + 1) * FIELDS).split(""));
  return (
    <table class="board">
      <caption>Board</caption>
      <tbody>
        {rows.map((fields, row) => (
          <tr key={row}>
            {fields.map((field, column) => (
              <td key={column}>{MARKS[field] ?? <span class="hidden-text">empty</span>}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function standing({ winner, reason, next, leftMs }: MatchDetail): string {
  if (reason !== undefined)
    return winner === undefined ? `Over (${reason}): nobody has won` : `${winner} has won (${reason})`;
  if (next === undefined) return "It goes on";
  return leftMs === undefined ? `${next} is to move` : `${next} is to move, within ${formatDuration(leftMs)}`;
}
