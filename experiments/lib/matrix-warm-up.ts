// Before anything counts: messages and sessions enough that a server's code is compiled and its buffers have grown.

import { attemptLoad } from "./driver.ts";
import type { Fleet } from "./matrix-fleet.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";
import { createRequestScript } from "./request-script.ts";

interface WarmUp {
  readonly runs: number;
  /** Of each process. */
  readonly clients: number;
  readonly messages: number;
}

/** Of long sessions, for what is done for a message; then of short ones, for what is done for a session. */
const COMPILED_LATE: readonly WarmUp[] = [
  { runs: 10, clients: 20, messages: 200 },
  { runs: 40, clients: 50, messages: 1 },
];
const COMPILED_BEFORE: readonly WarmUp[] = [
  { runs: 1, clients: 20, messages: 100 },
  { runs: 5, clients: 50, messages: 1 },
];
const WARM_UPS: Readonly<Record<MatrixImplementation, readonly WarmUp[]>> = {
  correio: COMPILED_LATE,
  raw: COMPILED_LATE,
  go: COMPILED_BEFORE,
  python: COMPILED_BEFORE,
};
/** With work a message takes its time. */
const MESSAGES_WITH_WORK = 100;

/** All of a fleet's processes; what they leave of it is nobody's. */
export async function warmUp(fleet: Fleet): Promise<void> {
  const { implementation, workMs, processes } = fleet.options;
  for (const { runs, clients, messages } of WARM_UPS[implementation]) {
    const each = workMs > 0 ? Math.min(messages, MESSAGES_WITH_WORK) : messages;
    const load = { ports: fleet.ports(processes), connections: clients * processes, requestsPerConnection: each };
    const scripts = [createRequestScript(each)];
    for (let run = 0; run < runs; run++) {
      // A server that is gone is found, and said, by the first run against it.
      await attemptLoad({ ...load, scripts, inFlight: "all" }).catch(() => undefined);
    }
  }
}
