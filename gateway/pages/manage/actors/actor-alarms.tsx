// An actor's alarms, each of which can be cancelled.

import type { AlarmView } from "#runtime/observe/view.ts";

import { ask, pathTo } from "../../lib/api.ts";
import { type Column, Table } from "../../lib/table.tsx";
import { Act } from "../act.tsx";
import { formatDuration } from "../format.ts";
import { Time } from "../time.tsx";

export interface ActorAlarmsParts {
  readonly alarms: readonly AlarmView[];
  readonly path: string;
  readonly reload: () => void;
}

export function ActorAlarms({ alarms, path, reload }: ActorAlarmsParts) {
  if (alarms.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="alarms">
      <h2 id="alarms">Alarms</h2>
      <Table
        caption="What it will be called by"
        columns={columns(path, reload)}
        rows={alarms}
        keyOf={({ name }) => name}
        empty="none"
      />
    </section>
  );
}

function columns(path: string, reload: () => void): readonly Column<AlarmView>[] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "Due", cell: ({ dueAt }) => <Time at={dueAt} /> },
    { title: "Every", cell: ({ everyMs }) => (everyMs === 0 ? "once" : formatDuration(everyMs)) },
    { title: "Calls", cell: ({ method, input }) => `${method}(${input === undefined ? "" : JSON.stringify(input)})` },
    { title: "If missed", cell: ({ missed }) => missed },
    {
      title: "Act",
      cell: ({ name }) => (
        <Act
          name="Cancel alarm"
          role="operator"
          isDangerous
          warning={`The alarm "${name}" will not fire any more.`}
          act={() => ask("DELETE", path + pathTo("alarms", name))}
          done={reload}
        />
      ),
    },
  ];
}
