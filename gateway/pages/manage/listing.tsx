// One page of a list that the server has: its rows, and the way to the next page and back to the first.

import { useState } from "preact/hooks";

import { withQuery } from "../lib/api.ts";
import { type Column, Table } from "../lib/table.tsx";
import { Answered } from "./answered.tsx";
import { useAnswer } from "./use-answer.ts";

const ROWS_MAX = 50;

export interface ListingParts<Row> {
  readonly caption: string;
  readonly path: string;
  readonly filters?: Readonly<Record<string, string | undefined>>;
  /** The parameter that takes the `next` of the page before. */
  readonly cursor?: "after" | "before";
  readonly columns: (reload: () => void) => readonly Column<Row>[];
  readonly keyOf: (row: Row) => string | number;
  readonly empty: string;
}

interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly next?: string | number;
}

export function Listing<Row>(parts: ListingParts<Row>) {
  // Other filters: another list, which begins at its first page.
  return <Pages key={withQuery(parts.path, parts.filters ?? {})} {...parts} />;
}

function Pages<Row>({ caption, path, filters = {}, cursor = "after", columns, keyOf, empty }: ListingParts<Row>) {
  const [at, setAt] = useState("");
  const { answer, reload } = useAnswer<ListPage<Row>>(
    withQuery(path, { ...filters, limit: String(ROWS_MAX), [cursor]: at }),
  );
  return (
    <Answered answer={answer}>
      {({ items, next }) => (
        <>
          <Table caption={caption} columns={columns(reload)} rows={items} keyOf={keyOf} empty={empty} />
          <div class="row">
            <button type="button" onClick={reload}>
              Refresh
            </button>
            {at !== "" && (
              <button type="button" onClick={() => setAt("")}>
                First page
              </button>
            )}
            {next !== undefined && (
              <button type="button" onClick={() => setAt(String(next))}>
                Next page
              </button>
            )}
          </div>
        </>
      )}
    </Answered>
  );
}
