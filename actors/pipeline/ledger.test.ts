// Ledger rows as other programs read them: the columns of the document, six decimals, nothing a spreadsheet would run.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "#runtime/testing/code-points.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { ledgerHeader, ledgerRow, type SessionRecord } from "./ledger.ts";

const record: SessionRecord = {
  clientId: "client_1_4765",
  messagesProcessed: 4,
  serverId: "posto-1",
  startedAt: 1_752_846_296_406,
  endedAt: 1_752_846_297_656,
  processingMs: 5,
  experiment: { numServers: "2", numClients: "10", numMessages: "1000" },
  transport: "tcp",
  bytesIn: 400,
  bytesOut: 800,
  endReason: "close",
};

/** A CSV reader after RFC 4180: one row. */
function fieldsOf(row: string): string[] {
  expect(row).toEndWith("\n");
  const fields: string[] = [];
  const line = `${row.slice(0, -1)},`;
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*)),/gy;
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line);
    if (found === null) throw new Error(`Cannot read ${row}`);
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
  }
  return fields;
}

const clientIdIn = (clientId: string): string | undefined => fieldsOf(ledgerRow({ ...record, clientId }))[0];

describe("the ledger", () => {
  test("has the columns of the document, then our own", () => {
    expect(ledgerHeader).toBe(
      "client_id,messages_processed,server_id,session_start_time,avg_processing_time,session_end_time," +
        "session_duration,num_servers,num_clients,num_messages,transport,bytes_in,bytes_out,end_reason\n",
    );
  });

  test("writes one row in their order, times in seconds with six decimals", () => {
    expect(ledgerRow(record)).toBe(
      "client_1_4765,4,posto-1,1752846296.406000,0.001250,1752846297.656000,1.250000,2,10,1000,tcp,400,800,close\n",
    );
  });

  test("writes a session without messages: an average of zero, no name, no experiment", () => {
    const experiment = { numServers: "", numClients: "", numMessages: "" };
    const row = ledgerRow({ ...record, clientId: "", messagesProcessed: 0, processingMs: 0, experiment });
    expect(row).toBe(",0,posto-1,1752846296.406000,0.000000,1752846297.656000,1.250000,,,,tcp,400,800,close\n");
  });

  test("has no negative duration when the wall clock was set back", () => {
    const row = ledgerRow({ ...record, endedAt: record.startedAt - 3_600_000 });
    expect(fieldsOf(row)[6]).toBe("0.000000");
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|" /C calc"!A0', "=a,b"])("escapes the formula %j", (clientId) => {
    expect(clientIdIn(clientId)).toBe(`'${clientId}`);
  });

  test("escapes formulas in every text of a row", () => {
    const experiment = { numServers: "=1", numClients: "+1", numMessages: "@1" };
    const fields = fieldsOf(ledgerRow({ ...record, serverId: "-s", experiment }));
    expect([2, 7, 8, 9].map((index) => fields[index])).toEqual(["'-s", "'=1", "'+1", "'@1"]);
  });

  test.each(['a"b', '"', "a,b", " spaced ", "joão 📮", ",", '","', "1=1", "a;b"])(
    "gives the client_id %j back to a CSV reader",
    (clientId) => {
      expect(clientIdIn(clientId)).toBe(clientId);
    },
  );

  test.each([
    ["two\nlines", "two\\u000alines"],
    ["two\r\nlines", "two\\u000d\\u000alines"],
    ["\tx", "\\u0009x"],
    ["a\u0000b\u2028c\u009b", "a\\u0000b\\u2028c\\u009b"],
  ])("writes the control characters of %j as their code: a row is one line", (clientId, written) => {
    expect(clientIdIn(clientId)).toBe(written);
    expect(ledgerRow({ ...record, clientId }).split("\n")).toHaveLength(2);
  });

  test.each([
    ["a;=1+1", "a;'=1+1"],
    [" =cmd", " '=cmd"],
    ["a; @x;-1", "a; '@x;'-1"],
  ])("escapes the formula in %j that a spreadsheet finds behind a blank or a semicolon", (clientId, written) => {
    expect(clientIdIn(clientId)).toBe(written);
  });

  test("quotes a field with a semicolon, which some spreadsheets take for a separator", () => {
    expect(ledgerRow({ ...record, clientId: "a;b" })).toStartWith('"a;b",');
  });

  test("has fourteen fields whatever the client is called", () => {
    const property = fc.property(fc.string({ unit: anyCodePoint }), (clientId) => {
      const fields = fieldsOf(ledgerRow({ ...record, clientId }));
      expect(fields).toHaveLength(14);
      expect(fields.join("")).not.toMatch(/[\p{Cc}]/u);
    });
    fc.assert(property, { seed: 14, numRuns: timesRuns(500) });
  });
});
