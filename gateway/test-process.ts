// For tests: a process behind the stand-in, with one limit that can be changed and one that cannot, and a ledger.

import type { LimitView, ProcessView } from "#runtime/observe/process-view.ts";

import { limitExample } from "./limit-routes.ts";

const LEDGER = "client_id,end_reason\nana,close\nbia,close\n";
const LEDGER_STATE = { bytes: LEDGER.length, modifiedAt: 1_735_689_600_500 };

const changeable: LimitView = limitExample;

const fixed: LimitView = {
  name: "turnsPerSlice",
  unit: "count",
  default: 256,
  value: 256,
  changeable: false,
  changes: 0,
};

/** What it is asked to do goes to `asked`. */
export function createTestProcess(asked: unknown[]): ProcessView {
  const now = { changeable, isEnding: false };
  return {
    figures: () => ({
      pid: 4_711,
      bun: "1.4.4",
      platform: "linux x64",
      cpus: 2,
      memory: { residentBytes: 90_000_000, heapBytes: 30_000_000, externalBytes: 2_000_000 },
      cpuSeconds: 1.5,
    }),
    counts: () => ({ actors: 3, connections: 2, deadLetters: 1, quarantinedKeys: 0 }),
    ports: () => ({ http: 8_080, tcp: 5_000 }),
    settings: () => [
      { name: "CORREIO_WORK_MS", unit: "ms", value: "0" },
      { name: "CORREIO_ADMIN_TOKEN", unit: "token" },
    ],
    drain(reason) {
      asked.push(["drain", reason]);
      const begins = !now.isEnding;
      now.isEnding = true;
      return begins;
    },
    limits: () => [now.changeable, fixed],
    changeLimit(name, value, seen) {
      asked.push(["changeLimit", name, value, seen]);
      if (name !== changeable.name) return { not: name === fixed.name ? "fixed" : "unknown" };
      if (seen !== undefined && seen !== now.changeable.changes) return { not: "stale" };
      if (value < 1) return { not: "allowed", wanted: "a count, a whole number from 1 to 1000000" };
      now.changeable = { ...now.changeable, value, changes: now.changeable.changes + 1 };
      return now.changeable;
    },
    ledger: {
      look: async () => LEDGER_STATE,
      async open(rowsMax) {
        asked.push(["ledger", rowsMax]);
        return { ...LEDGER_STATE, body: new Blob([LEDGER]).stream() };
      },
    },
  };
}
