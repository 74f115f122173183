// One run of the matrix: the clients of a cell against the servers of one implementation, and whether it counts.

import { loadavg } from "node:os";

import { type AttemptedLoad, attemptLoad, type SessionTime } from "./driver.ts";
import type { Verdict } from "./matrix-data.ts";
import type { Fleet } from "./matrix-fleet.ts";
import type { MatrixCell } from "./matrix-plan.ts";
import { machineCpuSeconds } from "./process-facts.ts";
import type { RequestScript } from "./request-script.ts";

/** A session as its client saw it, beside the row that its server left. */
export interface MeasuredSession extends SessionTime {
  /** As the server wrote it, field by field. */
  readonly row: readonly string[];
}

export interface MeasuredRun {
  readonly verdict: Verdict;
  readonly detail: string;
  /** Unix seconds. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly replies: number;
  readonly serverCpuSeconds: number;
  readonly generatorCpuSeconds: number;
  readonly otherCpuSeconds: number;
  readonly serverBytes: number;
  readonly load: number;
  /** Those that came to their end and have their row. */
  readonly sessions: readonly MeasuredSession[];
}

const ROWS_WAIT_MS = 2_000;
const ROWS_LOOK_MS = 2;
/** A client that has waited so much longer than its work needs is not waited for any longer. */
const PATIENCE_MS = 30_000;
const PATIENCE_FACTOR = 20;
/** The kernel counts processor time in ticks: what others used during a shorter run cannot be told. */
const TELLING_SECONDS = 0.2;
const TICKS_SECONDS = 0.05;

/** What a run needs of the servers that it is against. */
export type MeasuredFleet = Pick<Fleet, "ports" | "cpuSeconds" | "residentBytes" | "whoDied" | "newRows">;

/** Patience is part of `limits`: after it a run is late. Throws only where this process itself is at fault. */
export async function measureRun(
  fleet: MeasuredFleet,
  cell: MatrixCell,
  scripts: readonly RequestScript[],
  limits: { readonly disturbanceMaxCores: number; readonly patienceMs?: number },
): Promise<MeasuredRun> {
  const { servers, clients, messages, workMs } = cell;
  const [load = 0] = loadavg();
  fleet.newRows();
  const usedBefore = usedSeconds(fleet, servers);
  const result = await attempt({
    ports: fleet.ports(servers),
    connections: clients,
    inFlight: "all",
    requestsPerConnection: messages,
    scripts,
    timeoutMs: limits.patienceMs ?? PATIENCE_MS + PATIENCE_FACTOR * workMs * messages,
  });
  const used = usedSeconds(fleet, servers);
  const ended = result.sessions.filter(({ lastReplyMs }) => lastReplyMs > 0);
  const sessions = await withRows(fleet, ended, result.failure === undefined ? ROWS_WAIT_MS : 0);
  const serverCpuSeconds = used.servers - usedBefore.servers;
  const wallSeconds = used.wall - usedBefore.wall;
  const otherCpuSeconds = Math.max(0, used.others - usedBefore.others);
  const figures = { ...result, sessions: sessions.length, died: fleet.whoDied(servers), otherCpuSeconds, wallSeconds };
  return {
    ...judge(figures, clients, limits.disturbanceMaxCores),
    startedAt: unixSeconds(result.sessions[0]?.firstSentMs ?? performance.now()),
    seconds: result.seconds,
    replies: result.replies,
    serverCpuSeconds,
    generatorCpuSeconds: result.driverCpuShare * result.seconds,
    otherCpuSeconds,
    serverBytes: fleet.residentBytes(servers),
    load,
    sessions,
  };
}

/** Of the monotonic milliseconds of this process. */
export function unixSeconds(monotonicMs: number): number {
  return (performance.timeOrigin + monotonicMs) / 1_000;
}

type Attempt = Omit<AttemptedLoad, "failure"> & {
  readonly failure?: { readonly message: string; readonly isLate?: boolean };
};

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

interface Judged extends Pick<Attempt, "failure" | "verified" | "replies" | "wrong" | "seconds"> {
  readonly sessions: number;
  readonly died: string | undefined;
  readonly otherCpuSeconds: number;
  readonly wallSeconds: number;
}

/** The first reason that holds, in the order of the ledger's words: what explains the others comes first. */
function judge(run: Judged, clients: number, disturbanceMaxCores: number): Pick<MeasuredRun, "verdict" | "detail"> {
  const { failure, died, otherCpuSeconds, wallSeconds } = run;
  if (died !== undefined) return { verdict: "died", detail: died };
  if (failure?.isLate === true) return { verdict: "late", detail: failure.message };
  if (failure !== undefined) return { verdict: "wrong", detail: failure.message };
  if (!run.verified) return { verdict: "wrong", detail: `${run.wrong} of ${run.replies} replies are wrong` };
  if (run.sessions < clients) {
    return { verdict: "unrecorded", detail: `${run.sessions} of ${clients} sessions left a row` };
  }
  const others = otherCpuSeconds - TICKS_SECONDS;
  if (run.seconds >= TELLING_SECONDS && others > disturbanceMaxCores * wallSeconds) {
    return { verdict: "disturbed", detail: `other programs used ${(otherCpuSeconds / wallSeconds).toFixed(2)} cores` };
  }
  return { verdict: "valid", detail: "" };
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

/** Processor seconds so far: of the servers, and of all that is neither they nor this process. */
function usedSeconds(fleet: MeasuredFleet, servers: number): { servers: number; others: number; wall: number } {
  const used = fleet.cpuSeconds(servers);
  const { user, system } = process.cpuUsage();
  const others = machineCpuSeconds() - used - (user + system) / 1_000_000;
  return { servers: used, others, wall: performance.now() / 1_000 };
}
