// The session ledger: one CSV row for each session, in the columns of the document and then our own.
import { stringify } from "csv-stringify/sync";

/** Where rows go. Declared here, by its caller; `runtime/storage` has the one that appends to a file. */
export interface Ledger {
  append(row: string): void;
}

/** Times are Unix milliseconds. */
export interface SessionRecord {
  readonly clientId: string;
  readonly messagesProcessed: number;
  readonly serverId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Sum over all messages, in milliseconds. */
  readonly processingMs: number;
  readonly experiment: ExperimentCell;
  readonly transport: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly endReason: string;
}

/** The cell of an experiment this server runs for; empty when there is none. */
export interface ExperimentCell {
  readonly numServers: string;
  readonly numClients: string;
  readonly numMessages: string;
}

const COLUMNS = [
  "client_id",
  "messages_processed",
  "server_id",
  "session_start_time",
  "avg_processing_time",
  "session_end_time",
  "session_duration",
  "num_servers",
  "num_clients",
  "num_messages",
  "transport",
  "bytes_in",
  "bytes_out",
  "end_reason",
] as const;

/** The first line of the file, written once. */
export const ledgerHeader = `${COLUMNS.join(",")}\n`;

/** One line. Fields that a spreadsheet would take for a formula are escaped, after OWASP's advice on CSV injection. */
export function ledgerRow(record: SessionRecord): string {
  const { messagesProcessed, startedAt, endedAt, experiment } = record;
  const averageMs = messagesProcessed === 0 ? 0 : record.processingMs / messagesProcessed;
  const fields = [
    oneLine(record.clientId),
    messagesProcessed,
    oneLine(record.serverId),
    seconds(startedAt),
    seconds(averageMs),
    seconds(endedAt),
    seconds(Math.max(0, endedAt - startedAt)),
    experiment.numServers,
    experiment.numClients,
    experiment.numMessages,
    record.transport,
    record.bytesIn,
    record.bytesOut,
    record.endReason,
  ];
  return stringify([fields], { escape_formulas: true, quoted_match: /[;\t]/ });
}

const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;
/** A sign that begins a formula, behind blanks or behind what some spreadsheets take for a separator. */
const HIDDEN_FORMULA = /(^\s+|;\s*)(?=[=+\-@])/g;

/** A row is one line whatever a client calls itself, so that a torn one can be told from a whole one. */
function oneLine(text: string): string {
  const escaped = text.replace(CONTROL_CHARACTERS, (character) => `\\u${hex(character)}`);
  return escaped.replace(HIDDEN_FORMULA, "$1'");
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, "0");
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(6);
}
