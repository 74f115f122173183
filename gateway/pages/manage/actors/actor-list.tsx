// Which actors there are: the types that are hosted, and a browser of all actors with filters.

import { useState } from "preact/hooks";

import { ACTOR_STATUSES, type ActorTypeView, type ActorView } from "#runtime/observe/view.ts";

import { type Column, Table } from "../../lib/table.tsx";
import { Choice, fieldsOf, TextField } from "../act.tsx";
import { ActorLink } from "../actor-link.tsx";
import { Answered } from "../answered.tsx";
import { formatBytes, formatCount, formatDuration } from "../format.ts";
import { Listing } from "../listing.tsx";
import { linkTo } from "../route.ts";
import { useAnswer } from "../use-answer.ts";

const SORTS = ["mailbox", "turns"] as const;

const TYPE_COLUMNS: readonly Column<ActorTypeView>[] = [
  { title: "Type", cell: ({ type }) => <a href={linkTo("actors", type)}>{type}</a> },
  { title: "In memory", cell: ({ live }) => formatCount(live), isNumber: true },
  { title: "Kind", cell: (type) => kindOf(type) },
  { title: "Methods", cell: ({ methods }) => formatCount(methods.length), isNumber: true },
];

const ACTOR_COLUMNS: readonly Column<ActorView>[] = [
  { title: "Actor", cell: ({ type, key }) => <ActorLink type={type} actorKey={key} /> },
  { title: "Status", cell: ({ status }) => status },
  { title: "Waiting", cell: ({ mailbox }) => formatCount(mailbox), isNumber: true },
  { title: "Bytes", cell: ({ mailboxBytes }) => formatBytes(mailboxBytes), isNumber: true },
  { title: "Turns", cell: ({ turns }) => formatCount(turns), isNumber: true },
  { title: "Idle", cell: ({ idleMs }) => formatDuration(idleMs), isNumber: true },
];

/** `type`: only its actors, and what a new one is called by. */
export function ActorList({ type }: { readonly type?: string }) {
  const { answer } = useAnswer<{ items: readonly ActorTypeView[] }>("/actors/types");
  return (
    <>
      <h1>{type === undefined ? "Actors" : `Actors of type ${type}`}</h1>
      <Answered answer={answer}>
        {({ items }) => {
          const indexed = items.find((known) => known.type === type)?.indexed ?? [];
          return (
            <>
              <ActorBrowser key={type} type={type} indexed={indexed} />
              {type === undefined ? <Types types={items} /> : <OpenActor type={type} />}
            </>
          );
        }}
      </Answered>
    </>
  );
}

interface BrowserParts {
  readonly type: string | undefined;
  /** Fields of the state that may be asked for. */
  readonly indexed: readonly string[];
}

function ActorBrowser({ type, indexed }: BrowserParts) {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  return (
    <section class="panel" aria-label="Browser">
      <form class="filters" role="search" onSubmit={(event) => setFilters(wanted(fieldsOf(event)))}>
        <TextField name="keyPrefix" label="Key begins with" type="search" isOptional />
        <Choice name="status" label="Status" choices={ACTOR_STATUSES} none="any" />
        <Choice name="sort" label="Most first" choices={SORTS} none="by type and key" />
        {indexed.length > 0 && (
          <>
            <Choice name="field" label="Field of the state" choices={indexed} none="none" />
            <TextField name="value" label="has the value" isOptional />
          </>
        )}
        <button class="primary">Show</button>
      </form>
      <Listing<ActorView>
        caption="Actors"
        path="/actors"
        filters={{ ...filters, type }}
        columns={() => ACTOR_COLUMNS}
        keyOf={({ type: of, key }) => `${of}/${key}`}
        empty="none like this"
      />
    </section>
  );
}

function Types({ types }: { readonly types: readonly ActorTypeView[] }) {
  return (
    <section class="panel" aria-label="Types">
      <Table caption="Types" columns={TYPE_COLUMNS} rows={types} keyOf={({ type }) => type} empty="none" />
    </section>
  );
}

/** A key that no actor has yet is a new actor. */
function OpenActor({ type }: { readonly type: string }) {
  const open = (event: Event): void => void (location.hash = linkTo("actors", type, fieldsOf(event)["key"] ?? ""));
  return (
    <section class="panel" aria-label="By key">
      <form class="filters" onSubmit={open}>
        <TextField name="key" label="Key" hint="Of any actor, also of one that is not there yet" />
        <button>Open</button>
      </form>
    </section>
  );
}

/** A field without a value, and a value without a field, ask for nothing. */
function wanted(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { field = "", value = "", ...others } = fields;
  return field === "" || value === "" ? others : fields;
}

function kindOf({ kind, durable, private: isPrivate }: ActorTypeView): string {
  return [kind, durable ? "durable" : "", isPrivate ? "private" : ""].filter((word) => word !== "").join(", ");
}
