// Messages that nobody handled: looked at, sent again, thrown away.

import { useState } from "preact/hooks";

import type { DeadLetterView } from "#runtime/observe/view.ts";

import { ask, pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Act, fieldsOf, TextField } from "../act.tsx";
import { ActorLink } from "../actor-link.tsx";
import { Listing } from "../listing.tsx";
import { RoleNote } from "../role-note.tsx";
import { Time } from "../time.tsx";

export function DeadLetters() {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  return (
    <>
      <h1>Dead letters</h1>
      <RoleNote role="operator" />
      <section class="panel" aria-label="Messages that nobody handled">
        <form class="filters" role="search" onSubmit={(event) => setFilters(fieldsOf(event))}>
          <TextField name="type" label="Actor type" type="search" isOptional />
          <TextField name="reason" label="Code" type="search" isOptional />
          <button class="primary">Show</button>
        </form>
        <Listing<DeadLetterView>
          caption="Messages that nobody handled, newest first"
          path="/dead-letters"
          filters={filters}
          columns={columns}
          keyOf={({ id }) => id}
          empty="none; every message was handled, or none is like this"
        />
      </section>
    </>
  );
}

function columns(reload: () => void): readonly Column<DeadLetterView>[] {
  return [
    { title: "Id", cell: ({ id }) => id },
    { title: "At", cell: ({ at }) => <Time at={at} /> },
    { title: "Actor", cell: ({ type, key }) => <ActorLink type={type} actorKey={key} /> },
    { title: "Method", cell: ({ method }) => method },
    { title: "Why", cell: (letter) => <Why letter={letter} /> },
    { title: "Act", cell: (letter) => <LetterActs letter={letter} reload={reload} /> },
  ];
}

function Why({ letter: { problem, reason, input, from } }: { readonly letter: DeadLetterView }) {
  return (
    <details>
      <summary>{problem}</summary>
      <p>
        Code <code>{reason}</code>
        {from !== undefined && `, sent by ${from}`}
      </p>
      {input !== undefined && <pre>{JSON.stringify(input, null, 2)}</pre>}
    </details>
  );
}

interface LetterParts {
  readonly letter: DeadLetterView;
  readonly reload: () => void;
}

function LetterActs({ letter: { id, inputLost }, reload }: LetterParts) {
  const path = pathTo("dead-letters", String(id));
  return (
    <div class="row">
      {!inputLost && <Act name="Replay" role="operator" act={() => ask("POST", `${path}/replay`)} done={reload} />}
      <Act
        name="Discard"
        role="operator"
        isDangerous
        warning="Its message will not be handled by anybody."
        act={() => ask("DELETE", path)}
        done={reload}
      />
    </div>
  );
}
