// What the node does now: figures, charts, who is busy, and what happens.

import { eventsAllowed, latest } from "../live.ts";
import { BusyTables } from "./busy-tables.tsx";
import { Charts } from "./charts.tsx";
import { EventLog } from "./event-log.tsx";
import { Tiles } from "./tiles.tsx";

export function Overview() {
  const snapshot = latest.value;
  return (
    <>
      <h1>Overview</h1>
      {snapshot === undefined ? (
        <p class="muted">No figures yet.</p>
      ) : (
        <>
          <Tiles snapshot={snapshot} />
          <Charts />
          <BusyTables snapshot={snapshot} />
        </>
      )}
      <EventLog isAllowed={eventsAllowed.value} />
    </>
  );
}
