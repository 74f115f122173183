// Open connections, each of which can be ended.

import { useState } from "preact/hooks";

import type { SessionView } from "#runtime/observe/view.ts";

import { ask, pathTo, withQuery } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Act, Choice, fieldsOf, TextField } from "../act.tsx";
import { formatBytes } from "../format.ts";
import { Listing } from "../listing.tsx";
import { RoleNote } from "../role-note.tsx";
import { linkTo } from "../route.ts";
import { Time } from "../time.tsx";

const TRANSPORTS = ["tcp", "tls", "udp", "datagram", "web"] as const;

export function Sessions() {
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({});
  return (
    <>
      <h1>Sessions</h1>
      <RoleNote role="operator" />
      <section class="panel" aria-label="Open connections">
        <form class="filters" role="search" onSubmit={(event) => setFilters(fieldsOf(event))}>
          <Choice name="transport" label="Transport" choices={TRANSPORTS} none="any" />
          <TextField name="address" label="Remote address" type="search" isOptional />
          <TextField name="actorType" label="Session type" type="search" isOptional />
          <button class="primary">Show</button>
        </form>
        <Listing<SessionView>
          caption="Open connections"
          path="/sessions"
          filters={filters}
          columns={columns}
          keyOf={({ id }) => id}
          empty="none like this"
        />
      </section>
    </>
  );
}

function columns(reload: () => void): readonly Column<SessionView>[] {
  return [
    { title: "Actor", cell: ({ actor }) => <SessionLink actor={actor} /> },
    { title: "Transport", cell: ({ transport }) => transport },
    { title: "Peer", cell: ({ remoteAddress, remotePort }) => `${remoteAddress}:${remotePort}` },
    { title: "Since", cell: ({ openedAt }) => <Time at={openedAt} /> },
    { title: "In", cell: ({ bytesIn }) => formatBytes(bytesIn), isNumber: true },
    { title: "Out", cell: ({ bytesOut }) => formatBytes(bytesOut), isNumber: true },
    { title: "To be sent", cell: ({ outboundBytes }) => formatBytes(outboundBytes), isNumber: true },
    { title: "Paused", cell: ({ paused }) => (paused ? "yes" : "no") },
    { title: "Act", cell: ({ id, actor }) => <Disconnect id={id} actor={actor} reload={reload} /> },
  ];
}

/** `actor` is type and key, cut at the first slash. */
function SessionLink({ actor }: { readonly actor: string }) {
  const cut = actor.indexOf("/");
  return <a href={linkTo("actors", actor.slice(0, cut), actor.slice(cut + 1))}>{actor}</a>;
}

interface DisconnectParts {
  readonly id: string;
  readonly actor: string;
  readonly reload: () => void;
}

function Disconnect({ id, actor, reload }: DisconnectParts) {
  return (
    <Act
      name="Disconnect"
      role="operator"
      isDangerous
      warning={`The session ${actor} ends.`}
      fields={<TextField name="reason" label="Reason" hint="For the log" isOptional />}
      act={({ reason }) => ask("DELETE", withQuery(pathTo("sessions", id), { reason }))}
      done={reload}
    />
  );
}
