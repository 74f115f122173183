// GET /sessions lists the open connections; DELETE /sessions/{id} ends one.

import { type Elysia, t } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, bearerToken, jsonAnswer, parameters, problemAnswer, tokenAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";
import { takesNoInput } from "./request-body.ts";

const sessionSchema = t.Object({
  id: t.String(),
  actor: t.String({ description: "The session actor it feeds, type and key" }),
  transport: oneOf(["tcp", "tls", "udp", "datagram", "web"]),
  remoteAddress: t.String(),
  remotePort: wholeNumber(),
  openedAt: wholeNumber("Unix milliseconds"),
  bytesIn: wholeNumber(),
  bytesOut: wholeNumber(),
  outboundBytes: wholeNumber("Bytes waiting to be sent"),
  paused: t.Boolean({ description: "Not read from at the moment: its mailbox or its outbound queue is full" }),
});

export const sessionsSchema = t.Object({ items: t.Array(sessionSchema), next: nextCursor });

const querySchema = t.Object(pageParameters);

const idSchema = t.Object({
  id: t.String({
    title: "id",
    description: `1 to ${HTTP_LIMITS.nameCharsMax} characters: the session's id as GET /sessions lists it`,
    minLength: 1,
    maxLength: HTTP_LIMITS.nameCharsMax,
  }),
});

const example = {
  items: [
    {
      id: "17",
      actor: "pipeline-session/17",
      transport: "tcp",
      remoteAddress: "127.0.0.1",
      remotePort: 50_122,
      openedAt: 1_735_689_600_000,
      bytesIn: 18_200,
      bytesOut: 20_400,
      outboundBytes: 0,
      paused: false,
    },
  ],
  next: "17",
};

export function serveSessions(app: Elysia, view: NodeView): void {
  app.get("/sessions", ({ query }) => ({ ...view.sessions(pageQuery(query)) }), {
    query: querySchema,
    detail: {
      summary: "Open connections",
      description: "One page of the connections open now, in a stable order.",
      tags: ["sessions"],
      parameters: parameters("query", querySchema),
      responses: answers({
        200: jsonAnswer("One page of sessions", sessionsSchema, example),
        422: problemAnswer("invalid_request", limitComplaint),
      }),
    },
  });
  app.delete("/sessions/:id", ({ params }) => endSession(view, params.id), {
    params: idSchema,
    ...takesNoInput,
    detail: {
      summary: "Disconnect one session",
      description: "The session ends with the reason `disconnected_by_operator`.",
      tags: ["sessions"],
      security: bearerToken,
      parameters: parameters("path", idSchema),
      responses: answers({
        204: { description: "The session is being ended" },
        ...tokenAnswer("DELETE"),
        404: problemAnswer("session_not_found", "Cannot end the session: none has this id now"),
        422: problemAnswer(
          "invalid_request",
          `Cannot accept the request: "id" must be 1 to ${HTTP_LIMITS.nameCharsMax} characters`,
        ),
      }),
    },
  });
}

function endSession(view: NodeView, id: string): Response {
  if (view.disconnect(id)) return new Response(null, { status: 204 });
  return problem("session_not_found", "Cannot end the session: none has this id now");
}
