// GET /actors: what a node hosts and which instances there are, awake and asleep.

import { type Elysia, t } from "elysia";

import { ACTOR_STATUSES, type ActorQuery, type ActorsView } from "#runtime/observe/view.ts";

import { actorAnswers } from "./actor-answers.ts";
import { actorExample, actorSchema } from "./actor-schemas.ts";
import { oneOf, wholeNumber } from "./answer-schemas.ts";
import { answers, jsonAnswer, parameters, problemAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { limitComplaint, nextCursor, pageParameters, pageQuery } from "./paging.ts";
import { problem } from "./problems.ts";

const methodSchema = t.Object({
  name: t.String(),
  kind: oneOf(["write", "read"], "Reads may share the actor with other reads"),
  in: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the input" })),
  out: t.Optional(t.Object({}, { additionalProperties: true, description: "JSON schema of the result" })),
});

const actorTypeSchema = t.Object({
  type: t.String(),
  kind: oneOf(["actor", "session"], "A session lives as long as its connection"),
  durable: t.Boolean({ description: "What its actors change is stored" }),
  indexed: t.Array(t.String(), { description: "Fields of the state that a query may filter on" }),
  live: wholeNumber("Instances in memory"),
  methods: t.Array(methodSchema),
});

export const actorsSchema = t.Object({
  types: t.Array(actorTypeSchema),
  items: t.Array(actorSchema),
  next: nextCursor,
});

const text = (title: string, description: string, maxLength: number) => {
  const bounded = `1 to ${maxLength} characters: ${description}`;
  return t.Optional(t.String({ title, description: bounded, minLength: 1, maxLength }));
};

const { nameCharsMax, cursorCharsMax } = HTTP_LIMITS;

const querySchema = t.Object({
  type: text("type", "list only actors of this type", nameCharsMax),
  keyPrefix: text("keyPrefix", "list only actors whose key begins so", cursorCharsMax),
  status: t.Optional(oneOf(ACTOR_STATUSES, `One of ${ACTOR_STATUSES.join(", ")}: list only actors of this status`)),
  field: text("field", "with `value`, list only actors of the type whose state had this in the field", nameCharsMax),
  value: text("value", "JSON where it is a number, true, false or a text in quotes; else a text", cursorCharsMax),
  ...pageParameters,
});

const example = {
  types: [
    {
      type: "counter",
      kind: "actor",
      durable: true,
      indexed: ["count"],
      live: 1,
      methods: [{ name: "add", kind: "write", in: {} }],
    },
  ],
  items: [actorExample],
  next: "counter/page/home",
};

export function serveActors(app: Elysia, view: ActorsView): void {
  app.get(
    "/actors",
    async ({ query }) => {
      const { type, keyPrefix, status, field, value } = query;
      if ((field === undefined) !== (value === undefined)) {
        return problem("invalid_request", 'Cannot accept the request: "field" and "value" go together');
      }
      const filter: Omit<ActorQuery, "limit"> = {
        ...(type === undefined ? {} : { type }),
        ...(keyPrefix === undefined ? {} : { keyPrefix }),
        ...(status === undefined ? {} : { status }),
        ...(field === undefined || value === undefined ? {} : { where: { field, value: fieldValue(value) } }),
      };
      return { types: view.actorTypes(), ...(await view.actors({ ...filter, ...pageQuery(query) })) };
    },
    {
      query: querySchema,
      detail: {
        summary: "Actor types, and actors awake and asleep",
        description:
          "All types this node hosts, and one page of actors in the order of type and key: those in memory, and of " +
          "durable types those that are stored. A page may be short and yet have a next one.",
        tags: ["actors"],
        parameters: parameters("query", querySchema),
        responses: answers({
          200: jsonAnswer("The types and one page of actors", actorsSchema, example),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([503]),
        }),
      },
    },
  );
}

/** Fields hold texts, numbers and booleans; a query holds only text. */
function fieldValue(value: string): string | number | boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "string" || typeof parsed === "boolean" || Number.isFinite(parsed)) return parsed as string;
  } catch {
    // Not JSON: a text as it stands.
  }
  return value;
}
