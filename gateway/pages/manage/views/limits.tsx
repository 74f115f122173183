// The node's bounds, and the ones that can be changed while it runs.

import { useState } from "preact/hooks";

import { type Answer, ask, pathTo } from "../../lib/api.ts";
import { type Column, Table } from "../../lib/table.tsx";
import { Act, TextField } from "../act.tsx";
import { Answered } from "../answered.tsx";
import { RoleNote } from "../role-note.tsx";
import { useAnswer } from "../use-answer.ts";

interface Limit {
  readonly name: string;
  readonly unit: string;
  readonly default: number;
  readonly value: number;
  readonly changeable: boolean;
  readonly help?: string;
}

export function Limits() {
  const { answer, reload } = useAnswer<{ items: readonly Limit[] }>("/limits");
  const [wanted, setWanted] = useState("");
  return (
    <>
      <h1>Limits</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-label="Limits">
        <label class="narrow">
          Name contains
          <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
        <Answered answer={answer}>
          {({ items }) => (
            <Table
              caption="Limits"
              columns={columns(reload)}
              rows={items.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))}
              keyOf={({ name }) => name}
              empty="none like this"
            />
          )}
        </Answered>
      </section>
    </>
  );
}

function columns(reload: () => void): readonly Column<Limit>[] {
  return [
    { title: "Name", cell: ({ name, help }) => <span title={help}>{name}</span> },
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
