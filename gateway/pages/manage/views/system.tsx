// The process as a whole: what it is, its ledger to download, and its orderly end.

import { ask } from "../../lib/api.ts";
import { type Column, Table } from "../../lib/table.tsx";
import { Act, TextField } from "../act.tsx";
import { Answered } from "../answered.tsx";
import { FactTiles } from "../fact-tiles.tsx";
import { formatBytes, formatCount, formatDuration } from "../format.ts";
import { RoleNote } from "../role-note.tsx";
import { useAnswer } from "../use-answer.ts";

interface Facts {
  readonly serverId: string;
  readonly version: string;
  readonly uptimeMs: number;
  readonly pid: number;
  readonly bun: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memory: { readonly residentBytes: number; readonly heapBytes: number };
  readonly counts: { readonly actors: number; readonly connections: number; readonly quarantinedKeys: number };
  readonly ports: Readonly<Record<string, number>>;
  readonly settings: readonly Setting[];
}

interface Setting {
  readonly name: string;
  readonly unit: string;
  /** Absent for a secret. */
  readonly value?: string;
}

const DRAIN_WARNING =
  "The server takes no more connections, answers what it has accepted, and ends. It does not come back by itself.";

const PORT_NAMES: Readonly<Record<string, string>> = {
  http: "HTTP (this page)",
  tcp: "TCP",
  tls: "TLS",
  udp: "UDP",
  match: "Matches",
  matchTls: "Matches, TLS",
  publishers: "ZeroMQ publishers",
  subscribers: "ZeroMQ subscribers",
  clients: "ZeroMQ clients",
  workers: "ZeroMQ workers",
  store: "Messaging store",
  reference: "ZeroMQ reference",
};

const COLUMNS: readonly Column<Setting>[] = [
  { title: "Setting", cell: ({ name }) => name },
  { title: "Value", cell: ({ value }) => (value === "" ? "–" : (value ?? "not shown")) },
  { title: "Unit", cell: ({ unit }) => unit },
];

export function System() {
  const { answer, reload } = useAnswer<Facts>("/system");
  return (
    <>
      <h1>System</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-label="What it is">
        <Answered answer={answer}>{(facts) => <FactTiles facts={tilesOf(facts)} />}</Answered>
        <div class="row">
          <button type="button" onClick={reload}>
            Refresh
          </button>
          <a class="button" href="/ledger" download>
            Download the ledger (CSV)
          </a>
          <Act
            name="Drain"
            role="admin"
            isDangerous
            warning={DRAIN_WARNING}
            fields={<TextField name="reason" label="Reason" hint="For the log and the audit" />}
            act={({ reason }) => ask("POST", "/system/drain", { body: { reason } })}
          />
        </div>
      </section>
      {answer?.ok === true && <Details facts={answer.value} />}
    </>
  );
}

function Details({ facts: { ports, settings } }: { readonly facts: Facts }) {
  const listened = Object.entries(ports).map(([name, port]) => ({
    name: PORT_NAMES[name] ?? name,
    value: String(port),
  }));
  return (
    <>
      <section class="panel" aria-labelledby="ports">
        <h2 id="ports">Ports</h2>
        <FactTiles facts={listened} />
      </section>
      <section class="panel" aria-labelledby="settings">
        <h2 id="settings">Settings</h2>
        <Table caption="As it was started" columns={COLUMNS} rows={settings} keyOf={({ name }) => name} empty="none" />
      </section>
    </>
  );
}

function tilesOf({ memory, counts, ...facts }: Facts) {
  return [
    { name: "Server", value: facts.serverId },
    { name: "Version", value: facts.version },
    { name: "Up for", value: formatDuration(facts.uptimeMs) },
    { name: "Process", value: String(facts.pid) },
    { name: "Bun", value: `${facts.bun}, ${facts.platform}` },
    { name: "Cores", value: formatCount(facts.cpus) },
    { name: "Memory", value: formatBytes(memory.residentBytes) },
    { name: "Actors in memory", value: formatCount(counts.actors) },
    { name: "Connections", value: formatCount(counts.connections) },
    { name: "Keys in quarantine", value: formatCount(counts.quarantinedKeys) },
  ];
}
