// Who has most to do: protocols, types, actors, mailboxes.

import type { LiveSnapshot } from "#runtime/observe/live-view.ts";

import { type Column, placeIn, Table } from "../../lib/table.tsx";
import { ActorLink } from "../actor-link.tsx";
import { formatBytes, formatCount, formatMs } from "../format.ts";

type Protocol = LiveSnapshot["protocols"][number];
type Type = LiveSnapshot["types"][number];
type Busy = LiveSnapshot["busiest"][number];
type Deep = LiveSnapshot["deepest"][number];

const TYPES_MAX = 10;

const PROTOCOL_COLUMNS: readonly Column<Protocol>[] = [
  { title: "Session type", cell: ({ type }) => type },
  { title: "Open", cell: ({ connections }) => formatCount(connections), isNumber: true },
  { title: "Messages/s", cell: ({ messagesPerSecond }) => formatCount(messagesPerSecond), isNumber: true },
  { title: "Median (p50)", cell: ({ p50Ms }) => formatMs(p50Ms), isNumber: true },
  { title: "p99", cell: ({ p99Ms }) => formatMs(p99Ms), isNumber: true },
];

const TYPE_COLUMNS: readonly Column<Type>[] = [
  { title: "Type", cell: ({ type }) => type },
  { title: "In memory", cell: ({ live }) => formatCount(live), isNumber: true },
  { title: "Turns/s", cell: ({ turnsPerSecond }) => formatCount(turnsPerSecond), isNumber: true },
  { title: "Mailbox", cell: ({ mailbox }) => formatCount(mailbox), isNumber: true },
  { title: "p99", cell: ({ p99Ms }) => formatMs(p99Ms), isNumber: true },
];

const BUSY_COLUMNS: readonly Column<Busy>[] = [
  { title: "Actor", cell: ({ type, key }) => <ActorLink type={type} actorKey={key} /> },
  { title: "Turns/s", cell: ({ turnsPerSecond }) => formatCount(turnsPerSecond), isNumber: true },
  { title: "Mailbox", cell: ({ mailbox }) => formatCount(mailbox), isNumber: true },
];

const DEEP_COLUMNS: readonly Column<Deep>[] = [
  { title: "Actor", cell: ({ type, key }) => <ActorLink type={type} actorKey={key} /> },
  { title: "Waiting", cell: ({ mailbox }) => formatCount(mailbox), isNumber: true },
  { title: "Bytes", cell: ({ mailboxBytes }) => formatBytes(mailboxBytes), isNumber: true },
];

export function BusyTables({ snapshot }: { readonly snapshot: LiveSnapshot }) {
  const types = [...snapshot.types].sort((one, other) => other.turnsPerSecond - one.turnsPerSecond);
  return (
    <section class="tables" aria-label="Who has most to do">
      <Panel caption="Protocols" columns={PROTOCOL_COLUMNS} rows={snapshot.protocols} />
      <Panel caption="Deepest mailboxes" columns={DEEP_COLUMNS} rows={snapshot.deepest} />
      <Panel caption="Busiest types" columns={TYPE_COLUMNS} rows={types.slice(0, TYPES_MAX)} />
      <Panel caption="Busiest actors" columns={BUSY_COLUMNS} rows={snapshot.busiest} />
    </section>
  );
}

interface PanelParts<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** Rows change each second: they are known by their place. */
function Panel<Row>({ caption, columns, rows }: PanelParts<Row>) {
  return (
    <div class="panel">
      <Table caption={caption} columns={columns} rows={rows} keyOf={placeIn(rows)} empty="nothing now" />
    </div>
  );
}
