// GET /audit: who changed what over HTTP, when and from where, how it ended, and what was refused.

import { type Elysia, t } from "elysia";

import { AUDIT_BOUNDS, EntrySchema } from "#actors/audit/entries.ts";

import { actorAnswers } from "./actor-answers.ts";
import type { AuditPort } from "./audit-trail.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, numberCursor, pageParameters } from "./paging.ts";
import { boundedText, given } from "./request-fields.ts";

export const auditSchema = t.Object({ items: t.Array(EntrySchema), next: nextCursor });

const querySchema = t.Object({
  limit: pageParameters.limit,
  after: numberCursor("after"),
  who: t.Optional(boundedText("who", "the name of the token")),
  path: t.Optional(
    boundedText("path", "the beginning of the address, such as `/actors/counter/`", HTTP_LIMITS.auditPathLengthMax),
  ),
  from: t.Optional(boundedText("from", "the remote address")),
});

const example = {
  number: 42,
  at: 1_735_689_600_000,
  who: "ana",
  role: "operator",
  via: "cookie",
  from: "127.0.0.1",
  requestId: "h3sPq0_ZbYt1c2Xv",
  method: "POST",
  path: "/actors/counter/page%2Fhome/add",
  body: '{"amount":3}',
  status: 200,
  endedAt: 1_735_689_600_002,
};

export function serveAudit(app: Elysia, audit: AuditPort): void {
  app.get(
    "/audit",
    async ({ query: { limit, after: before, ...filters } }) => {
      const page = await audit.page({ limit, ...given({ before, ...filters }) });
      return { items: page.items, ...(page.next === undefined ? {} : { next: String(page.next) }) };
    },
    {
      query: querySchema,
      detail: {
        summary: "Who changed what",
        description:
          "One page, newest first. An entry is stored before its act begins, and completed with the status when it " +
          `is over. The last ${AUDIT_BOUNDS.actsMax} acts are kept, and the last ${AUDIT_BOUNDS.refusalsMax} ` +
          "requests that were refused. One without a status goes on, or the process ended meanwhile; where storing " +
          "took too long, the act was not made. Filtered, a page may have fewer items than `limit` and yet a next one.",
        tags: ["access"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("One page of the audit", auditSchema, { items: [example], next: "42" }),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([503]),
        }),
      },
    },
  );
}
