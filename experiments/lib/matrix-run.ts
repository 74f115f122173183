// One run of the matrix: the clients of a cell against the servers of one implementation, and whether it counts.

import { availableParallelism, loadavg } from "node:os";

import type { DisturbanceMeter } from "./disturbance.ts";
import { type AttemptedLoad, attemptLoad, type SessionTime } from "./driver.ts";
import type { RunRecord } from "./matrix-data.ts";
import type { Fleet } from "./matrix-fleet.ts";
import type { MatrixCell } from "./matrix-plan.ts";
import type { RequestScript } from "./request-script.ts";

/** A session as its client saw it, beside the row that its server left. */
export interface MeasuredSession extends SessionTime {
  /** As the server wrote it, field by field. */
  readonly row: readonly string[];
}

type Place = "run" | "block" | "attempt" | "implementation" | keyof MatrixCell | "sessionsBytes" | "requestsBytes";

/** What is known of a run when it is over; where it belongs, and where its rows stand, is known elsewhere. */
export interface MeasuredRun extends Omit<RunRecord, Place> {
  /** Those that came to their end and have their row. */
  readonly sessions: readonly MeasuredSession[];
}

/** What a run needs of the servers that it is against. */
export type MeasuredFleet = Pick<Fleet, "ports" | "cpuSeconds" | "residentBytes" | "whoDied" | "newRows">;

export interface RunSetting {
  readonly scripts: readonly RequestScript[];
  readonly disturbance: DisturbanceMeter;
  /** Beside other programs that use more of the machine a run does not count. */
  readonly disturbanceMaxCores: number;
  /** After it a run is late. */
  readonly patienceMs?: number;
}

const ROWS_WAIT_MS = 2_000;
const ROWS_LOOK_MS = 2;
/** A client that has waited so much longer than its work needs is not waited for any longer. */
const PATIENCE_MS = 30_000;
const PATIENCE_FACTOR = 20;

/** Throws only where this process itself is at fault. */
export async function measureRun(fleet: MeasuredFleet, cell: MatrixCell, setting: RunSetting): Promise<MeasuredRun> {
  const { servers, clients, messages, workMs } = cell;
  const { scripts, disturbance } = setting;
  const [load = 0] = loadavg();
  fleet.newRows();
  // More than there is nobody can use: then it need not be known.
  if (setting.disturbanceMaxCores < availableParallelism()) await disturbance.ready();
  disturbance.note();
  const cpuBefore = fleet.cpuSeconds(servers);
  const result = await attempt({
    ports: fleet.ports(servers),
    connections: clients,
    inFlight: "all",
    requestsPerConnection: messages,
    scripts,
    timeoutMs: setting.patienceMs ?? PATIENCE_MS + PATIENCE_FACTOR * workMs * messages,
  });
  const serverCpuSeconds = Math.max(0, fleet.cpuSeconds(servers) - cpuBefore);
  const otherCores = disturbance.othersCores();
  const ended = result.sessions.filter(({ lastReplyMs }) => lastReplyMs > 0);
  const sessions = await withRows(fleet, ended, result.failure === undefined ? ROWS_WAIT_MS : 0);
  const died = fleet.whoDied(servers);
  return {
    ...judge({ ...result, died, otherCores, unrecorded: clients - sessions.length }, setting.disturbanceMaxCores),
    startedAt: unixSeconds(result.sessions[0]?.firstSentMs ?? performance.now()),
    seconds: result.seconds,
    replies: result.replies,
    serverCpuSeconds,
    generatorCpuSeconds: result.driverCpuShare * result.seconds,
    otherCores,
    serverBytes: fleet.residentBytes(servers),
    load,
    sessions,
  };
}

/** Of the monotonic milliseconds of this process. */
export function unixSeconds(monotonicMs: number): number {
  return (performance.timeOrigin + monotonicMs) / 1_000;
}

interface Attempt extends Omit<AttemptedLoad, "failure"> {
  readonly failure?: { readonly message: string; readonly isLate?: boolean };
}

/** Where not even the connections could be made, nothing has come. */
async function attempt(options: Parameters<typeof attemptLoad>[0]): Promise<Attempt> {
  try {
    return await attemptLoad(options);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    const nothing = { requests: 0, replies: 0, wrong: 0, verified: false, seconds: 0, sessions: [], driverCpuShare: 0 };
    return { ...nothing, failure };
  }
}

interface Judged extends Pick<Attempt, "failure" | "verified" | "replies" | "wrong"> {
  readonly died: string | undefined;
  readonly otherCores: number;
  /** Sessions without a row. */
  readonly unrecorded: number;
}

/** The first reason that holds: what explains the others comes first. */
function judge(run: Judged, disturbanceMaxCores: number): Pick<MeasuredRun, "verdict" | "detail"> {
  const { failure, died, unrecorded, otherCores } = run;
  if (died !== undefined) return { verdict: "died", detail: died };
  if (failure?.isLate === true) return { verdict: "late", detail: failure.message };
  if (failure !== undefined) return { verdict: "wrong", detail: failure.message };
  if (!run.verified) return { verdict: "wrong", detail: `${run.wrong} of ${run.replies} replies are wrong` };
  if (unrecorded > 0) return { verdict: "unrecorded", detail: `${unrecorded} sessions left no row` };
  if (otherCores <= disturbanceMaxCores) return { verdict: "valid", detail: "" };
  return { verdict: "disturbed", detail: `other programs used ${otherCores.toFixed(2)} cores` };
}

/** Sessions whose servers have left their rows; a client that saw its connection closed finds its row at once. */
async function withRows(
  fleet: MeasuredFleet,
  sessions: readonly SessionTime[],
  waitMs: number,
): Promise<readonly MeasuredSession[]> {
  const rows = new Map<string, readonly string[]>();
  const deadline = performance.now() + waitMs;
  for (;;) {
    for (const line of fleet.newRows()) {
      const fields = line.split(",");
      rows.set(fields[0] ?? "", fields);
    }
    if (sessions.every(({ clientId }) => rows.has(clientId)) || performance.now() > deadline) break;
    await Bun.sleep(ROWS_LOOK_MS);
  }
  return sessions.flatMap((session) => {
    const row = rows.get(session.clientId);
    return row === undefined ? [] : [{ ...session, row }];
  });
}
