// The process as an operator sees it: what it is, what it listens on, its settings and limits, and its end.
import type { ServerPorts } from "./announce.ts";
import type { Clock } from "./base/clock.ts";
import type { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import type { LiveLimits } from "./live-limits.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { processFigures } from "./observe/process-figures.ts";
import type { LedgerView, ProcessView, SettingView, SystemCounts } from "./observe/process-view.ts";
import { SETTINGS } from "./settings.ts";

/** What is there only when everything has been started. */
export interface Late {
  ports: ServerPorts | undefined;
  /** Begins the orderly end. */
  end: (reason: string | undefined) => void;
}

interface Parts {
  readonly system: ActorSystem;
  readonly table: ConnectionTable;
  readonly live: LiveLimits;
  readonly ledger: LedgerView;
  readonly late: Late;
  /** Draining already, for whatever reason. */
  readonly ending: () => boolean;
}

const SECRET_NAME = /TOKEN|SECRET|PASSWORD|HEADERS/;
/** Whom an address names before its host. */
const CREDENTIALS = /\/\/[^/@\s]*@/g;

export function createProcessView({ system, table, live, ledger, late, ending }: Parts): ProcessView {
  const asked = { toEnd: false };
  return {
    figures: processFigures,
    counts: () => countsOf(system, table),
    ports: () => portsOf(late.ports),
    settings: () => settingsOf(live),
    drain(reason) {
      if (asked.toEnd || ending()) return false;
      asked.toEnd = true;
      endSoon(system.clock, () => late.end(reason));
      return true;
    },
    limits: () => live.list(),
    changeLimit: (...change) => live.change(...change),
    ledger,
  };
}

/** Whoever asks for it is answered, and it is written down who that was, before nothing is taken any more. */
function endSoon(clock: Clock, end: () => void): void {
  clock.after(limits.drainAskedMs, end);
}

function countsOf(system: ActorSystem, table: ConnectionTable): SystemCounts {
  const { letters, quarantinedKeys, delivery } = system;
  const [actors, connections] = [delivery.resident, table.connectionCount()];
  return { actors, connections, deadLetters: letters.total, quarantinedKeys };
}

function portsOf(ports: ServerPorts | undefined): Readonly<Record<string, number>> {
  if (ports === undefined) return {};
  const { tcpPort: tcp, tlsPort: tls, udpPort: udp, matchPort: match, matchTlsPort: matchTls, httpPort: http } = ports;
  const known = { http, tcp, tls, udp, match, matchTls, ...ports.messaging };
  return Object.fromEntries(Object.entries(known).filter((each): each is [string, number] => (each[1] ?? 0) > 0));
}

function settingsOf(live: LiveLimits): readonly SettingView[] {
  return Array.from(live.settings(), ([name, text]) => {
    const { unit } = SETTINGS[name];
    if (unit === "token" || SECRET_NAME.test(name)) return { name, unit };
    return { name, unit, value: text.replaceAll(CREDENTIALS, "//…@") };
  });
}
