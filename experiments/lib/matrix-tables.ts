// The rows of the matrix's files as text: what a run and its sessions are called in CSV, and how they are read back.

import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

import { ledgerHeader } from "#actors/pipeline/ledger.ts";

import { type RunRecord, type Verdict, VERDICTS } from "./matrix-data.ts";
import { type MatrixImplementation, matrixImplementations } from "./matrix-plan.ts";
import { type MeasuredSession, unixSeconds } from "./matrix-run.ts";

type RunField = keyof RunRecord;

/** The columns of `runs.csv`: each with the field that it holds. */
const RUN_COLUMNS: readonly (readonly [column: string, field: RunField])[] = [
  ["run", "run"],
  ["block", "block"],
  ["attempt", "attempt"],
  ["implementation", "implementation"],
  ["work_ms", "workMs"],
  ["num_servers", "servers"],
  ["num_clients", "clients"],
  ["num_messages", "messages"],
  ["verdict", "verdict"],
  ["detail", "detail"],
  ["started_at", "startedAt"],
  ["seconds", "seconds"],
  ["replies", "replies"],
  ["server_cpu_seconds", "serverCpuSeconds"],
  ["generator_cpu_seconds", "generatorCpuSeconds"],
  ["other_cores", "otherCores"],
  ["server_bytes", "serverBytes"],
  ["load_1m", "load"],
  ["sessions_bytes", "sessionsBytes"],
  ["requests_bytes", "requestsBytes"],
];

/** As Correio's ledger has them, and the servers of the document their first ten; then the run. */
const SESSION_COLUMNS = [...ledgerHeader.trim().split(","), "run"];

/** As the clients of the document leave them, one row for a session; then the run that it belongs to. */
const REQUEST_COLUMNS = [
  "client_id",
  "message_id",
  "server_id",
  "client_send_time",
  "server_processing_time",
  "client_receive_time",
  "response_time",
  "num_servers",
  "num_clients",
  "num_messages",
  "run",
];
const RESPONSE_COLUMN = REQUEST_COLUMNS.indexOf("response_time");
const RUN_COLUMN = REQUEST_COLUMNS.indexOf("run");
/** In a server's row: its answers, its name, and their mean time in seconds. */
const [ANSWERED, SERVER_ID, AVERAGE] = [1, 2, 4];
/** Of a server's row, what comes before and behind the columns that name the cell. */
const CELL_FIRST = 7;
const CELL_END = 10;

export const runsHeader = `${RUN_COLUMNS.map(([column]) => column).join(",")}\n`;
export const sessionsHeader = `${SESSION_COLUMNS.join(",")}\n`;
export const requestsHeader = `${REQUEST_COLUMNS.join(",")}\n`;

type Named = Pick<RunRecord, "run" | "servers" | "clients" | "messages">;

export function runRow(run: RunRecord): string {
  return stringify([RUN_COLUMNS.map(([, field]) => run[field])]);
}

/** Throws an `Error` that names the line for what is no table of runs. */
export function parseRuns(text: string): readonly RunRecord[] {
  const rows: readonly (readonly string[])[] = parse(text);
  if (rows[0] !== undefined && rows[0].join(",") !== runsHeader.trim()) {
    throw new Error(`its first line is not that of a table of runs`);
  }
  return rows.slice(1).map((fields, index) => {
    const entries = RUN_COLUMNS.map(([, field], column) => [field, valueOf(field, fields[column] ?? "")] as const);
    const wrong = entries.find(([, value]) => value === undefined);
    if (wrong !== undefined) throw new Error(`line ${index + 2} has no ${wrong[0]} that can be read`);
    return Object.fromEntries(entries) as unknown as RunRecord;
  });
}

export function sessionRows(named: Named, sessions: readonly MeasuredSession[]): string {
  const cell = [named.servers, named.clients, named.messages];
  const own = SESSION_COLUMNS.length - CELL_END - 1;
  const rows = sessions.map(({ row }) => {
    const rest = Array.from({ length: own }, (_, index) => row[CELL_END + index] ?? "");
    return [...row.slice(0, CELL_FIRST), ...cell, ...rest, named.run];
  });
  return stringify(rows);
}

/** The message is the last of the session, and the time of its server that of all of them together. */
export function requestRows(named: Named, sessions: readonly MeasuredSession[]): string {
  const rows = sessions.map(({ clientId, firstSentMs, lastReplyMs, row }) => [
    clientId,
    named.messages,
    row[SERVER_ID] ?? "",
    unixSeconds(firstSentMs).toFixed(6),
    (Number(row[ANSWERED]) * Number(row[AVERAGE])).toFixed(6),
    unixSeconds(lastReplyMs).toFixed(6),
    ((lastReplyMs - firstSentMs) / 1_000).toFixed(9),
    named.servers,
    named.clients,
    named.messages,
    named.run,
  ]);
  return stringify(rows);
}

/** What the clients of each run saw, in seconds, of a table of requests. Throws an `Error` that names a wrong line. */
export function parseResponses(text: string): ReadonlyMap<number, readonly number[]> {
  const byRun = new Map<number, number[]>();
  const rows: readonly (readonly string[])[] = parse(text);
  for (const [index, fields] of rows.slice(1).entries()) {
    const [run, seconds] = [fields[RUN_COLUMN], fields[RESPONSE_COLUMN]].map((field) => Number(field || Number.NaN));
    if (run === undefined || seconds === undefined || !Number.isInteger(run) || !(seconds >= 0)) {
      throw new Error(`line ${index + 2} has no run and response time that can be read`);
    }
    const found = byRun.get(run);
    if (found === undefined) byRun.set(run, [seconds]);
    else found.push(seconds);
  }
  return byRun;
}

/** Undefined for what it cannot be. */
function valueOf(field: RunField, text: string): string | number | undefined {
  if (field === "detail") return text;
  if (field === "verdict") return VERDICTS.find((verdict): verdict is Verdict => verdict === text);
  if (field === "implementation") {
    return matrixImplementations.find((name): name is MatrixImplementation => name === text);
  }
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : undefined;
}
