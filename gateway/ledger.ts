// GET /ledger: the session ledger as a file, whole or its end, as it is written now.

import { type Elysia, t } from "elysia";

import type { LedgerState, LedgerView } from "#runtime/observe/process-view.ts";

import { type Answer, answers, parameters, problemAnswer } from "./document.ts";
import { entityTag, noneMatchParameter, notModified, notModifiedAnswer, tagHeader } from "./entity-tags.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";

const { ledgerRowsMax } = HTTP_LIMITS;

const querySchema = t.Object({
  last: t.Optional(
    t.Integer({
      title: "last",
      description: `A whole number from 1 to ${ledgerRowsMax}: only the header and so many of the last rows`,
      minimum: 1,
      maximum: ledgerRowsMax,
    }),
  ),
});

const NONE = "Cannot send the ledger: there is no such file";
const FULL = "Cannot send the ledger: as many as may be are downloading it";
const RETRY = { "Retry-After": "5" };

const example =
  "client_id,messages_processed,server_id,session_start_time,avg_processing_time,session_end_time,session_duration," +
  "num_servers,num_clients,num_messages,transport,bytes_in,bytes_out,end_reason\n" +
  "client_1,1000,node-1,1735689600.000000,0.000012,1735689601.250000,1.250000,,,,tcp,170000,120000,close\n";

const csvAnswer: Answer = {
  description: "Header and rows, each a line",
  headers: {
    ...tagHeader,
    "Last-Modified": { description: "When the last row was written", schema: { type: "string" } },
    "Content-Disposition": { description: "A name to save it by", schema: { type: "string" } },
  },
  content: { "text/csv": { schema: { type: "string" }, example } },
};

export function serveLedger(app: Elysia, ledger: LedgerView): void {
  app.get("/ledger", ({ query, request }) => download(ledger, query.last, request), {
    query: querySchema,
    detail: {
      summary: "The session ledger",
      description:
        "CSV with one row for each session that has ended, oldest first, as far as it is written when the answer " +
        "begins. It is read while it is sent, never into memory as a whole.",
      tags: ["process"],
      parameters: [...parameters("query", querySchema), ...noneMatchParameter],
      responses: answers({
        200: csvAnswer,
        ...notModifiedAnswer,
        404: problemAnswer("ledger_not_found", NONE),
        422: problemAnswer(
          "invalid_request",
          `Cannot accept the request: "last" must be a whole number from 1 to ${ledgerRowsMax}`,
        ),
        429: problemAnswer("downloads_full", FULL),
      }),
    },
  });
}

async function download(ledger: LedgerView, last: number | undefined, request: Request): Promise<Response> {
  const state = await ledger.look();
  if (state === undefined) return problem("ledger_not_found", NONE);
  const known = notModified(request, tagOf(state, last), modified(state));
  if (known !== undefined) return known;
  // What is not sent needs not be opened.
  if (request.method === "HEAD") return new Response(null, { headers: headersOf(state, last) });
  const opened = await ledger.open(last, request.signal);
  if (opened === "none") return problem("ledger_not_found", NONE);
  if (opened === "full") return problem("downloads_full", FULL, RETRY);
  return new Response(opened.body, { headers: headersOf(opened, last) });
}

/** Rows are only ever added: a ledger of one size, last written then, is one ledger. */
function tagOf({ bytes, modifiedAt }: LedgerState, last: number | undefined): string {
  return entityTag(`${modifiedAt}-${bytes}-${last ?? "all"}`);
}

function headersOf(state: LedgerState, last: number | undefined): Record<string, string> {
  return {
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": 'attachment; filename="sessions.csv"',
    ETag: tagOf(state, last),
    ...modified(state),
  };
}

function modified({ modifiedAt }: LedgerState): { readonly "Last-Modified": string } {
  return { "Last-Modified": new Date(modifiedAt).toUTCString() };
}
