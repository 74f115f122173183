// GET /actors: what a node hosts and which instances are live.

import { type Elysia, t } from "elysia";

import type { NodeView } from "#runtime/observe/view.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";

const methodSchema = t.Object({
  name: t.String(),
  kind: oneOf(["write", "read"], "Reads may share the actor with other reads"),
  in: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the input" })),
  out: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the result" })),
});

const actorTypeSchema = t.Object({
  type: t.String(),
  kind: oneOf(["actor", "session"], "A session lives as long as its connection"),
  live: wholeNumber("Instances in memory"),
  methods: t.Array(methodSchema),
});

const actorSchema = t.Object({
  type: t.String(),
  key: t.String(),
  status: oneOf(["idle", "ready", "running", "suspended"]),
  mailbox: wholeNumber("Messages waiting"),
  mailboxBytes: wholeNumber(),
  turns: wholeNumber("Turns run since this activation"),
  idleMs: t.Number({ minimum: 0 }),
});

export const actorsSchema = t.Object({
  types: t.Array(actorTypeSchema),
  items: t.Array(actorSchema),
  next: nextCursor,
});

const querySchema = t.Object({
  type: t.Optional(
    t.String({
      title: "type",
      description: `1 to ${HTTP_LIMITS.nameCharsMax} characters: list only actors of this type`,
      minLength: 1,
      maxLength: HTTP_LIMITS.nameCharsMax,
    }),
  ),
  ...pageParameters,
});

const example = {
  types: [
    { type: "pipeline-session", kind: "session", live: 1, methods: [{ name: "requests", kind: "write", in: {} }] },
  ],
  items: [
    {
      type: "pipeline-session",
      key: "17",
      status: "idle",
      mailbox: 0,
      mailboxBytes: 0,
      turns: 240,
      idleMs: 12,
    },
  ],
  next: "pipeline-session/17",
};

export function serveActors(app: Elysia, view: NodeView): void {
  app.get(
    "/actors",
    ({ query }) => {
      const filter = query.type === undefined ? {} : { type: query.type };
      return { types: view.actorTypes(), ...view.actors({ ...filter, ...pageQuery(query) }) };
    },
    {
      query: querySchema,
      detail: {
        summary: "Actor types and live actors",
        description: "All types this node hosts, and one page of the actors in memory, in a stable order.",
        tags: ["actors"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("The types and one page of actors", actorsSchema, example),
          422: problemAnswer("invalid_request", limitComplaint),
        }),
      },
    },
  );
}
