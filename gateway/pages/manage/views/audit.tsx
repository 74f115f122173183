// The audit: who changed what, when, from where, and how it ended.

import { useState } from "preact/hooks";

import type { Column } from "../../lib/table.tsx";
import { fieldsOf, TextField } from "../act.tsx";
import { Listing } from "../listing.tsx";
import { Time } from "../time.tsx";

interface Entry {
  readonly number: number;
  readonly at: number;
  readonly who: string;
  readonly role: string;
  readonly from: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly status?: number;
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: "Number", cell: ({ number }) => number, isNumber: true },
  { title: "At", cell: ({ at }) => <Time at={at} /> },
  { title: "Who", cell: ({ who, role }) => `${who} (${role})` },
  { title: "From", cell: ({ from }) => from },
  { title: "What", cell: ({ method, path }) => `${method} ${path}` },
  { title: "Given", cell: ({ body }) => (body === undefined ? "" : <code>{body}</code>) },
  { title: "Status", cell: ({ status }) => status ?? "not ended", isNumber: true },
  { title: "Request", cell: ({ requestId }) => <code>{requestId}</code> },
];

export function Audit() {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  return (
    <section class="panel" aria-labelledby="audit">
      <h2 id="audit">Audit</h2>
      <form class="filters" role="search" onSubmit={(event) => setFilters(fieldsOf(event))}>
        <TextField name="who" label="Who" type="search" isOptional />
        <TextField name="path" label="Address begins with" type="search" isOptional />
        <TextField name="from" label="From" type="search" isOptional />
        <button class="primary">Show</button>
      </form>
      <Listing<Entry>
        caption="Changes, newest first"
        path="/audit"
        filters={filters}
        columns={() => COLUMNS}
        keyOf={({ number }) => number}
        empty="none like this"
      />
    </section>
  );
}
