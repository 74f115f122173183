// The log's lines that are still in memory, searched, and how much is logged.

import { useState } from "preact/hooks";

import { LOG_LEVELS, type LogEntry } from "#runtime/observe/log-view.ts";

import { ask } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Act, Choice, fieldsOf, TextField } from "../act.tsx";
import { Answered } from "../answered.tsx";
import { Listing } from "../listing.tsx";
import { RoleNote } from "../role-note.tsx";
import { Time } from "../time.tsx";
import { useAnswer } from "../use-answer.ts";

const COLUMNS: readonly Column<LogEntry>[] = [
  { title: "Number", cell: ({ number }) => number, isNumber: true },
  { title: "At", cell: ({ at }) => <Time at={at} /> },
  { title: "Level", cell: ({ level }) => <span class={`level ${level}`}>{level}</span> },
  { title: "Reason", cell: ({ reason }) => reason },
  { title: "Text", cell: ({ text }) => text },
  { title: "Fields", cell: ({ fields }) => <code>{JSON.stringify(fields)}</code> },
];

export function Logs() {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  return (
    <>
      <h1>Log</h1>
      <RoleNote role="admin" />
      <Level />
      <section class="panel" aria-label="Lines">
        <form class="filters" role="search" onSubmit={(event) => setFilters(fieldsOf(event))}>
          <Choice name="level" label="From level" choices={LOG_LEVELS} none="any" />
          <TextField name="reason" label="Reason" type="search" isOptional />
          <TextField name="contains" label="Contains" type="search" isOptional />
          <button class="primary">Show</button>
        </form>
        <Listing<LogEntry>
          caption="Lines, newest first"
          path="/logs"
          filters={filters}
          cursor="before"
          columns={() => COLUMNS}
          keyOf={({ number }) => number}
          empty="none like this"
        />
      </section>
    </>
  );
}

function Level() {
  const { answer, reload } = useAnswer<{ level: string }>("/logs/level");
  return (
    <section class="panel" aria-label="Level">
      <Answered answer={answer}>
        {({ level }) => (
          <div class="row">
            <span>
              Logged from level <strong>{level}</strong> on
            </span>
            <Act
              name="Change level"
              role="admin"
              fields={<Choice name="level" label="From level" choices={[...LOG_LEVELS, "silent"]} start={level} />}
              act={(fields) => ask("PUT", "/logs/level", { body: fields })}
              done={reload}
            />
          </div>
        )}
      </Answered>
    </section>
  );
}
