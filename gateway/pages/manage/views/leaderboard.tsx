// Who has won most matches.

import type { Column } from "../../lib/table.tsx";
import { Listing } from "../listing.tsx";

interface Place {
  readonly rank: number;
  readonly name: string;
  readonly score: number;
}

const COLUMNS: readonly Column<Place>[] = [
  { title: "Rank", cell: ({ rank }) => rank, isNumber: true },
  { title: "Player", cell: ({ name }) => name },
  { title: "Won", cell: ({ score }) => score, isNumber: true },
];

export function Leaderboard() {
  return (
    <>
      <h1>Leaderboard</h1>
      <section class="panel narrow" aria-label="Leaderboard">
        <Listing<Place>
          caption="Players with most matches won"
          path="/leaderboard"
          columns={() => COLUMNS}
          keyOf={({ name }) => name}
          empty="nobody has won yet; matches are played at /match"
        />
      </section>
    </>
  );
}
