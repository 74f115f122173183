// The messaging servers: which there are, how far their clocks are off, who coordinates them and how that came.

import { type Column, Table } from "../../lib/table.tsx";
import { Answered } from "../answered.tsx";
import { FactTiles } from "../fact-tiles.tsx";
import { formatCount, formatMs } from "../format.ts";
import { Listing } from "../listing.tsx";
import { Time } from "../time.tsx";
import { useAnswer } from "../use-answer.ts";
import { ClockPlot, type ServerClock } from "./clock-plot.tsx";

interface Overview {
  readonly own: {
    readonly name: string;
    readonly role: string;
    readonly coordinator?: string;
    readonly epoch?: number;
    readonly steps: number;
    readonly clock: number;
  };
}

interface Standing {
  readonly name: string;
  readonly rank: number;
  readonly address: string;
  readonly votes: boolean;
  readonly standing?: { readonly coordinator?: string; readonly epoch?: number; readonly role?: string };
}

interface Seen {
  readonly at: number;
  readonly epoch?: number;
  readonly coordinator?: string;
  readonly role: string;
  readonly why: string;
}

const CLOCK_COLUMNS: readonly Column<ServerClock>[] = [
  { title: "Server", cell: ({ name }) => name },
  { title: "Offset", cell: ({ reading }) => formatMs(reading?.offsetMs), isNumber: true },
  { title: "Uncertainty", cell: ({ reading }) => formatMs(reading?.uncertaintyMs), isNumber: true },
  { title: "Bound", cell: ({ reading }) => formatMs(reading?.boundMs), isNumber: true },
];

const STANDING_COLUMNS: readonly Column<Standing>[] = [
  { title: "Server", cell: ({ name }) => name },
  { title: "Rank", cell: ({ rank }) => rank, isNumber: true },
  { title: "Address", cell: ({ address }) => address },
  { title: "Votes", cell: ({ votes }) => (votes ? "yes" : "no") },
  { title: "Role", cell: ({ standing }) => standing?.role ?? "does not say" },
  { title: "Its coordinator", cell: ({ standing }) => standing?.coordinator ?? "–" },
  { title: "Epoch", cell: ({ standing }) => standing?.epoch ?? "–", isNumber: true },
];

const SEEN_COLUMNS: readonly Column<Seen>[] = [
  { title: "At", cell: ({ at }) => <Time at={at} /> },
  { title: "Role", cell: ({ role }) => role },
  { title: "Coordinator", cell: ({ coordinator }) => coordinator ?? "–" },
  { title: "Epoch", cell: ({ epoch }) => epoch ?? "–", isNumber: true },
  { title: "Why", cell: ({ why }) => why },
];

export function Servers() {
  return (
    <>
      <h1>Servers</h1>
      <Own />
      <Clocks />
      <Election />
    </>
  );
}

function Own() {
  const { answer } = useAnswer<Overview>("/servers");
  return (
    <section class="panel" aria-label="This server">
      <Answered answer={answer}>
        {({ own }) => (
          <FactTiles
            facts={[
              { name: "This server", value: own.name },
              { name: "Role", value: own.role },
              { name: "Coordinator", value: own.coordinator ?? "none now" },
              { name: "Clock steps", value: formatCount(own.steps) },
              { name: "Lamport clock", value: formatCount(own.clock) },
            ]}
          />
        )}
      </Answered>
    </section>
  );
}

function Clocks() {
  const { answer, reload } = useAnswer<{ items: readonly ServerClock[] }>("/servers/clocks");
  return (
    <section class="panel" aria-labelledby="clocks">
      <h2 id="clocks">Clocks</h2>
      <Answered answer={answer}>
        {({ items }) => (
          <>
            <ClockPlot clocks={items} />
            <Table
              caption="Offsets to this server's machine"
              columns={CLOCK_COLUMNS}
              rows={items}
              keyOf={({ name }) => name}
              empty="no servers"
            />
          </>
        )}
      </Answered>
      <div class="row">
        <button type="button" onClick={reload}>
          Read again
        </button>
      </div>
    </section>
  );
}

function Election() {
  const { answer } = useAnswer<{ items: readonly Standing[] }>("/servers/election");
  return (
    <section class="panel" aria-labelledby="election">
      <h2 id="election">Election</h2>
      <Answered answer={answer}>
        {({ items }) => (
          <Table
            caption="How each server stands"
            columns={STANDING_COLUMNS}
            rows={items}
            keyOf={({ name }) => name}
            empty="no servers"
          />
        )}
      </Answered>
      <Listing<Seen>
        caption="History of this server, newest first"
        path="/servers/elections"
        cursor="before"
        columns={() => SEEN_COLUMNS}
        keyOf={({ at, epoch, role }) => `${at} ${epoch} ${role}`}
        empty="nothing yet"
      />
    </section>
  );
}
