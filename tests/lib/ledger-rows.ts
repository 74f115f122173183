// The session ledger as a test reads it: whole rows, by column name.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type LedgerRow = Readonly<Record<string, string>>;

/** Throws when a row is torn or has another number of columns than the header. */
export function readLedger(dataFolder: string): LedgerRow[] {
  const path = join(dataFolder, "sessions.csv");
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  if (!text.endsWith("\n")) throw new Error(`The ledger ends in a torn row: ${text.slice(-80)}`);
  const [columns = [], ...records] = text.includes('"') ? parseCsv(text) : parsePlain(text);
  return records.map((fields) => {
    if (fields.length !== columns.length) throw new Error(`A ledger row is not whole: ${fields.join("|")}`);
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""]));
  });
}

function parsePlain(text: string): string[][] {
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => line.split(","));
}

/** RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    record.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}
