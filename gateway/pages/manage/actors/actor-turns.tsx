// The flight recorder: turns that go on, and the last that were run.

import type { ActorDetailView } from "#runtime/observe/view.ts";

import { type Column, placeIn, Table } from "../../lib/table.tsx";
import { formatMs } from "../format.ts";

type Turn = ActorDetailView["recent"][number];

const COLUMNS: readonly Column<Turn>[] = [
  { title: "Method", cell: ({ method }) => method },
  { title: "Outcome", cell: ({ outcome }) => <span class={outcome === "crashed" ? "bad" : undefined}>{outcome}</span> },
  { title: "Ago", cell: ({ agoMs }) => formatMs(agoMs), isNumber: true },
  { title: "Waited", cell: ({ waitMs }) => formatMs(waitMs), isNumber: true },
  { title: "Took", cell: ({ durationMs }) => formatMs(durationMs), isNumber: true },
];

export function ActorTurns({ actor: { recent, running, recorded } }: { readonly actor: ActorDetailView }) {
  return (
    <section class="panel" aria-labelledby="turns">
      <h2 id="turns">Flight recorder</h2>
      {running.map(({ method, forMs }) => (
        <p key={method} class="notice">
          {method} runs, for {formatMs(forMs)} now
        </p>
      ))}
      <p class="muted">{recorded}</p>
      {recent.length > 0 && (
        <Table caption="Turns" columns={COLUMNS} rows={recent} keyOf={placeIn(recent)} empty="none since it woke" />
      )}
    </section>
  );
}
