// Open connections, at /sessions: listed, looked at, and ended.

import { type Elysia, t } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { actorExample, actorSchema } from "./actor-schemas.ts";
import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters } from "./paging.ts";
import { problem } from "./problems.ts";
import { takesNoInput } from "./request-body.ts";
import { boundedText, given } from "./request-fields.ts";

const TRANSPORTS = ["tcp", "tls", "udp", "datagram", "web"] as const;

const sessionSchema = t.Object({
  id: t.String(),
  actor: t.String({ description: "The session actor it feeds, type and key" }),
  transport: oneOf(TRANSPORTS),
  remoteAddress: t.String(),
  remotePort: wholeNumber(),
  openedAt: wholeNumber("Unix milliseconds"),
  bytesIn: wholeNumber(),
  bytesOut: wholeNumber(),
  outboundBytes: wholeNumber("Bytes waiting to be sent"),
  paused: t.Boolean({ description: "Not read from at the moment: its mailbox or its outbound queue is full" }),
});

export const sessionsSchema = t.Object({ items: t.Array(sessionSchema), next: nextCursor });

const { nameCharsMax, sessionReasonCharsMax } = HTTP_LIMITS;

const querySchema = t.Object({
  transport: t.Optional(oneOf(TRANSPORTS, `One of ${TRANSPORTS.join(", ")}: list only those over it`)),
  address: t.Optional(boundedText("address", "list only those from this address")),
  actorType: t.Optional(boundedText("actorType", "list only those that feed an actor of this type")),
  ...pageParameters,
});

export const sessionDetailSchema = t.Object({
  ...sessionSchema.properties,
  session: t.Optional(
    t.Object(actorSchema.properties, { description: "What its actor does; its state is at its address" }),
  ),
});

const reasonQuery = t.Object({
  reason: t.Optional(
    t.String({
      title: "reason",
      description: `1 to ${sessionReasonCharsMax} visible characters: for the log`,
      minLength: 1,
      maxLength: sessionReasonCharsMax,
    }),
  ),
});

/** Neither control characters, nor what turns or hides the text around it. */
const VISIBLE = /^[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}][^\p{C}\p{Zl}\p{Zp}]*$/u;

const idSchema = t.Object({ id: boundedText("id", "the session's id as GET /sessions lists it") });

const example = {
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
};

const detailExample = { ...example, session: { ...actorExample, type: "pipeline-session", key: "17" } };

const NOT_FOUND = "Cannot find the session: none has this id now";
const WRONG_ID = `Cannot accept the request: "id" must be 1 to ${nameCharsMax} characters`;
const WRONG_REASON = `Cannot accept the request: "reason" must be 1 to ${sessionReasonCharsMax} visible characters`;

export function serveSessions(app: Elysia, view: NodeView): void {
  serveLooking(app, view);
  app.delete("/sessions/:id", ({ params, query }) => endSession(view, params.id, query.reason), {
    params: idSchema,
    query: reasonQuery,
    ...takesNoInput,
    detail: {
      summary: "Disconnect one session",
      description:
        "The session ends with the reason `disconnected_by_operator`, which its client is told and its row in the " +
        "ledger has. The reason that you give goes to the log.",
      tags: ["sessions"],
      parameters: [...parameters("path", idSchema), ...parameters("query", reasonQuery)],
      responses: answers({
        204: { description: "The session is being ended" },
        404: problemAnswer("session_not_found", NOT_FOUND),
        422: problemAnswer("invalid_request", WRONG_REASON),
      }),
    },
  });
}

function serveLooking(app: Elysia, view: NodeView): void {
  app.get("/sessions", ({ query: { limit, ...filters } }) => ({ ...view.sessions({ limit, ...given(filters) }) }), {
    query: querySchema,
    detail: {
      summary: "Open connections",
      description: "One page of the connections open now, in a stable order.",
      tags: ["sessions"],
      parameters: parameters("query", querySchema),
      responses: answers({
        200: jsonAnswer("One page of sessions", sessionsSchema, { items: [example], next: "17" }),
        422: problemAnswer("invalid_request", limitComplaint),
      }),
    },
  });
  app.get(
    "/sessions/:id",
    ({ params }) => {
      const session = view.session(params.id);
      return session === undefined ? problem("session_not_found", NOT_FOUND) : { ...session };
    },
    {
      params: idSchema,
      detail: {
        summary: "Look at one session",
        description: "Its connection, and what its actor does. The actor's state is at GET /actors/{type}/{key}.",
        tags: ["sessions"],
        parameters: parameters("path", idSchema),
        responses: answers({
          200: jsonAnswer("The session as it is now", sessionDetailSchema, detailExample),
          404: problemAnswer("session_not_found", NOT_FOUND),
          422: problemAnswer("invalid_request", WRONG_ID),
        }),
      },
    },
  );
}

function endSession(view: NodeView, id: string, reason: string | undefined): Response {
  if (reason !== undefined && !VISIBLE.test(reason)) return problem("invalid_request", WRONG_REASON);
  if (view.disconnect(id, reason)) return new Response(null, { status: 204 });
  return problem("session_not_found", NOT_FOUND);
}
