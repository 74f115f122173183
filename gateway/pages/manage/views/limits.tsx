// The node's bounds, and the ones that can be changed while it runs.

import { useState } from "preact/hooks";

import { type Answer, ask, pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Act, Choice, fieldsOf, TextField } from "../act.tsx";
import { Listing } from "../listing.tsx";
import { RoleNote } from "../role-note.tsx";

interface Limit {
  readonly name: string;
  readonly unit: string;
  readonly default: number;
  readonly value: number;
  readonly changeable: boolean;
  readonly help?: string;
}

const WHICH = { "that can be changed": "true", fixed: "false" } as const;

export function Limits() {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({ changeable: "true" });
  const show = (event: Event): void => {
    const { which = "" } = fieldsOf(event);
    setFilters(which in WHICH ? { changeable: WHICH[which as keyof typeof WHICH] } : {});
  };
  return (
    <>
      <h1>Limits</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-label="Bounds of the node">
        <form class="filters" role="search" onSubmit={show}>
          <Choice name="which" label="Limits" choices={Object.keys(WHICH)} start="that can be changed" none="all" />
          <button class="primary">Show</button>
        </form>
        <Listing<Limit>
          caption="Limits, by name"
          path="/limits"
          filters={filters}
          columns={columns}
          keyOf={({ name }) => name}
          empty="none like this"
        />
      </section>
    </>
  );
}

function columns(reload: () => void): readonly Column<Limit>[] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "What it is", cell: ({ help = "" }) => help },
    { title: "Value", cell: ({ value }) => value.toLocaleString("en"), isNumber: true },
    { title: "Unless set", cell: (limit) => limit.default.toLocaleString("en"), isNumber: true },
    { title: "Unit", cell: ({ unit }) => unit },
    { title: "Act", cell: (limit) => (limit.changeable ? <Change limit={limit} reload={reload} /> : "fixed") },
  ];
}

function Change({ limit: { name, value, unit }, reload }: { readonly limit: Limit; readonly reload: () => void }) {
  return (
    <Act
      name="Change"
      role="admin"
      warning={`${name}, until the process ends.`}
      fields={<TextField name="value" label={`Value, in ${unit}`} type="number" start={String(value)} />}
      act={(fields) => change(name, Number(fields["value"]))}
      done={reload}
    />
  );
}

/** Only over the value that is there now. */
async function change(name: string, value: number): Promise<Answer<unknown>> {
  const path = pathTo("limits", name);
  const seen = await ask("GET", path);
  return seen.ok ? ask("PUT", path, { body: { value }, etag: seen.etag }) : seen;
}
